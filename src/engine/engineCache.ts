/**
 * The folder that keeps what the native engine is made of, outside of any checkout.
 *
 *   engine.json             which TensorFlow was chosen
 *   failure.json            why the last set-up did not succeed
 *   tensorflow-2.21.0-…/    unpacked wheels, laid out like Python's site-packages
 *   bindings/<key>/         compiled binding, by everything that it was compiled from
 *
 * A folder appears under its name only by a rename when it is complete, so that neither a killed
 * set-up nor two at once leave a half-made one.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import { explainWriteError } from '../files.ts';

const TEMPORARY = /^\.making-/;

/** Honours XDG_CACHE_HOME, which counts only if absolute (XDG Base Directory Specification). */
export function engineCache(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_CACHE_HOME'];
  const base =
    xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(homeFolder(env), '.cache');
  return path.join(base, 'dualformer-kit');
}

/**
 * Makes `folder` by letting `fill` write into a temporary neighbour, and puts it in the place of
 * what may be there. Only for the process that holds the lock.
 *
 * @throws InputError if the place can't be written to
 */
export async function makeFolder(
  folder: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const name = `.making-${process.pid}-${randomBytes(4).toString('hex')}`;
  const temporary = path.join(path.dirname(folder), name);
  try {
    mkdirSync(temporary, { recursive: true });
    await fill(temporary);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } catch (error) {
    throw explainWriteError(error, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Removes what killed set-ups left in `parent`; only for the process that holds the lock. */
export function removeLeftovers(parent: string): void {
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    if (!TEMPORARY.test(name)) continue;
    try {
      rmSync(path.join(parent, name), { recursive: true, force: true });
    } catch {
      // An orphaned child of the killed set-up may still write there; the next set-up cleans up.
    }
  }
}

/** Of all files below `folder`; 0 if there is none. Files may come and go meanwhile. */
export function folderBytes(folder: string): number {
  if (!existsSync(folder)) return 0;
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const status = statSync(path.join(folder, entry), { throwIfNoEntry: false });
    if (status?.isFile()) bytes += status.size;
  }
  return bytes;
}

function homeFolder(env: NodeJS.ProcessEnv): string {
  return env['HOME'] || os.homedir();
}
