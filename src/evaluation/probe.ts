/**
 * Does the plan follow from the trace? Each response behind a corrupted trace beside the same model's
 * behind the true one.
 */
import { toldLength, toldPlan } from '../../traces/toldPlan.ts';
import { EOS, type Vocabulary } from '../../traces/vocabulary.ts';
import { type Estimate, ratioOfSums } from './metrics.ts';
import type { EvaluationRecord, SampleRecord } from './records.ts';

/**
 * What came behind a corrupted trace, the first that applies:
 * - `unchanged`: token by token what came behind the true trace
 * - `told`: the plan that the corrupted trace tells (`toldPlan`), legal or not
 * - `toldLength`: another correct plan that is longer than need be, by as much as the corrupted trace says
 * - the outcome of any other plan
 */
export const REACTIONS = [
  'unchanged',
  'told',
  'optimal',
  'toldLength',
  'solved',
  'wrong',
  'malformed',
] as const;
export type Reaction = (typeof REACTIONS)[number];

/** @param control of the same task, behind the true trace; the first response counts */
export function reactionOf(
  record: EvaluationRecord,
  control: EvaluationRecord,
  vocabulary: Vocabulary,
): Reaction {
  const [sample] = record.samples as [SampleRecord];
  const plan = behindTrace(sample);
  if (plan === behindTrace(control.samples[0]!)) return 'unchanged';
  const trace = sample.tokens.subarray(0, sample.traceLength);
  if (plan === toldPlan(trace, vocabulary)?.concat(EOS).join()) return 'told';
  const isAsLong = sample.planLength === toldLength(trace, vocabulary);
  return sample.outcome === 'solved' && isAsLong ? 'toldLength' : sample.outcome;
}

export interface Reactions {
  /** Shares of the tasks that both evaluations have. */
  readonly shares: Readonly<Record<Reaction, Estimate | null>>;
  /** Optimal plans behind the corrupted traces, and behind the true ones of the same tasks. */
  readonly optimal: Estimate | null;
  readonly controlOptimal: Estimate | null;
}

/** @param control of the same model, behind true traces */
export function reactions(
  records: readonly EvaluationRecord[],
  control: readonly EvaluationRecord[],
  vocabulary: Vocabulary,
): Reactions {
  const byId = new Map(control.map((record) => [record.id, record]));
  const pairs = records.flatMap((record) => {
    const own = byId.get(record.id);
    return own === undefined ? [] : [{ record, own }];
  });
  const found = pairs.map(({ record, own }) => reactionOf(record, own, vocabulary));
  const share = (counts: readonly boolean[]): Estimate | null =>
    ratioOfSums(counts.map((counted) => [counted ? 1 : 0, 1]));
  const isOptimal = ({ samples }: EvaluationRecord) => samples[0]!.outcome === 'optimal';
  const shares = REACTIONS.map(
    (reaction) => [reaction, share(found.map((each) => each === reaction))] as const,
  );
  return {
    shares: Object.fromEntries(shares) as Record<Reaction, Estimate | null>,
    optimal: share(pairs.map(({ record }) => isOptimal(record))),
    controlOptimal: share(pairs.map(({ own }) => isOptimal(own))),
  };
}

const behindTrace = ({ tokens, traceLength }: SampleRecord): string =>
  tokens.subarray(traceLength).join();
