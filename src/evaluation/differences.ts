/**
 * How far metrics of two methods differ on the same tasks, with intervals.
 *
 * Source: the percentile bootstrap of paired observations (Efron & Tibshirani 1993, chapters 13 and
 * 16). Tasks are drawn anew, the same ones for both methods and for all seeds; a method's metric is the mean
 * over its seeds, as in the tables. So an interval tells what other tasks would change; what other
 * seeds would change it does not.
 */
import { createRng } from '../../envs/rng.ts';
import { METRICS, type MetricName } from './metrics.ts';
import type { EvaluationRecord } from './records.ts';

export interface Difference {
  readonly value: number;
  /** The bounds of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/** Draws of tasks with replacement: how often each task was drawn. */
export interface Resamples {
  readonly tasks: number;
  readonly draws: number;
  /** [draws, tasks] */
  readonly counts: Uint16Array;
}

/** A metric as measured, and as it would be on each draw; NaN where it is undefined. */
export interface Resampled {
  readonly value: number;
  readonly draws: Float64Array;
}

/** What each bound cuts off. */
const TAIL = 0.025;
const DRAWS = 5000;

/** The same for the same number of tasks. */
export function resampleTasks(tasks: number, draws = DRAWS): Resamples {
  const rng = createRng('tasks').split(tasks);
  const counts = new Uint16Array(draws * tasks);
  for (let row = 0; row < counts.length; row += tasks) {
    for (let i = 0; i < tasks; i++) counts[row + rng.int(tasks)]!++;
  }
  return { tasks, draws, counts };
}

/** A metric of each task: its sum over the first, divided by that over the second, is the metric. */
export interface Terms {
  readonly above: Float64Array;
  readonly below: Float64Array;
}

/** Both 0 where a task is left out. */
export function termsOf(name: MetricName, records: readonly EvaluationRecord[]): Terms {
  const terms = records.map((record) => METRICS[name].term(record) ?? ([0, 0] as const));
  return {
    above: Float64Array.from(terms, ([a]) => a),
    below: Float64Array.from(terms, ([, b]) => b),
  };
}

/** NaN if it is undefined. */
export function valueOf({ above, below }: Terms): number {
  return sum(above) / sum(below);
}

/**
 * @param seeds the records of each seed, of the same tasks in the same order
 * @throws RangeError if they are not as many tasks as are drawn from
 */
export function resampleMetric(
  name: MetricName,
  seeds: readonly (readonly EvaluationRecord[])[],
  resamples: Resamples,
): Resampled {
  return resampleTerms(
    seeds.map((records) => termsOf(name, records)),
    resamples,
  );
}

/** @throws RangeError if they are not as many tasks as are drawn from */
export function resampleTerms(
  seeds: readonly Terms[],
  { tasks, draws, counts }: Resamples,
): Resampled {
  const sums = new Float64Array(draws);
  let value = 0;
  for (const terms of seeds) {
    const { above: a, below: b } = terms;
    if (a.length !== tasks) throw new RangeError(`${a.length} tasks, not ${tasks}`);
    value += valueOf(terms) / seeds.length;
    for (let draw = 0, row = 0; draw < draws; draw++, row += tasks) {
      let [above, below] = [0, 0];
      for (let i = 0; i < tasks; i++) {
        const times = counts[row + i]!;
        above += times * a[i]!;
        below += times * b[i]!;
      }
      sums[draw]! += above / below / seeds.length;
    }
  }
  return { value, draws: sums };
}

/**
 * `of` minus `to`; null if either is undefined. The other way round it is the same with the other
 * sign, to the last bit.
 */
export function difference(of: Resampled, to: Resampled): Difference | null {
  const value = of.value - to.value;
  const draws = of.draws.map((drawn, i) => drawn - to.draws[i]!).filter(Number.isFinite);
  if (!Number.isFinite(value) || draws.length === 0) return null;
  draws.sort();
  const cut = Math.floor(TAIL * (draws.length - 1));
  return { value, low: draws[cut]!, high: draws[draws.length - 1 - cut]! };
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
