/**
 * How files look without being read: a file that looks as before holds what it held, and a folder the
 * same names.
 */
import { lstatSync, type BigIntStats } from 'node:fs';

/**
 * In milliseconds. What changed later than this before now may change once more without looking
 * different, since file systems tell time in steps, of two seconds at most.
 */
const UNSETTLED = 5_000;

/**
 * How files and folders look at the time `now`; null where that tells too little: one has just changed,
 * or is a link, behind which another file may change. @throws an error of the disk
 */
export function looksOf(files: readonly string[], now: number): string | null {
  const looks: string[] = [];
  for (const file of files) {
    const status = lstatSync(file, { bigint: true, throwIfNoEntry: false });
    if (status?.isSymbolicLink()) return null;
    const look = status === undefined ? 'nothing' : lookOf(status, now);
    if (look === null) return null;
    looks.push(look);
  }
  return looks.join();
}

/** The same for the status of one file. */
export function lookOf(status: BigIntStats, now: number): string | null {
  const { dev, ino, mode, size, mtimeNs, ctimeNs, ctimeMs } = status;
  if (now - Number(ctimeMs) < UNSETTLED) return null;
  return [dev, ino, mode, size, mtimeNs, ctimeNs].join(' ');
}
