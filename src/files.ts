/** Writes files that are either whole or absent, whatever kills the process. */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync } from 'node:fs';
import { readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { InputError } from '../envs/inputError.ts';

/**
 * Writes to a temporary neighbour, flushes it to the disk, and renames it into place. Creates the
 * folder if need be. @throws InputError if the disk is full or the folder can't be written to.
 */
export function writeFileAtomic(file: string, ...parts: readonly (string | Uint8Array)[]): void {
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    makeFolder(path.dirname(file));
    const descriptor = openSync(temporary, 'wx');
    try {
      try {
        for (const part of parts) writeAll(descriptor, part);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    syncFolder(path.dirname(file));
  } catch (error) {
    throw explainWriteError(error, file);
  }
}

/**
 * Makes a folder and those above it. (Node's recursive mkdir hides why it fails, and does not
 * return at all where nothing can be made, as in /proc.)
 *
 * @returns the topmost folder that was missing, if any @throws InputError if it can't be made
 */
export function makeFolder(folder: string): string | undefined {
  const missing: string[] = [];
  let at = path.resolve(folder);
  for (; !existsSync(at); at = path.dirname(at)) missing.unshift(at);
  if (!statSync(at).isDirectory()) throw new InputError(`${at}: is no folder`);
  for (const one of missing) {
    try {
      mkdirSync(one);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw explainWriteError(error, one);
    }
  }
  return missing[0];
}

/** An empty one for the process; the caller removes it. @throws InputError if it can't be made */
export function makeTemporaryFolder(prefix: string): string {
  const place = path.join(tmpdir(), prefix);
  try {
    return mkdtempSync(place);
  } catch (error) {
    throw explainWriteError(error, place);
  }
}

/** Removes temporary files of processes that were killed while writing into these folders. */
export function removeLeftovers(...folders: readonly string[]): void {
  for (const folder of folders.filter((each) => existsSync(each))) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      // A folder of such a name is none of ours.
      if (entry.isFile() && entry.name.endsWith('.tmp')) removeFile(path.join(folder, entry.name));
    }
  }
}

/** Removes a file, if it is there. @throws InputError if it can't be removed, or is a folder */
export function removeFile(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    throw explainWriteError(error, file);
  }
}

export function writeJsonAtomic(file: string, value: unknown): void {
  writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Bytes that one call reads, writes or hashes; Node refuses 2 GiB. */
export const AT_ONCE = 2 ** 30;

/** Lower-case hexadecimal. */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    if (typeof part === 'string') hash.update(part);
    else for (const piece of piecesOf(part)) hash.update(piece);
  }
  return hash.digest('hex');
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += AT_ONCE) {
    yield bytes.subarray(from, from + AT_ONCE);
  }
}

/** The errors of a full disk or a read-only place as one line that a user can act on. */
export function explainWriteError(error: unknown, file: string): unknown {
  const reason = WRITE_ERRORS[(error as NodeJS.ErrnoException).code ?? ''];
  return reason === undefined ? error : new InputError(`${file}: can't be written: ${reason}`);
}

const WRITE_ERRORS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'there is no such folder',
  ENAMETOOLONG: 'the name is too long',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'a folder has this name',
  ERR_FS_EISDIR: 'a folder has this name',
};

function writeAll(descriptor: number, part: string | Uint8Array): void {
  const bytes = typeof part === 'string' ? Buffer.from(part) : part;
  for (let offset = 0; offset < bytes.length;) {
    offset += writeSync(descriptor, bytes, offset, Math.min(AT_ONCE, bytes.length - offset));
  }
}

/** Makes a rename survive a power cut; not every system can open a folder. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return;
  }
}
