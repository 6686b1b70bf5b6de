/**
 * The numbers of an evaluation, from its records alone.
 *
 * Source: Dualformer (arXiv 2410.09918), section 4, and Searchformer (arXiv 2402.14083), section 4,
 * for solved and optimal rates, k-Optimal-n, k-Solved-n, SWC, ILR and diversity. Where the papers
 * are silent: plan lengths count positions, start included; ILR is taken over the responses with
 * a trace; diversity averages over all tasks.
 *
 * Every metric is a ratio of sums over tasks, Σ aᵢ / Σ bᵢ; most are means, with bᵢ = 1.
 */
import { PLAN } from '../../traces/vocabulary.ts';
import { isCorrect } from './correct.ts';
import type { EvaluationRecord, SampleRecord } from './records.ts';

export interface Estimate {
  readonly value: number;
  /** Over tasks within a run, over runs where several are combined; null if there is only one. */
  readonly standardError: number | null;
  /** Tasks, or runs where several are combined. */
  readonly n: number;
}

/** `share` lies in [0, 1]; `ratio` is near 1; `count` is a number of tokens or plans. */
export type MetricKind = 'share' | 'ratio' | 'count';

interface Metric {
  readonly kind: MetricKind;
  /** The task's [aᵢ, bᵢ]; null leaves the task out. */
  readonly term: (record: EvaluationRecord) => readonly [a: number, b: number] | null;
}

const isOptimal = (sample: SampleRecord) => sample.outcome === 'optimal';
const hasTrace = (sample: SampleRecord) => sample.traceLength > 0;

