/** Runs that the page can plan with: their list and their weights. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { RunList, RunSummary } from '../../pageApi.ts';
import { InputError } from '../../../envs/inputError.ts';
import { sha256 } from '../../files.ts';
import { kitRoot } from '../../kitPackage.ts';
import { listCheckpoints } from '../../training/checkpoint.ts';
import { encodeCheckpoint } from '../../training/checkpointFormat.ts';
import { chooseCheckpoint, EXPORTED_MODEL } from '../../training/runModel.ts';
import { runPaths } from '../../training/runFolder.ts';
import { readRunExperiment } from '../stages/runFolder.ts';

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
  return { run: run ?? null, folders: ['runs', 'results', path.join(kitRoot, 'results')] };
}

/** @throws InputError if the run that was named holds no weights or can't be read */
export function findRuns({ run, folders }: RunPlaces): FoundRun[] {
  const named = run === null ? [] : [readRun(run)];
  if (run !== null && !hasWeights(run)) {
    throw new InputError(`${run} holds no checkpoint: train it first`);
  }
  const found = folders.flatMap((folder) =>
    subfolders(folder).flatMap((one) => [one, ...subfolders(one)]),
  );
  const others = found.filter(hasWeights).flatMap((folder) => {
    try {
      return [readRun(folder)];
    } catch (error) {
      // Whatever else lies there is none of the page's business.
      if (error instanceof InputError) return [];
      throw error;
    }
  });
  const byId = new Map([...named, ...others].map((one) => [one.summary.id, one]));
  return [...byId.values()];
}

/** What the page is told: not where they lie. */
export function listOf(runs: readonly FoundRun[]): RunList {
  return { runs: runs.map((run) => run.summary) };
}

/** As a checkpoint for planning only. @throws InputError if it can't be read */
export function weightsOf({ folder }: FoundRun): Uint8Array {
  refuseLinks(folder);
  const checkpoint = chooseCheckpoint(folder, readRunExperiment(folder));
  return Buffer.concat(encodeCheckpoint({ ...checkpoint, optimizer: null }, sha256));
}

function readRun(folder: string): FoundRun {
  const { name, description, data, evaluation } = readRunExperiment(folder);
  const { environment, width, height } = data.task;
  // Tells nothing of where the folder lies, and differs between runs of one experiment.
  const id = sha256(realpathSync(folder)).slice(0, 16);
  const label = path.basename(folder) === name ? name : `${name} (${path.basename(folder)})`;
  const { maxTokens } = evaluation;
  const words = { id, name: label, description };
  return { folder, summary: { ...words, environment, width, height, maxTokens } };
}

function hasWeights(folder: string): boolean {
  const { experiment } = runPaths(folder);
  return existsSync(experiment) && weightFiles(folder).length > 0;
}

function weightFiles(folder: string): string[] {
  const exported = path.join(folder, EXPORTED_MODEL);
  const files = listCheckpoints(runPaths(folder).checkpoints).map(({ file }) => file);
  return existsSync(exported) ? [...files, exported] : files;
}

/** What lies elsewhere is not served, even if a link leads there. */
function refuseLinks(folder: string): void {
  const root = realpathSync(folder) + path.sep;
  const leaving = weightFiles(folder).find((file) => !realpathSync(file).startsWith(root));
  if (leaving !== undefined) throw new InputError(`${leaving}: leads out of the run`);
}

/** Links are left out. */
function subfolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .sort();
}
