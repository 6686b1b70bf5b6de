/**
 * What an evaluation that was stopped has so far: the records of its finished batches, one file each
 * and each whole or absent, in a folder named by the checksum of all that they depend on. So what a
 * model answered under other settings, with other weights or to other tasks is never mixed in.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../files.ts';
import { batchFiles } from './batchFiles.ts';
import type { FinishedBatches } from './evaluate.ts';
import { EVALUATION_SCHEMA, evaluationFolder, type EvaluationSettings } from './evaluation.ts';

export interface Unfinished extends FinishedBatches {
  /** Forgets the batches, for example because the evaluation is finished. */
  readonly remove: () => void;
}

/** Removes what others than these settings have left; the caller has locked the evaluation. */
export function openUnfinished(
  run: string,
  name: string,
  settings: EvaluationSettings,
): Unfinished {
  const parent = evaluationFolder(run, name);
  const own = folderName(settings);
  for (const entry of readdirSync(parent)) {
    const foreign = entry.startsWith(PREFIX) && entry !== own;
    if (foreign || entry.endsWith('.tmp')) rmSync(path.join(parent, entry), { recursive: true });
  }
  const folder = path.join(parent, own);
  return {
    ...batchFiles(folder),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Whether a process was killed between finishing and tidying up. */
export function hasUnfinished(run: string, name: string, settings: EvaluationSettings): boolean {
  return existsSync(path.join(evaluationFolder(run, name), folderName(settings)));
}

const PREFIX = 'unfinished-';

function folderName(settings: EvaluationSettings): string {
  return PREFIX + sha256(JSON.stringify([EVALUATION_SCHEMA, settings])).slice(0, 16);
}