export const METRICS = {
  /** Responses with a correct plan / responses. */
  solvedRate: share(isCorrect),
  /** Responses with an optimal plan / responses. */
  optimalRate: share(isOptimal),
  /** 1-Solved-n: tasks with at least 1 correct response of n / tasks. */
  oneSolved: atLeast(1, isCorrect),
  /** 3-Solved-n; null for n < 3. */
  threeSolved: atLeast(3, isCorrect),
  /** 1-Optimal-n: tasks with at least 1 optimal response of n / tasks. */
  oneOptimal: atLeast(1, isOptimal),
  /** 3-Optimal-n; null for n < 3. */
  threeOptimal: atLeast(3, isOptimal),
  /**
   * Success weighted by cost, (1/n) Σ cᵢ·l*ᵢ / max(lᵢ, l*ᵢ): lᵢ the shortest correct plan among
   * the responses, l*ᵢ the optimal length, cᵢ = 1 if any response is correct, else 0.
   */
  swc: { kind: 'ratio', term: successWeightedByCost },
  /**
   * Improved length ratio on solved tasks, (1/n) Σ cᵢ·t*ᵢ / tᵢ: t*ᵢ the mean trace length of
   * repeated nondeterministic A* runs, tᵢ that of the correct responses. Only responses with a
   * trace take part; a task with none of them is left out, so fast mode has no ILR.
   */
  ilrSolved: { kind: 'ratio', term: improvedLengthRatio(isCorrect) },
  /** The same on optimally solved tasks. */
  ilrOptimal: { kind: 'ratio', term: improvedLengthRatio(isOptimal) },
  /** Distinct correct plans per task, unsolved tasks included. */
  diversity: { kind: 'count', term: (record) => [distinctCorrectPlans(record), 1] },
  /** Tokens before the first `plan` per response, bos excluded; 0 in fast mode. */
  traceLength: {
    kind: 'count',
    term: ({ samples }) => [total(samples, (s) => s.traceLength), samples.length],
  },
  /** The same of the data set's own A* traces. */
  aStarTraceLength: { kind: 'count', term: (record) => [record.aStarTraceLength, 1] },
  /** Responses whose trace is a legal run of A* / responses with a trace. */
  legalRate: share((s) => s.trace === 'legal', hasTrace),
  /** Responses whose trace has parts dropped and is true in the rest / responses with a trace. */
  consistentRate: share((s) => s.trace === 'consistent', hasTrace),
  /** Responses that begin with a trace / responses: how often auto mode thinks. */
  traceRate: share(hasTrace),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
/** null where a metric is undefined: ILR without traces, 3-Optimal-n for n < 3, no tasks. */
export type Metrics = { readonly [Name in MetricName]: Estimate | null };

/** Does not depend on the order of records or samples. */
export function computeMetrics(records: readonly EvaluationRecord[]): Metrics {
  return mapMetrics((name) => ratioOfSums(records.map(METRICS[name].term)));
}

/** Mean over runs that differ only in their seed; a single run keeps its error over tasks. */
export function combineMetrics(runs: readonly Metrics[]): Metrics {
  return mapMetrics((name) => combineEstimates(runs.map((run) => run[name])));
}

/** Likewise of one number; null if it is undefined in a run. */
export function combineEstimates(runs: readonly (Estimate | null)[]): Estimate | null {
  const [only = null] = runs;
  if (runs.length <= 1) return only;
  const values = runs.map((estimate) => estimate?.value);
  return values.includes(undefined)
    ? null
    : ratioOfSums(values.map((value) => [value as number, 1]));
}

/**
 * The 95 % score interval of a share that was measured on n tasks (Wilson 1927). Unlike ±1.96
 * standard errors it stays open at 0 and 1.
 */
export function wilsonInterval(share: number, n: number): [low: number, high: number] {
  const z = 1.959964;
  const centre = share + (z * z) / (2 * n);
  const radius = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [Math.max(0, (centre - radius) / scale), Math.min(1, (centre + radius) / scale)];
}

/**
 * r = Σ aᵢ / Σ bᵢ, with the error of a ratio estimator, √(n/(n−1) Σ (aᵢ − r·bᵢ)²) / Σ bᵢ; for
 * bᵢ = 1 that is the sample standard deviation over √n. Terms are summed in the order of their
 * size, so that the order of tasks does not touch the last bit.
 */
export function ratioOfSums(terms: readonly (readonly [number, number] | null)[]): Estimate | null {
  const present = terms
    .filter((term) => term !== null && term[1] > 0)
    .map((term) => term as readonly [number, number])
    .sort(([a, b], [c, d]) => a - c || b - d);
  const n = present.length;
  if (n === 0) return null;
  const weight = total(present, ([, b]) => b);
  const value = total(present, ([a]) => a) / weight;
  const squares = total(present, ([a, b]) => (a - value * b) ** 2);
  return {
    value,
    standardError: n === 1 ? null : Math.sqrt((n / (n - 1)) * squares) / weight,
    n,
  };
}

function share(
  counts: (sample: SampleRecord) => boolean,
  among: (sample: SampleRecord) => boolean = () => true,
): Metric {
  return {
    kind: 'share',
    term: ({ samples }) => [
      samples.filter((sample) => among(sample) && counts(sample)).length,
      samples.filter(among).length,
    ],
  };
}

function atLeast(k: number, counts: (sample: SampleRecord) => boolean): Metric {
  return {
    kind: 'share',
    term: ({ samples }) =>
      samples.length < k ? null : [samples.filter(counts).length >= k ? 1 : 0, 1],
  };
}

function successWeightedByCost({ samples, optimalLength }: EvaluationRecord): [number, number] {
  const lengths = samples.filter(isCorrect).map((sample) => sample.planLength ?? Infinity);
  return [optimalLength / Math.max(optimalLength, Math.min(Infinity, ...lengths)), 1];
}

function improvedLengthRatio(counts: (sample: SampleRecord) => boolean): Metric['term'] {
  return ({ samples, referenceTraceLength }) => {
    const thought = samples.filter(hasTrace);
    if (thought.length === 0 || referenceTraceLength === null) return null;
    const lengths = thought.filter(counts).map((sample) => sample.traceLength);
    if (lengths.length === 0) return [0, 1];
    return [(referenceTraceLength * lengths.length) / total(lengths, (length) => length), 1];
  };
}

function distinctCorrectPlans({ samples }: EvaluationRecord): number {
  const plans = samples
    .filter(isCorrect)
    .map(({ tokens }) => tokens.subarray(tokens.indexOf(PLAN)).join());
  return new Set(plans).size;
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}

function mapMetrics(estimate: (name: MetricName) => Estimate | null): Metrics {
  const names = Object.keys(METRICS) as MetricName[];
  return Object.fromEntries(names.map((name) => [name, estimate(name)])) as Metrics;
}
