/** What of a run is served, and what is said of it: nothing that lies elsewhere, nor where it lies. */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';

/** @throws InputError if one of the files leads out of the run, even by a link above it */
export function refuseLinks(folder: string, files: readonly string[]): void {
  const root = realpathSync(folder) + path.sep;
  const leaving = files.find((file) => existsSync(file) && !realpathSync(file).startsWith(root));
  if (leaving !== undefined) throw new InputError(`${leaving}: leads out of the run`);
}

/** What is wrong, with files named from the run's folder on. */
export function withoutPlace(folder: string, { message }: Error): string {
  const prefix = path.join(folder, 'x').slice(0, -1);
  return message.replaceAll(prefix, '').replaceAll(prefix.slice(0, -1), 'the run');
}

/** Runs `read`, for whom what is damaged or can't be opened is a line. @returns `instead` after telling it */
export function unlessDamaged<Value>(
  read: () => Value,
  instead: Value,
  tell: (problem: Error) => void = () => {},
): Value {
  try {
    return read();
  } catch (error) {
    const ofDisk = (error as NodeJS.ErrnoException).syscall !== undefined;
    if (!ofDisk && !(error instanceof InputError)) throw error;
    tell(error as Error);
    return instead;
  }
}
