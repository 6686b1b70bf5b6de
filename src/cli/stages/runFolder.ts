/** What a run's folder says of its experiment, before training and after it. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { experimentSchema, type Experiment } from '../../experiment.ts';
import { STUDY_FILE } from '../../study.ts';
import { experimentDifference, foreignEntry } from '../../training/runFolder.ts';
import { readSettings, runPaths } from '../../training/runFolder.ts';
import { nearest } from '../nearest.ts';
import { checkSettings } from '../settingErrors.ts';

/** @throws InputError if the folder holds no run, or settings of another version */
export function readRunExperiment(run: string): Experiment {
  checkHoldsRun(run);
  const file = runPaths(run).experiment;
  return checkSettings(experimentSchema, readSettings(run), { source: file });
}

export const holdsStudy = (folder: string): boolean => existsSync(path.join(folder, STUDY_FILE));

const holdsRun = (folder: string): boolean => existsSync(runPaths(folder).experiment);

/** @throws InputError if the folder holds no run, naming those that lie one level below */
export function checkHoldsRun(folder: string): void {
  checkExists(folder);
  if (holdsRun(folder)) return;
  checkIsFolder(folder);
  throw new InputError(`${folder}: holds no run (no experiment.json)${namesBelow(folder)}`);
}

/** Where commands put what is given no folder. */
const USUAL_PLACES = ['results', 'runs', 'data'];

/** @throws InputError with the folder that may have been meant: of its name elsewhere, or beside it */
export function checkExists(folder: string): void {
  if (existsSync(folder)) return;
  const meant = ofSameName(folder) ?? beside(folder);
  const question = meant === undefined ? '' : `; did you mean ${meant}?`;
  throw new InputError(`${folder}: no such folder${question}`);
}

/** What one command takes by its name, as `kit sweep STUDY`, others take by its folder. */
const ofSameName = (folder: string): string | undefined =>
  USUAL_PLACES.map((place) => path.join(place, path.basename(folder))).find(existsSync);

function beside(folder: string): string | undefined {
  const parent = path.dirname(folder);
  if (!existsSync(parent) || !statSync(parent).isDirectory()) return undefined;
  const names = subfolders(parent).map((each) => path.basename(each));
  const meant = nearest(path.basename(folder), names);
  return meant === undefined ? undefined : path.join(parent, meant);
}

/** @throws InputError if there is something else of that name */
export function checkIsFolder(folder: string): void {
  if (existsSync(folder) && !statSync(folder).isDirectory()) {
    throw new InputError(`${folder}: is no folder`);
  }
}

/** Or not there yet. @throws InputError if it is no folder */
export function isEmptyFolder(folder: string): boolean {
  checkIsFolder(folder);
  return !existsSync(folder) || readdirSync(folder).length === 0;
}

const MOST_NAMED = 3;

/** The runs and studies one level below, as a question; nothing if there are none. */
export function namesBelow(folder: string): string {
  const below = subfolders(folder).filter((each) => holdsRun(each) || holdsStudy(each));
  if (below.length === 0) return '';
  const others = below.length - MOST_NAMED;
  const named = below.slice(0, MOST_NAMED).join(', ');
  return `; did you mean ${named}${others > 0 ? ` or one of ${others} more` : ''}?`;
}

/** In the order of their names, links left out. @throws where it is no folder */
export function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .sort();
}

/**
 * Looks, before any work is done, whether a run of `experiment` may go into `run`.
 * @throws InputError naming the first setting that differs
 */
export function checkRunFolder(
  run: string,
  experiment: Experiment,
  { resume, ownData }: { readonly resume: boolean; readonly ownData: boolean },
): void {
  const file = runPaths(run).experiment;
  if (existsSync(file)) {
    const held = readSettings(run) as Partial<Experiment>;
    // Data settings of a data set that the user names are known only once it has been read.
    const asked = ownData ? experiment : { ...experiment, data: held.data };
    const difference = experimentDifference(held, asked);
    if (difference !== null) {
      throw new InputError(`${run} holds another run: its ${difference}; choose another --out`);
    }
    if (!resume)
      throw new InputError(`${run} holds this run already: add --resume to go on with it`);
    return;
  }
  const foreign = foreignEntry(run);
  if (foreign !== undefined) {
    throw new InputError(`${run}: is not empty and holds no run: there is ${foreign}`);
  }
}
