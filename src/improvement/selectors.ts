/** Which responses to a task are worth learning from; a new rule is a function and a row here. */
import { isCorrect } from '../evaluation/correct.ts';
import type { SampleRecord } from '../evaluation/records.ts';
import { EOS } from '../../traces/vocabulary.ts';

/** A trace, which may be empty, and a plan: token ids without bos and eos. */
export interface Answer {
  readonly reasoning: Uint16Array;
  readonly plan: Uint16Array;
}

/** What there is for one task. */
export interface Pool<Stored extends Answer = Answer> {
  /** The answers that earlier data hold. */
  readonly stored: readonly Stored[];
  readonly samples: readonly SampleRecord[];
}

/** What a task's data will be: none, or some of its responses and stored answers. */
export type Chosen<Stored extends Answer> = readonly (SampleRecord | Stored)[];

export interface Selector {
  /** Whether it goes by the lengths of traces, and so needs some. */
  readonly needsTraces: boolean;
  readonly select: <Stored extends Answer>(pool: Pool<Stored>) => Chosen<Stored>;
}

export const SELECTORS = {
  /**
   * The optimal response with the shortest trace, the first of several; what is stored where no
   * response is optimal.
   */
  'shortest-optimal': {
    needsTraces: true,
    select: ({ stored, samples }) => {
      const optimal = samples.filter(({ outcome }) => outcome === 'optimal');
      if (optimal.length === 0) return stored;
      return [optimal.reduce((best, next) => (next.traceLength < best.traceLength ? next : best))];
    },
  },
  /** Every correct response that says something else than those before it. */
  'every-correct': {
    needsTraces: false,
    select: ({ samples }) => {
      const correct = samples.filter(isCorrect);
      return [...new Map(correct.map((sample) => [sample.tokens.join(), sample])).values()];
    },
  },
} as const satisfies Readonly<Record<string, Selector>>;

export type SelectorName = keyof typeof SELECTORS;

export function isSample(chosen: SampleRecord | Answer): chosen is SampleRecord {
  return 'outcome' in chosen;
}

/** @param sample with a well-formed plan */
export function answerOf({ tokens, traceLength }: SampleRecord): Answer {
  const end = tokens.at(-1) === EOS ? tokens.length - 1 : tokens.length;
  return { reasoning: tokens.subarray(0, traceLength), plan: tokens.subarray(traceLength, end) };
}
