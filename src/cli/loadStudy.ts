/** A study by name or from a user's own file, with every cell checked as an experiment. */
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { experimentSchema, type Experiment } from '../experiment.ts';

import { readSealed } from '../sealed.ts';
import { expandStudy, STUDY_FILE, studySchema, type Cell, type Study } from '../study.ts';
import { STUDIES } from './catalogues.ts';
import { checkClaims } from './checkClaims.ts';
import { evaluationData } from './evaluationData.ts';
import { quote } from './flags.ts';
import { suggestion } from './nearest.ts';
import { checked, checkSettings } from './settingErrors.ts';
import { readRecord } from './settingsFile.ts';
import { roundCells } from './studyCells.ts';

export interface CheckedCell extends Omit<Cell, 'input'> {
  readonly experiment: Experiment;
}

export interface LoadedStudy {
  readonly study: Study;
  readonly cells: readonly CheckedCell[];
}

export interface CellChoice {
  /** Names of cells, and seeds; all unless given. */
  readonly only?: readonly string[] | undefined;
  readonly seeds?: readonly number[] | undefined;
}

/** @throws InputError naming the study or file, and the field */
export async function loadStudy(nameOrFile: string): Promise<LoadedStudy> {
  const { input, source } = await readRecord(nameOrFile, STUDIES);
  return checkStudy(input, source);
}

/** The study of a folder with runs or records. @throws InputError naming its file and field */
export function readStudy(folder: string): LoadedStudy {
  const file = path.join(folder, STUDY_FILE);
  return checkStudy(readSealed(z.looseObject({}), file), file);
}

/** @throws InputError beginning with `source` and naming the field */
export function checkStudy(input: unknown, source: string): LoadedStudy {
  const study = checkSettings(studySchema, input, { source });
  const cells = expandStudy(study).map((cell) => checkCell(cell, study, source));
  checkNames(cells, source);
  for (const [index, evaluation] of study.evaluations.entries()) {
    const place = { source, at: `evaluations[${index}].data` };
    for (const { experiment } of cells) evaluationData(evaluation, experiment, place);
  }
  checkClaims({ study, cells }, source);
  return { study, cells };
}

/** @throws InputError naming a cell or seed that the study does not have */
export function chooseCells(
  { study, cells }: LoadedStudy,
  { only, seeds }: CellChoice,
): readonly CheckedCell[] {
  const names = Object.keys(study.cells);
  for (const name of only ?? []) {
    if (names.includes(name)) continue;
    const meant = suggestion(name, names);
    throw new InputError(`--only: ${study.name} has no cell ${quote(name)}${meant}`);
  }
  for (const seed of seeds ?? []) {
    if (study.seeds.includes(seed)) continue;
    throw new InputError(
      `--seeds: ${study.name} has the seeds ${study.seeds.join(', ')}, not ${seed}`,
    );
  }
  return cells.filter(
    ({ cell, seed }) => (only?.includes(cell) ?? true) && (seeds?.includes(seed) ?? true),
  );
}

function checkCell({ input, ...cell }: Cell, study: Study, source: string): CheckedCell {
  const overrides = study.cells[cell.cell]!;
  const blame = (field: string, message: string): InputError => {
    const own = holdsPath(overrides, field);
    return new InputError(`${source}: ${own ? `cells.${cell.cell}` : 'base'}.${field}: ${message}`);
  };
  for (const field of ['name', 'seed']) {
    const given = Object.hasOwn(study.base, field)
      ? 'base'
      : Object.hasOwn(overrides, field)
        ? `cells.${cell.cell}`
        : null;
    if (given === null) continue;
    throw new InputError(`${source}: ${given}.${field}: the study gives each cell its ${field}`);
  }
  const result = checked(experimentSchema, input);
  if ('error' in result) throw blame(result.error.field, result.error.message);
  const { training, data } = result.settings;
  if (training.examples !== undefined && training.examples > data.trainCount) {
    const message = `${training.examples}, but data.trainCount is ${data.trainCount}`;
    throw blame('training.examples', message);
  }
  return { ...cell, experiment: result.settings };
}

/** @throws InputError if a cell has the name of another one's round */
function checkNames(cells: readonly CheckedCell[], source: string): void {
  const names = new Set(cells.map(({ cell }) => cell));
  for (const { cell, experiment } of cells) {
    const taken = roundCells(cell, experiment).find((name) => names.has(name));
    if (taken === undefined) continue;
    throw new InputError(`${source}: cells.${taken}: is the name of a round of cell ${cell}`);
  }
}

/** Whether the settings state the field, or something in its place. */
function holdsPath(settings: Readonly<Record<string, unknown>>, field: string): boolean {
  let at: unknown = settings;
  for (const key of field.split(/[.[]/)) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return true;
    if (!Object.hasOwn(at, key)) return false;
    at = (at as Record<string, unknown>)[key];
  }
  return true;
}
