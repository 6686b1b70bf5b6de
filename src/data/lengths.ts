/** How long prompts and responses of a split are, responses as an expectation over trace dropping. */
import { createRng } from '../../envs/rng.ts';
import type { DropStrategy } from '../../traces/drop.ts';
import { dropTrace } from '../../traces/dropTrace.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import { type Examples, listAt } from './examples.ts';

/**
 * At n, the share of the sequences with n tokens, bos and eos included. The last place is the
 * longest that can occur, even if its share is 0.
 */
export type LengthShares = Float64Array;

export interface Dropping {
  readonly strategy: DropStrategy;
  readonly vocabulary: Vocabulary;
}

/** Rows, evenly spaced, that responses are dropped from; a larger split is not read as a whole. */
const SAMPLE = 2048;

export function promptShares(split: Examples): LengthShares {
  const { count } = split;
  const lengths = Array.from({ length: count }, (_, row) => listAt(split.prompt, row).length + 2);
  return sharesOf(lengths.map((length) => [length, 1 / count]));
}

/** The same for the same split and strategy: level 3 is drawn once, the others are certain. */
export function responseShares(split: Examples, { strategy, vocabulary }: Dropping): LengthShares {
  const { count } = split;
  const sampled = Math.min(count, SAMPLE);
  const lengths: [number, number][] = [];
  const rng = createRng('lengths');
  for (let i = 0; i < sampled; i++) {
    const row = Math.floor((i * count) / sampled);
    const rest = listAt(split.plan, row).length + 2;
    const reasoning = listAt(split.reasoning, row);
    for (const [level, probability] of strategy.probabilities.entries()) {
      if (probability === 0) continue;
      const kept = dropTrace(reasoning, level, rng, { vocabulary, level3: strategy.level3 });
      lengths.push([kept.length + rest, probability / sampled]);
    }
  }
  lengths.push([longestResponse(split), 0]);
  return sharesOf(lengths);
}

export function meanLength(shares: LengthShares): number {
  return shares.reduce((mean, share, length) => mean + share * length, 0);
}

function longestResponse({ count, reasoning, plan }: Examples): number {
  let longest = 0;
  for (let row = 0; row < count; row++) {
    longest = Math.max(longest, listAt(reasoning, row).length + listAt(plan, row).length + 2);
  }
  return longest;
}

function sharesOf(lengths: readonly (readonly [number, number])[]): LengthShares {
  const longest = lengths.reduce((longest, [length]) => Math.max(longest, length), 0);
  const shares = new Float64Array(longest + 1);
  for (const [length, share] of lengths) shares[length]! += share;
  return shares;
}
