/** The runs that the page shows. */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { RunList, RunSummary } from '../../pageApi.ts';
import { InputError } from '../../../envs/inputError.ts';
import { listEvaluations } from '../../evaluation/evaluation.ts';
import { sha256 } from '../../files.ts';
import { kitRoot } from '../../kitPackage.ts';
import { isLocked } from '../../lock.ts';
import { listCheckpoints } from '../../training/checkpoint.ts';
import { EXPORTED_MODEL } from '../../training/runModel.ts';
import { runPaths } from '../../training/runFolder.ts';
import { readRunExperiment, subfolders } from '../stages/runFolder.ts';
import { refuseLinks, unlessDamaged } from './bounds.ts';
import { progressOf } from './progress.ts';

export interface FoundRun {
  readonly folder: string;
  readonly summary: RunSummary;
}

/** Where runs are looked for, and the folder that is shown first. */
export interface RunPlaces {
  readonly run: string | null;
  /** Folders of runs, or of studies with runs in them. */
  readonly folders: readonly string[];
}

/** The run that was named, then what lies below the current folder, then the weights that the kit ships. */
export function runPlaces(run: string | undefined): RunPlaces {
  const folders = ['runs', 'results', path.join(kitRoot, 'results')];
  // In a clone the last two are one.
  const byPlace = new Map(folders.map((folder) => [path.resolve(folder), folder]));
  return { run: run ?? null, folders: [...byPlace.values()] };
}

/**
 * @param read of what is found; null leaves it out
 * @throws InputError if the run that was named holds no weights or can't be read
 */
export function findRuns(
  places: RunPlaces,
  read: (located: LocatedRun) => FoundRun | null = readRun,
): FoundRun[] {
  const { run } = places;
  if (run !== null) {
    readRunExperiment(run);
    // One that trains will have some soon, and can be watched till then.
    if (!hasWeights(run) && isLocked(run) !== true)
      throw new InputError(`${run} holds no checkpoint: train it first`);
  }
  return locateRuns(places).flatMap((located) => read(located) ?? []);
}

/** Reads no other run. @returns null if there is none of this id that can be read */
export function findRun(places: RunPlaces, id: string): FoundRun | null {
  const located = locateRuns(places).find((one) => one.id === id);
  return located === undefined ? null : readRun(located);
}

/** What the page is told: not where they lie. */
export function listOf(runs: readonly FoundRun[], { live }: Pick<RunList, 'live'>): RunList {
  return { live, runs: runs.map((run) => run.summary) };
}

export interface LocatedRun {
  /** Tells nothing of where the folder lies, and differs between runs of one experiment. */
  readonly id: string;
  readonly folder: string;
  readonly study: string | null;
}

function locateRuns({ run, folders }: RunPlaces): LocatedRun[] {
  const located = new Map<string, LocatedRun>();
  const add = (folder: string, study: string | null): void => {
    if (!existsSync(runPaths(folder).experiment)) return;
    const id = sha256(realpathSync.native(folder)).slice(0, 16);
    // The first place in the list holds, and what is known best.
    located.set(id, { id, folder, study: study ?? located.get(id)?.study ?? null });
  };
  if (run !== null) add(run, null);
  for (const one of folders.flatMap(foldersBelow)) {
    add(one, null);
    for (const inner of foldersBelow(one)) add(inner, path.basename(one));
  }
  return [...located.values()];
}

/** Null if it can't be read: whatever else lies there is none of the page's business. */
export function readRun(located: LocatedRun): FoundRun | null {
  return unlessDamaged(() => ({ folder: located.folder, summary: summaryOf(located) }), null);
}

function summaryOf({ id, folder, study }: LocatedRun): RunSummary {
  refuseLinks(folder, [runPaths(folder).experiment]);
  const { name, description, data, evaluation, training } = readRunExperiment(folder);
  const { environment, width, height } = data.task;
  const base = path.basename(path.resolve(folder));
  return {
    id,
    name: base === name ? name : `${name} (${base})`,
    folder: base,
    study,
    description,
    environment,
    width,
    height,
    maxTokens: evaluation.maxTokens,
    plans: hasWeights(folder),
    progress: progressOf(folder, training.steps),
    evaluations: listEvaluations(folder).length,
  };
}

function hasWeights(folder: string): boolean {
  const { checkpoints } = runPaths(folder);
  return listCheckpoints(checkpoints).length > 0 || existsSync(path.join(folder, EXPORTED_MODEL));
}

/** Links are left out; none where they can't be listed. */
const foldersBelow = (folder: string): string[] => unlessDamaged(() => subfolders(folder), []);
