/** How far a cell is, by what lies in its folders. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../envs/inputError.ts';
import { checkEvaluation, readEvaluationSettings } from '../../evaluation/evaluation.ts';
import { firstDifference } from '../../firstDifference.ts';
import { readSealed } from '../../sealed.ts';
import { experimentDifference, readSettings, runPaths } from '../../training/runFolder.ts';
import { type Study, STUDY_FILE } from '../../study.ts';
import { drawnBy } from '../stages/decoding.ts';
import type { ExpectedEvaluation, Kept, Work } from './work.ts';

/**
 * - `done`: its records are kept, whether or not the run is still there
 * - `begun`: there is a run to go on with
 */
export type CellState = 'done' | 'begun' | 'new';

/** @throws InputError if run or records are damaged, or of other settings than the study's */
export function stateOf(work: Work): CellState {
  const states = work.kept.map((model) => {
    const whole = isWhole(model);
    const begun = holdsCell(model.run, model);
    return whole ? 'done' : begun ? 'begun' : 'new';
  });
  if (states.every((state) => state === 'done')) return 'done';
  return states.every((state) => state === 'new') ? 'new' : 'begun';
}

/** @throws InputError if records are damaged, or of other settings than the study's */
function isWhole(model: Kept): boolean {
  const { results, evaluations } = model;
  if (!holdsCell(results, model)) return false;
  const found = evaluations.filter((each) => isKept(results, each));
  for (const { name } of found) checkEvaluation(results, name);
  return found.length === evaluations.length;
}

/** @throws InputError if it is of other settings than the study's */
export function holdsCell(
  folder: string,
  { experiment, cell }: Pick<Kept, 'experiment' | 'cell'>,
): boolean {
  const file = runPaths(folder).experiment;
  if (!existsSync(file)) return false;
  const difference = experimentDifference(readSettings(folder), experiment);
  if (difference === null) return true;
  throw new InputError(
    `${folder}: was made with other settings of cell ${cell}: its ${difference}; ` +
      'remove it, or give the cell another name',
  );
}

/** Whether the evaluation is there as the study asks for it. */
export function isKept(
  results: string,
  { name, decoding, corruption, tasks }: ExpectedEvaluation,
): boolean {
  const held = readEvaluationSettings(results, name);
  if (held === null) return false;
  const asked = { ...drawnBy(decoding), corruption, tasks };
  return Object.entries(asked).every(([key, value]) => held[key as keyof typeof asked] === value);
}

/** @throws InputError if the folder is of another study */
export function checkStudyOf({ name }: Study, folder: string): void {
  const held = heldStudy(folder);
  if (held === null || held.study.name === name) return;
  throw new InputError(`${folder}: is of study ${held.study.name}: choose another folder`);
}

/** What is asked of it here, and no more: other versions may have written the rest. */
const heldSchema = z.looseObject({
  name: z.string(),
  evaluations: z.array(z.looseObject({ label: z.string() })).default([]),
});

/** @throws InputError if there is something else in its place */
function heldStudy(folder: string) {
  const file = path.join(folder, STUDY_FILE);
  return existsSync(file) ? { file, study: readSealed(heldSchema, file) } : null;
}

/**
 * Under one label there are records of one kind only.
 * @throws InputError if the records in `results` were made with another evaluation of the same label
 */
export function checkLabels({ evaluations }: Study, results: string): void {
  const held = heldStudy(results);
  if (held === null) return;
  const { file, study } = held;
  for (const evaluation of evaluations) {
    const before = study.evaluations.find(({ label }) => label === evaluation.label);
    const difference = before && firstDifference(before, JSON.parse(JSON.stringify(evaluation)));
    if (difference === undefined || difference === null) continue;
    throw new InputError(
      `${file}: has another evaluation ${evaluation.label}: its ${difference}; give it another label`,
    );
  }
}
