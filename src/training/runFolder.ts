/** The folder of a run: its settings, where each stage writes, and who may write. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { listFolder } from '../reading.ts';
import { readSealed, writeSealed } from '../sealed.ts';
import { firstDifference } from '../firstDifference.ts';
import { isLockFile } from '../lock.ts';

export function runPaths(folder: string) {
  return {
    experiment: path.join(folder, 'experiment.json'),
    provenance: path.join(folder, 'provenance.json'),
    metrics: path.join(folder, 'metrics.jsonl'),
    checkpoints: path.join(folder, 'checkpoints'),
    evaluation: path.join(folder, 'evaluation'),
    report: path.join(folder, 'report'),
  } as const;
}

/**
 * Makes a new run of `experiment`, or enters one that has the same settings.
 * @throws InputError if the folder holds something else, or a run although `resume` is not set
 */
export function openRun(folder: string, experiment: object, { resume }: { resume: boolean }): void {
  const { experiment: file } = runPaths(folder);
  if (existsSync(file)) {
    const difference = experimentDifference(readSettings(folder), experiment);
    if (difference !== null) {
      throw new InputError(`${folder} holds another run: its ${difference}`);
    }
    if (!resume) {
      throw new InputError(
        `${folder} holds a run of this experiment: add --resume to go on with it`,
      );
    }
    return;
  }
  if (foreignEntry(folder) !== undefined) {
    throw new InputError(`${folder} is not empty and holds no run`);
  }
  writeSealed(file, experiment);
}

/** The settings of a run, as they stand in its folder. @throws InputError if they are damaged */
export function readSettings(folder: string): Readonly<Record<string, unknown>> {
  return readSealed(z.looseObject({}), runPaths(folder).experiment);
}

/**
 * Where the settings of two experiments first differ, as JSON keeps them; what is said about them in
 * words makes no difference.
 */
export function experimentDifference(held: unknown, asked: object): string | null {
  const settings = (experiment: unknown) =>
    withoutWords(JSON.parse(JSON.stringify(experiment)) as object);
  return firstDifference(settings(held), settings(asked));
}

/** An experiment without what is said about it in words. */
export function withoutWords(experiment: { description?: unknown; notes?: unknown }): object {
  const { description: _, notes: __, ...settings } = experiment;
  return settings;
}

/** What stands where a new run would go, beside what a kill before its first file leaves behind. */
export function foreignEntry(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  if (!statSync(folder).isDirectory()) return 'a file of that name';
  return listFolder(folder).find((name) => !name.endsWith('.tmp') && !isLockFile(name));
}
