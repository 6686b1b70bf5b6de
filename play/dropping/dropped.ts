/** Which tokens of a search a level of trace dropping leaves, told from the ids that it leaves. */
import { createRng } from '../../envs/rng.ts';
import { clauseBounds } from '../../traces/clauses.ts';
import { drawLevel, type DropStrategy } from '../../traces/drop.ts';
import { dropTrace } from '../../traces/dropTrace.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import type { Line } from '../thought/lines.ts';

export interface Draw {
  readonly strategy: DropStrategy;
  readonly seed: number;
}

/** The level that training would draw. */
export function levelOf({ strategy, seed }: Draw): number {
  return drawLevel(strategy, streamOf(seed));
}

/** What the level leaves, drawn as in training: behind the level, from the same stream. */
export function leftOf(
  reasoning: Uint16Array,
  vocabulary: Vocabulary,
  { strategy, seed, level }: Draw & { readonly level: number },
): Uint16Array {
  const rng = streamOf(seed);
  drawLevel(strategy, rng);
  return dropTrace(reasoning, level, rng, { vocabulary, level3: strategy.level3 });
}

const streamOf = (seed: number) => createRng(seed).split('drop');

/**
 * Of each token 1 if it is left and 0 if not. Of clauses that are left without costs, and say the same
 * then, the first ones count as left.
 */
export function keptTokens(reasoning: Uint16Array, left: Uint16Array): Uint8Array {
  const kept = new Uint8Array(reasoning.length);
  const bounds = clauseBounds(reasoning);
  const leftBounds = clauseBounds(left);
  let next = 0;
  for (let i = 0; i + 1 < bounds.length && next + 1 < leftBounds.length; i++) {
    const clause = reasoning.subarray(bounds[i], bounds[i + 1]);
    const claim = left.subarray(leftBounds[next], leftBounds[next + 1]);
    // Costs stand behind the state, and are left or dropped as a whole.
    const wholly = claim.length === clause.length || claim.length === clause.length - 2;
    if (!wholly || !claim.every((id, at) => id === clause[at])) continue;
    const begin = bounds[i]!;
    kept.fill(1, begin, begin + claim.length);
    next++;
  }
  return kept;
}

/** Lines of which `kept` tells what is left; those behind it are whole. */
export function linesLeft(lines: readonly Line[], kept: Uint8Array): Line[] {
  return lines.map((line) => {
    const own = kept.subarray(line.begin, line.end);
    if (!own.includes(0)) return line;
    return { ...line, costs: null, dropped: !own.includes(1) };
  });
}
