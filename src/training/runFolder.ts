/** The folder of a run: its settings, where each stage writes, and who may write. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { readJson, writeJsonAtomic } from '../files.ts';
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
    const difference = firstDifference(readJson(file), JSON.parse(JSON.stringify(experiment)));
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
  writeJsonAtomic(file, experiment);
}

/** Where two JSON values first differ, as "path is a, not b"; null if they do not. */
export function firstDifference(held: unknown, asked: unknown, at = ''): string | null {
  if (isRecord(held) && isRecord(asked)) {
    for (const key of new Set([...Object.keys(held), ...Object.keys(asked)])) {
      const inner = firstDifference(held[key], asked[key], at === '' ? key : `${at}.${key}`);
      if (inner !== null) return inner;
    }
    return null;
  }
  const [a, b] = [JSON.stringify(held), JSON.stringify(asked)];
  return a === b ? null : `${at} is ${a ?? 'absent'}, not ${b ?? 'absent'}`;
}

/** What stands where a new run would go, beside what a kill before its first file leaves behind. */
export function foreignEntry(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  if (!statSync(folder).isDirectory()) return 'a file of that name';
  return readdirSync(folder).find((name) => !name.endsWith('.tmp') && !isLockFile(name));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
