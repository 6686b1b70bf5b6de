/**
 * A generated response, split into reasoning and plan.
 *
 * A plan is accepted only if the response is reasoning, then `plan x y` one or more times, then
 * eos and nothing more. The released evaluator also accepts plans without eos. What stands in the
 * reasoning makes no difference here: `validate.ts` judges it.
 */
import type { Position } from '../envs/environment.ts';
import { EOS, PLAN, type Vocabulary } from './vocabulary.ts';

export interface ParsedResponse {
  /** Ids before the first `plan`; all before eos if there is none. */
  readonly reasoning: readonly number[];
  /** Positions as they stand, on the board or not; null if the response is malformed. */
  readonly plan: readonly Position[] | null;
  readonly error: ParseError | null;
  /** Tokens of the reasoning. */
  readonly traceLength: number;
}

/** `at` is the index in the response of the first id that is wrong, its length if one lacks. */
export interface ParseError {
  readonly at: number;
  readonly reason: string;
}

/** @param ids after bos, eos included; any numbers. Never throws. */
export function parseResponse(ids: ArrayLike<number>, vocabulary: Vocabulary): ParsedResponse {
  const end = indexOf(EOS, ids, ids.length);
  const planStart = indexOf(PLAN, ids, end);
  const reasoning = Array.prototype.slice.call(ids, 0, planStart) as number[];
  const plan: Position[] = [];
  const error = readPlan(plan, ids, { planStart, end, vocabulary });
  return { reasoning, plan: error === null ? plan : null, error, traceLength: planStart };
}

interface Extent {
  readonly planStart: number;
  readonly end: number;
  readonly vocabulary: Vocabulary;
}

/** Fills `plan`, and returns what is wrong if anything is. */
function readPlan(
  plan: Position[],
  ids: ArrayLike<number>,
  { planStart, end, vocabulary }: Extent,
): ParseError | null {
  if (planStart === end) return { at: end, reason: 'no plan' };
  for (let at = planStart; at < end; at += 3) {
    if (ids[at] !== PLAN) return { at, reason: 'neither plan nor eos after a position' };
    for (let i = at + 1; i <= at + 2; i++) {
      if (i < end && vocabulary.kind(ids[i]!) === 'coordinate') continue;
      return { at: i, reason: 'a position of the plan lacks a coordinate' };
    }
    plan.push({ x: vocabulary.value(ids[at + 1]!), y: vocabulary.value(ids[at + 2]!) });
  }
  if (end === ids.length) return { at: end, reason: 'no eos' };
  if (end + 1 < ids.length) return { at: end + 1, reason: 'goes on after eos' };
  return null;
}

/** Of the first `id` before `end`; `end` if there is none. */
function indexOf(id: number, ids: ArrayLike<number>, end: number): number {
  let at = 0;
  while (at < end && ids[at] !== id) at++;
  return at;
}
