/**
 * An evaluation as a study's page needs it: its metrics, and of each task a few numbers. The records
 * themselves are let go of, so that a page over many cells needs the memory of one evaluation.
 */
import { type Terms, termsOf } from '../../evaluation/differences.ts';
import { type EvaluationSettings, readEvaluation } from '../../evaluation/evaluation.ts';
import { computeMetrics, type MetricName, type Metrics } from '../../evaluation/metrics.ts';
import type { EvaluationRecord } from '../../evaluation/records.ts';
import { type TaskPrints, taskPrints } from '../sameTasks.ts';

/** Which tasks, and what makes them hard, one number a task. */
export interface TaskFacts extends TaskPrints {
  readonly planLength: Float64Array;
  readonly aStarTraceLength: Float64Array;
  /** In [0, 1]. */
  readonly wallShare: Float64Array;
}

/** Of each task, how many responses there are of a kind. */
export interface ResponseCounts {
  readonly all: Float64Array;
  readonly optimal: Float64Array;
  readonly thought: Float64Array;
  readonly optimalThought: Float64Array;
}

/** One evaluation of one seed. */
export interface Measurement {
  readonly seed: number;
  readonly folder: string;
  /** Of the evaluation. */
  readonly name: string;
  readonly settings: EvaluationSettings;
  readonly metrics: Metrics;
  readonly tasks: TaskFacts;
  readonly counts: ResponseCounts;
  /** Of the metrics that were asked for. */
  readonly terms: ReadonlyMap<MetricName, Terms>;
}

/**
 * @param wanted metrics of which the terms are kept
 * @throws InputError naming the file, and its line and field or that it was changed
 */
export function readMeasurement(
  at: { readonly folder: string; readonly name: string; readonly seed: number },
  wanted: Iterable<MetricName>,
): Measurement {
  const { settings, records } = readEvaluation(at.folder, at.name);
  return { ...measure(records, wanted), ...at, settings };
}

export function measure(
  records: readonly EvaluationRecord[],
  wanted: Iterable<MetricName>,
): Pick<Measurement, 'metrics' | 'tasks' | 'counts' | 'terms'> {
  const numbers = (of: (record: EvaluationRecord) => number): Float64Array =>
    Float64Array.from(records, of);
  const count = (counts: (sample: EvaluationRecord['samples'][number]) => boolean): Float64Array =>
    numbers(({ samples }) => samples.filter(counts).length);
  return {
    metrics: computeMetrics(records),
    tasks: {
      ...taskPrints(records),
      planLength: numbers(({ optimalLength }) => optimalLength),
      aStarTraceLength: numbers(({ aStarTraceLength }) => aStarTraceLength),
      wallShare: numbers(({ walls, width, height }) => walls / (width * height)),
    },
    counts: {
      all: count(() => true),
      optimal: count(({ outcome }) => outcome === 'optimal'),
      thought: count(({ traceLength }) => traceLength > 0),
      optimalThought: count((s) => s.outcome === 'optimal' && s.traceLength > 0),
    },
    terms: new Map([...wanted].map((name) => [name, termsOf(name, records)])),
  };
}
