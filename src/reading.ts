/**
 * Files as the kit reads them: each is checked for its kind and size first, so that a folder, a pipe or a
 * device in the place of a file is one line that names it.
 */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { InputError } from '../envs/inputError.ts';
import { AT_ONCE } from './files.ts';
import { parseJson } from './json.ts';

/** Bytes of the largest text; longer ones fit into no string. */
const LONGEST_TEXT = 2 ** 28;

/** Bytes of the largest input, which may come without end. */
const LONGEST_INPUT = 2 ** 24;

/** Reads a file of any size as a whole. @throws InputError if it is no file or can't be read */
export function readBytes(file: string): Uint8Array<ArrayBuffer> {
  return explained(file, () => {
    checkIsFile(statSync(file), file);
    return withDescriptor(file, (descriptor) => {
      const bytes = roomFor(fstatSync(descriptor).size, file);
      return bytes.subarray(0, fill(descriptor, bytes));
    });
  });
}

/** Reads UTF-8, with or without a byte-order mark. @throws InputError if it is no file, or too large */
export function readText(file: string): string {
  return explained(file, () => {
    const status = statSync(file);
    checkIsFile(status, file);
    if (status.size > LONGEST_TEXT) throw tooLarge(file, LONGEST_TEXT);
    return decoded(readBytes(file));
  });
}

/** Reads at most the last `length` bytes of a file as text. @throws InputError if it is no file */
export function readEnd(file: string, length: number): string {
  return explained(file, () => {
    checkIsFile(statSync(file), file);
    return withDescriptor(file, (descriptor) => {
      const { size } = fstatSync(descriptor);
      const bytes = new Uint8Array(Math.min(length, size));
      const count = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
      return decoded(bytes.subarray(0, count));
    });
  });
}

/** Reads what a user drew: a file, or a pipe until its end. @throws InputError if it is too large */
export function readInput(file: string): string {
  return explained(file, () =>
    withDescriptor(file, (descriptor) => {
      const bytes = new Uint8Array(LONGEST_INPUT + 1);
      const end = fill(descriptor, bytes);
      if (end > LONGEST_INPUT) throw tooLarge(file, LONGEST_INPUT);
      return decoded(bytes.subarray(0, end));
    }),
  );
}

/** Reads a stream of text until its end. @param name as errors call it @throws InputError as `readInput` */
export async function readStream(stream: AsyncIterable<unknown>, name: string): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    parts.push(part as Buffer);
    length += (part as Buffer).length;
    if (length > LONGEST_INPUT) throw tooLarge(name, LONGEST_INPUT);
  }
  return decoded(Buffer.concat(parts));
}

/** @throws InputError naming the file, and the line and column that are no JSON */
export function readJson(file: string): unknown {
  return parseJson(readText(file), file);
}

/** Names in a folder; none where there is no folder. @throws InputError if it is no folder */
export function listFolder(folder: string): string[] {
  return isFolder(folder) ? explained(folder, () => readdirSync(folder)) : [];
}

/** Whether there is such a folder. @throws InputError if something else has its name */
export function isFolder(folder: string): boolean {
  const status = explained(folder, () => statOf(folder));
  if (status !== undefined && !status.isDirectory()) {
    throw new InputError(`${folder}: is no folder`);
  }
  return status !== undefined;
}

/** Undefined where there is nothing; a file in the place of a folder above it counts as nothing. */
function statOf(place: string): Stats | undefined {
  try {
    return statSync(place, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function checkIsFile(status: Stats, file: string): void {
  if (status.isDirectory()) throw new InputError(`${file}: is a folder`);
  if (!status.isFile()) throw new InputError(`${file}: is no file but a pipe, socket or device`);
}

function withDescriptor<T>(file: string, work: (descriptor: number) => T): T {
  const descriptor = openSync(file, 'r');
  try {
    return work(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Reads until the end of the file or of the room. @returns how many bytes were read */
function fill(descriptor: number, bytes: Uint8Array): number {
  let end = 0;
  while (end < bytes.length) {
    const count = readSync(descriptor, bytes, end, Math.min(AT_ONCE, bytes.length - end), null);
    if (count === 0) break;
    end += count;
  }
  return end;
}

function roomFor(size: number, file: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch {
    throw new InputError(
      `${file}: is too large for the memory: ${size.toLocaleString('en')} bytes`,
    );
  }
}

function tooLarge(file: string, most: number): InputError {
  return new InputError(`${file}: is larger than ${most / 2 ** 20} MiB, which is no file for this`);
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function explained<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    const reason = READ_ERRORS[code ?? ''] ?? `can't be read: ${code}`;
    throw new InputError(`${file}: ${reason}`);
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a folder',
  EACCES: 'permission denied',
  ELOOP: 'is a link that leads to itself',
  ENAMETOOLONG: 'the name is too long',
};
