/** One of those who are compared, as far as it has come. */
import type { Mode } from '../../traces/modes.ts';
import { badgeOf, type Badge } from '../model/badge.ts';
import type { Answer } from '../model/useModel.ts';
import type { SearchState } from '../search/useSearch.ts';
import { traceTokens, type Thought } from '../thought/thought.ts';
import type { ShownResponse } from '../useResponse.ts';

export type Who = 'A*' | Mode;

export interface Contender {
  readonly who: Who;
  /** Null until it has begun. */
  readonly thought: Thought | null;
  /** Null while it goes on, and of what was stopped. */
  readonly badge: Badge | null;
  readonly traceTokens: number;
  /** Of which `thought` is the best. */
  readonly samples: number;
  /** Of all samples; null while it goes on. */
  readonly milliseconds: number | null;
}

export function searchContender({ thought, answer }: SearchState): Contender {
  const known = answer !== null && !answer.truncated;
  const plan = answer?.planLength ?? null;
  const solved: Badge = { tone: 'good', text: '✓ optimal', detail: `plan of ${plan} positions` };
  const unsolved: Badge = { tone: 'fair', text: 'no plan', detail: 'there is none' };
  return {
    who: 'A*',
    thought,
    badge: known ? (plan === null ? unsolved : solved) : null,
    traceTokens: thought === null ? 0 : traceTokens(thought),
    samples: 1,
    milliseconds: answer?.milliseconds ?? null,
  };
}

export function modelContender(
  who: Mode,
  answer: Answer | null,
  { response, optimal }: { readonly response: ShownResponse; readonly optimal: number | null },
): Contender {
  const { thought, judgements, sample } = response;
  const record = judgements[sample]?.record;
  const begun = thought !== null && thought.ids.length > 0;
  return {
    who,
    thought: begun ? thought : null,
    badge: record === undefined ? null : badgeOf(record, optimal),
    traceTokens: thought === null ? 0 : traceTokens(thought),
    samples: answer?.samples.length ?? 1,
    milliseconds: answer?.milliseconds ?? null,
  };
}

/** As short as it can be said. */
export function durationText(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(2)} s`;
  return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
}
