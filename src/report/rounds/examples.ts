/** The same tasks before and after rounds of self-improvement. */
import type { Evaluation } from '../../evaluation/evaluation.ts';
import type { EvaluationRecord } from '../../evaluation/records.ts';
import {
  type Answerer,
  bestSample,
  type Example,
  readExample,
  recordsByTask,
} from '../examples.ts';
import { COLOURS } from '../figure.ts';
import type { Lineage } from './lineages.ts';

/** Of the tasks in the order of how much shorter traces became. */
const QUANTILES = [0.25, 0.5, 0.75];

/**
 * Of the tasks that the first and the last model solve optimally, those at the quartiles of the last
 * trace's length over the first one's. Of several runs the first one's answers are shown, of several
 * responses the first correct one.
 */
export function chooseRoundExamples({ models }: Lineage): Example[] {
  const answerers = models.map(({ title, result }): Answerer => ({
    title,
    colour: COLOURS[result.mode],
    evaluation: result.evaluations[0] as Evaluation,
  }));
  const shortened = recordsByTask(answerers.map(({ evaluation }) => evaluation))
    .flatMap((records) => {
      const [first, last] = [records[0]!, records.at(-1)!].map(tracedLength);
      return first == null || last == null ? [] : [{ records, ratio: last / first }];
    })
    .sort((a, b) => a.ratio - b.ratio || a.records[0]!.id - b.records[0]!.id);
  const places = QUANTILES.map((share) => Math.round(share * (shortened.length - 1)));
  return [...new Set(places)].flatMap((at) => {
    const task = shortened[at];
    return task === undefined ? [] : [readExample(task.records, answerers)];
  });
}

/** Tokens of the trace of an optimal response; null if the response has none or is not optimal. */
function tracedLength(record: EvaluationRecord): number | null {
  const { outcome, traceLength } = bestSample(record);
  return outcome === 'optimal' && traceLength > 0 ? traceLength : null;
}
