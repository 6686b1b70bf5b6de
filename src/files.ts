/** Files that are either whole or absent, whatever kills the process. */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fstatSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { mkdtempSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { renameSync, rmSync, writeSync } from 'node:fs';
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
  for (let at = path.resolve(folder); !existsSync(at); at = path.dirname(at)) missing.unshift(at);
  for (const at of missing) {
    try {
      mkdirSync(at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw explainWriteError(error, at);
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
    for (const name of readdirSync(folder)) {
      if (name.endsWith('.tmp')) rmSync(path.join(folder, name), { force: true });
    }
  }
}

export function writeJsonAtomic(file: string, value: unknown): void {
  writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Of any size, which Node's own reads as a whole are not. @throws InputError if it can't be read */
export function readBytes(file: string): Uint8Array<ArrayBuffer> {
  try {
    const descriptor = openSync(file, 'r');
    try {
      const bytes = new Uint8Array(fstatSync(descriptor).size);
      let end = 0;
      while (end < bytes.length) {
        const length = Math.min(AT_ONCE, bytes.length - end);
        const count = readSync(descriptor, bytes, end, length, null);
        if (count === 0) break;
        end += count;
      }
      return bytes.subarray(0, end);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw explainReadError(error, file);
  }
}

/** Pipes too. @throws InputError if it can't be read */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw explainReadError(error, file);
  }
}

function explainReadError(error: unknown, file: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const reason = READ_ERRORS[code ?? ''] ?? `can't be read: ${code}`;
  return new InputError(`${file}: ${reason}`);
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'permission denied',
};

/** Bytes that one call reads, writes or hashes; Node refuses 2 GiB. */
const AT_ONCE = 2 ** 30;

/** @throws InputError naming the file if it can't be read, also line and column if it is no JSON. */
export function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: ${placeInJson(text, (error as Error).message)}`);
  }
}

/**
 * Node does not always say where a fault is: it lies behind the longest beginning of the text that
 * something could follow.
 */
function placeInJson(text: string, message: string): string {
  let [sound, unsound] = [0, text.length + 1];
  while (unsound - sound > 1) {
    const middle = Math.floor((sound + unsound) / 2);
    if (couldGoOn(text.slice(0, middle))) sound = middle;
    else unsound = middle;
  }
  const before = text.slice(0, sound).split('\n');
  const fault = message.replace(/( in JSON)? at position .*$|, (\.\.\.)?".*$/s, '');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}: not valid JSON: ${fault}`;
}

/** Whether `text` is JSON, or at fault only in ending too early. */
function couldGoOn(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return /end of JSON|Unterminated/.test(message) || Number(position) >= text.length;
  }
}

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
