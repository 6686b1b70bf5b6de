/**
 * Lengths that prompts and responses are padded to. The fewer there are, the more often a length
 * meets kernels that the native library has prepared before; the more, the less is padded.
 */
import type { Examples } from './examples.ts';
import { type Dropping, type LengthShares, promptShares, responseShares } from './lengths.ts';

/** Rungs by rising length. */
export interface Ladder {
  readonly prompts: readonly number[];
  readonly responses: readonly number[];
}

/** Rounds nothing. */
export const EXACT: Ladder = { prompts: [], responses: [] };

/** What rounding may cost, as a share of the tokens. */
const COST = 0.02;
const MOST_PROMPTS = 12;
const MOST_RESPONSES = 40;
/** Lengths that may become rungs. */
const CANDIDATES = 512;

/** The same for the same split and strategy. */
export function batchLadder(split: Examples, dropping: Dropping): Ladder {
  return {
    prompts: fitRungs(promptShares(split), { cost: COST, most: MOST_PROMPTS }),
    responses: fitRungs(responseShares(split, dropping), { cost: COST, most: MOST_RESPONSES }),
  };
}

/** The lowest rung that holds `length`; `length` itself if it is above all rungs. */
export function roundUp(rungs: readonly number[], length: number): number {
  return rungs.find((rung) => rung >= length) ?? length;
}

/**
 * The fewest rungs that lengths can be rounded up to at no more than `cost` expected padding per
 * token, or the best `most` rungs if more were needed: dynamic programming over candidates, of which
 * the longest length is always one. Exact if no more than 512 lengths occur.
 */
export function fitRungs(
  shares: LengthShares,
  { cost, most }: { readonly cost: number; readonly most: number },
): number[] {
  const { lengths, below } = candidates(shares);
  const last = lengths.length - 1;
  const tokens = shares.reduce((sum, share, length) => sum + share * length, 0);
  /** Expected length of what `lengths[to]` holds and `lengths[from]` does not. */
  const step = (from: number, to: number): number =>
    lengths[to]! * (below[to]! - (from < 0 ? 0 : below[from]!));

  /** [to] Of what `lengths[to]` holds, with as many rungs as there are rounds so far. */
  let expected = lengths.map((_, to) => step(-1, to));
  const previous: number[][] = [];
  while (previous.length + 1 < Math.min(most, lengths.length)) {
    if (expected[last]! <= tokens * (1 + cost)) break;
    const fewer = expected;
    const from = fewer.map((_, to) => {
      let best = -1;
      let least = Infinity;
      for (let rung = previous.length; rung < to; rung++) {
        const total = fewer[rung]! + step(rung, to);
        if (total < least) [best, least] = [rung, total];
      }
      return best;
    });
    expected = from.map((rung, to) => (rung < 0 ? Infinity : fewer[rung]! + step(rung, to)));
    previous.push(from);
  }

  const rungs = [lengths[last]!];
  let at = last;
  for (const from of previous.reverse()) {
    at = from[at]!;
    rungs.unshift(lengths[at]!);
  }
  return rungs;
}

/** Lengths that occur, or equidistant ones down from the longest, and the share that each holds. */
function candidates(shares: LengthShares): { lengths: number[]; below: number[] } {
  const longest = shares.length - 1;
  const occurring = shares.reduce((count, share) => count + (share > 0 ? 1 : 0), 0);
  const distance = occurring > CANDIDATES ? Math.ceil(longest / CANDIDATES) : 1;
  const lengths: number[] = [];
  const below: number[] = [];
  let sum = 0;
  let added = 0;
  for (let length = 0; length <= longest; length++) {
    sum += shares[length]!;
    added += shares[length]!;
    if ((longest - length) % distance !== 0) continue;
    if (added === 0 && length < longest) continue;
    lengths.push(length);
    below.push(sum);
    added = 0;
  }
  return { lengths, below };
}
