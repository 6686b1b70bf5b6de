/** How far a cell is, by what lies in its folders. */
import { existsSync } from 'node:fs';
import { InputError } from '../../../envs/inputError.ts';
import { readEvaluationSettings } from '../../evaluation/evaluation.ts';
import { readJson } from '../../files.ts';
import { firstDifference, runPaths } from '../../training/runFolder.ts';
import type { ExpectedEvaluation, Work } from './work.ts';

/**
 * - `done`: its records are kept, whether or not the run is still there
 * - `begun`: there is a run to go on with
 */
export type CellState = 'done' | 'begun' | 'new';

/** @throws InputError if run or records are of other settings than the study's */
export function stateOf(work: Work): CellState {
  const [kept, begun] = [work.results, work.run].map((folder) => holdsCell(folder, work));
  if (kept && work.evaluations.every((each) => isKept(work.results, each))) return 'done';
  return begun ? 'begun' : 'new';
}

function holdsCell(folder: string, { experiment, cell }: Work): boolean {
  const file = runPaths(folder).experiment;
  if (!existsSync(file)) return false;
  const difference = firstDifference(readJson(file), JSON.parse(JSON.stringify(experiment)));
  if (difference === null) return true;
  throw new InputError(
    `${folder}: was made with other settings of cell ${cell}: its ${difference}; ` +
      'remove it, or give the cell another name',
  );
}

function isKept(results: string, { name, decoding, tasks }: ExpectedEvaluation): boolean {
  const held = readEvaluationSettings(results, name);
  if (held === null || held.tasks > tasks) return false;
  const { samples, temperature, topK, topP, form, maxTokens, split, seed } = decoding;
  const asked = { samples, temperature, topK, topP, form, maxTokens, split, seed };
  return Object.entries(asked).every(([key, value]) => held[key as keyof typeof asked] === value);
}
