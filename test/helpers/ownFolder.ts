/** Every file of tests runs in an empty folder, so that none depends on what lies in the checkout. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const home = process.cwd();
const folder = mkdtempSync(path.join(os.tmpdir(), 'test-'));
process.chdir(folder);
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});
