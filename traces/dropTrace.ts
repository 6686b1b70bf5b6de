/**
 * What each level of trace dropping leaves (Dualformer, arXiv 2410.09918). Levels are cumulative.
 * Tokens are judged by their kind alone, so that dropping knows no environment.
 */
import type { Rng } from '../envs/rng.ts';
import { CLOSE, CREATE, type Vocabulary } from './vocabulary.ts';

/** What is left of a trace at each level. */
export const LEVEL_NAMES: readonly string[] = [
  'complete trace',
  'no close clauses',
  'no close clauses, no costs',
  'no close clauses, no costs, some create clauses',
  'solution only',
];

/** How level 3 treats the create clauses that it is left with. */
export interface Level3 {
  /** Keeps the costs that level 2 drops. */
  readonly keepCosts: boolean;
  /** Which share of the clauses is dropped: drawn per trace, in whole percent, ends included. */
  readonly dropPercent: readonly [number, number];
  /** Whether exactly that share is dropped, rounded down, or each clause with that probability. */
  readonly exact: boolean;
}

export const PAPER_LEVEL_3: Level3 = { keepCosts: false, dropPercent: [30, 30], exact: false };

export interface DropOptions {
  readonly vocabulary: Vocabulary;
  readonly level3: Level3;
}

/**
 * What `level` leaves of a complete trace: a subsequence of it, at level 0 the array itself.
 *
 * @param level 0–4 @throws RangeError for others
 */
export function dropTrace(
  reasoning: Uint16Array,
  level: number,
  rng: Rng,
  { vocabulary, level3 }: DropOptions,
): Uint16Array {
  if (!(level in LEVEL_NAMES)) throw new RangeError(`there is no dropping level ${level}`);
  if (level === 0) return reasoning;
  if (level === 4) return new Uint16Array(0);
  const isDropped = level === 3 ? drawDropped(reasoning, level3, rng) : never;
  const keepCosts = level === 1 || (level === 3 && level3.keepCosts);
  if (scratch.length < reasoning.length) scratch = new Uint16Array(2 * reasoning.length);
  let kept = 0;
  let keeping = false;
  for (let at = 0; at < reasoning.length; at++) {
    const id = reasoning[at]!;
    if (id === CREATE) keeping = !isDropped();
    else if (id === CLOSE) keeping = false;
    if (keeping && (keepCosts || vocabulary.kind(id) !== 'cost')) scratch[kept++] = id;
  }
  return scratch.slice(0, kept);
}

/** Reused between calls: most of a trace may be dropped. */
let scratch = new Uint16Array(4096);

const never = (): boolean => false;

/** Tells for one create clause after the other whether it is dropped. */
function drawDropped(
  reasoning: Uint16Array,
  { dropPercent: [low, high], exact }: Level3,
  rng: Rng,
): () => boolean {
  const percent = low === high ? low : low + rng.int(high - low + 1);
  if (!exact) return () => 100 * rng.next() < percent;
  // Selection sampling: every choice of that many clauses is equally likely.
  let clauses = 0;
  for (const id of reasoning) if (id === CREATE) clauses++;
  let toDrop = Math.floor((clauses * percent) / 100);
  return () => {
    const isDropped = rng.int(clauses--) < toDrop;
    if (isDropped) toDrop--;
    return isDropped;
  };
}
