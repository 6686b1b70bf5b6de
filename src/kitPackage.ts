/** Where this package lies and what it is called, from the source tree as from the build. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json. */
export const kitRoot = findRoot(path.dirname(fileURLToPath(import.meta.url)));

export function kitVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(kitRoot, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

function findRoot(folder: string): string {
  if (existsSync(path.join(folder, 'package.json'))) return folder;
  return findRoot(path.dirname(folder));
}
