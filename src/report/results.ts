/** Evaluations as rows of numbers: runs that differ only in their seed become one row. */
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { combineMetrics, computeMetrics, type Metrics } from '../evaluation/metrics.ts';
import type { Mode } from '../../traces/modes.ts';
import { withoutWords } from '../training/runFolder.ts';
import type { ReportedExperiment, Run } from './run.ts';

export interface Result {
  /**
   * The experiment's name, of a study's cell without its seed; the run's folder is added where two
   * experiments share one.
   */
  readonly experiment: string;
  readonly mode: Mode;
  /** How it was decoded, and on what if not on the run's own data: `greedy`, `n64-t1`. */
  readonly decoding: string;
  /** Responses per task. */
  readonly samples: number;
  /** One for each run. */
  readonly evaluations: readonly Evaluation[];
  /** Of these runs. */
  readonly runs: readonly { readonly folder: string; readonly seed: string | number }[];
  /** What these runs share; name, seed and words are the first one's. */
  readonly settings: ReportedExperiment;
  readonly metrics: Metrics;
}

/** In the order of the runs, and within a run slow, fast, auto. */
export function collectResults(runs: readonly Run[]): Result[] {
  const labels = runLabels(runs);
  const groups = new Map<string, { runs: Run[]; evaluations: Evaluation[] }>();
  for (const run of runs) {
    for (const evaluation of run.evaluations) {
      const key = `${experimentKey(run)} ${evaluation.name}`;
      const group = groups.get(key) ?? { runs: [], evaluations: [] };
      group.runs.push(run);
      group.evaluations.push(evaluation);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map(({ runs, evaluations }) => {
    const [run] = runs as [Run];
    const { name, settings } = evaluations[0] as Evaluation;
    return {
      experiment: labels.get(run) ?? nameOf(run),
      mode: settings.mode,
      decoding: name.replace(`${settings.mode}-`, ''),
      samples: settings.samples,
      evaluations,
      runs: runs.map(({ folder, experiment }) => ({ folder, seed: experiment.seed })),
      settings: run.experiment,
      metrics: combineMetrics(evaluations.map(({ records }) => computeMetrics(records))),
    };
  });
}

/** @throws InputError if a seed is there twice, which would count twice */
export function checkSeeds({ runs, experiment }: Result): void {
  for (const [i, { folder, seed }] of runs.entries()) {
    const same = runs.findIndex((run) => run.seed === seed);
    if (same === i) continue;
    throw new InputError(
      `${folder}: is ${experiment} with seed ${seed}, as ${runs[same]!.folder} is: give one of them`,
    );
  }
}

/** Runs of one experiment differ in nothing but the seed, and in what is said about them in words. */
function experimentKey(run: Run): string {
  return JSON.stringify({ ...withoutWords(run.experiment), name: nameOf(run), seed: null });
}

/** Without the seed, which a study adds to the names of its cells. */
function nameOf({ experiment: { name, seed } }: Run): string {
  const suffix = `-s${seed}`;
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

/** The name that `Result` tells of; the run's folder is added where two experiments share one. */
export function runLabels(runs: readonly Run[]): Map<Run, string> {
  const keys = new Map<string, Set<string>>();
  for (const run of runs) {
    const name = nameOf(run);
    keys.set(name, (keys.get(name) ?? new Set()).add(experimentKey(run)));
  }
  return new Map(
    runs.map((run) => {
      const name = nameOf(run);
      const unique = keys.get(name)?.size === 1;
      return [run, unique ? name : `${name} (${path.basename(run.folder)})`];
    }),
  );
}
