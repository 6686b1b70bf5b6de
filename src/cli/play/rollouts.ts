/** What the page is told of an evaluation: all responses by columns, and those to one task with their tokens. */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Coded, RolloutTable, TaskRollouts } from '../../pageApi.ts';
import { type Evaluation, evaluationFolder, readEvaluation } from '../../evaluation/evaluation.ts';
import type { EvaluationRecord } from '../../evaluation/records.ts';
import { refuseForeign } from './details.ts';

/**
 * Reads evaluations and remembers the last one, since what is asked next is most often about it.
 * The function returned throws an InputError if it is damaged or leads out of the run.
 */
export function evaluationReader(): (folder: string, name: string) => Evaluation {
  let held: { readonly key: string; readonly evaluation: Evaluation } | null = null;
  return (folder, name) => {
    refuseForeign(folder, name);
    const { mtimeMs, size, ino } = statSync(
      path.join(evaluationFolder(folder, name), 'settings.json'),
    );
    const key = JSON.stringify([folder, name, mtimeMs, size, ino]);
    if (held?.key !== key) {
      held = null;
      held = { key, evaluation: readEvaluation(folder, name) };
    }
    return held.evaluation;
  };
}

/** @param rollouts of the first tasks, if it is to hold these only, with their tokens */
export function tableOf(
  { records, settings }: Evaluation,
  rollouts: readonly TaskRollouts[] | null = null,
): RolloutTable {
  const own = records.slice(0, rollouts?.length);
  const samples = own.flatMap((record) => record.samples);
  return {
    tasks: records.length,
    samples: settings.samples,
    ids: own.map(({ id }) => id),
    optimalLengths: own.map(({ optimalLength }) => optimalLength),
    searchLengths: own.map(({ aStarTraceLength }) => aStarTraceLength),
    outcomes: coded(samples.map(({ outcome }) => outcome)),
    traces: coded(samples.map(({ trace }) => trace)),
    reasons: coded(samples.map(({ reason }) => reason)),
    planLengths: samples.map(({ planLength }) => planLength),
    traceLengths: samples.map(({ traceLength }) => traceLength),
    rollouts,
  };
}

export function taskOf({ settings }: Evaluation, record: EvaluationRecord): TaskRollouts {
  const { width, height, prompt, optimalLength, forced, samples } = record;
  return {
    vocabulary: settings.vocabulary,
    width,
    height,
    prompt: Array.from(prompt),
    optimalLength,
    forced: forced?.length ?? null,
    tokens: samples.map(({ tokens }) => Array.from(tokens)),
  };
}

function coded<Value>(column: readonly Value[]): Coded<Value> {
  const places = new Map<Value, number>();
  const indices = column.map((value) => {
    const known = places.get(value) ?? places.size;
    places.set(value, known);
    return known;
  });
  return { values: [...places.keys()], indices };
}
