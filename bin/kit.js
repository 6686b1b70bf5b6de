#!/usr/bin/env node
// The `kit` command of a clone: runs the compiled one.
import { existsSync } from 'node:fs';

const compiled = new URL('../dist/src/cli/kit.js', import.meta.url);
if (existsSync(compiled)) {
  const { main } = await import(compiled.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(
    'kit: not built yet: run `npm run demo` or `npm test` once, or `node bin/prepare.js`',
  );
  process.exitCode = 1;
}
