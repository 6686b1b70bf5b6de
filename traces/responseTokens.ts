/** The parts of a response that are written alike in every environment. */
import type { Board } from '../envs/environment.ts';
import { rowsOf, type SearchLog } from '../solvers/searchLog.ts';
import { sequence, word } from './language.ts';
import type { StateWriter } from './tokenizer.ts';
import { CLOSE, CREATE, PLAN, type Vocabulary } from './vocabulary.ts';

/** `x y`, to a grammar. */
export const POSITION = sequence(word('coordinate'), word('coordinate'));

/** `c<g> c<h>`, to a grammar. */
export const COSTS = sequence(word('cost'), word('cost'));

/** `create|close <state> c<g> c<h>` for each row of the log. */
export function reasoningTokens(
  log: SearchLog,
  vocabulary: Vocabulary,
  states: StateWriter,
): Uint16Array {
  return reasoningWithin(Infinity, { log, vocabulary, states })!.slice();
}

/** A view of the same, valid until the next trace; null as soon as there are more than `limit` tokens. */
export function reasoningWithin(
  limit: number,
  { log, vocabulary, states }: Reasoning,
): Uint16Array | null {
  const { length: rows, closes, states: ids, g, h } = log;
  const { costs } = vocabulary;
  const room = 3 + states.maxTokens;
  const needed = Math.min(rows * room, limit + room);
  if (tokens.length < needed) tokens = new Uint16Array(needed);
  const firstCost = costs > 0 ? vocabulary.cost(0) : 0;
  let length = 0;
  for (let row = 0; row < rows && length <= limit; row++) {
    tokens[length++] = closes[row] === 1 ? CLOSE : CREATE;
    length = states.write(ids[row]!, tokens, length);
    const [fromStart, toGoal] = [g[row]!, h[row]!];
    // Beyond the vocabulary, `cost` says so.
    tokens[length++] = fromStart < costs ? firstCost + fromStart : vocabulary.cost(fromStart);
    tokens[length++] = toGoal < costs ? firstCost + toGoal : vocabulary.cost(toGoal);
  }
  return length > limit ? null : tokens.subarray(0, length);
}

/**
 * The reasoning in pieces of whole clauses, since it may take more memory than the search did. Each
 * piece is a view, valid until the next one.
 */
export function* reasoningPieces({ log, vocabulary, states }: Reasoning): Generator<Uint16Array> {
  const rows = Math.max(1, Math.floor(PIECE_TOKENS / (3 + states.maxTokens)));
  for (let from = 0; from < log.length; from += rows) {
    const piece = rowsOf(log, from, Math.min(from + rows, log.length));
    yield reasoningWithin(Infinity, { log: piece, vocabulary, states })!;
  }
}

/** The most tokens of a piece, unless a single clause has more. */
const PIECE_TOKENS = 65_536;

export interface Reasoning {
  readonly log: SearchLog;
  readonly vocabulary: Vocabulary;
  readonly states: StateWriter;
}

/** Kept for the next trace: to allocate room for each would take as long as to write it. */
let tokens = new Uint16Array(4096);

/** `plan x y` for each cell. */
export function planTokens(
  { width }: Board,
  vocabulary: Vocabulary,
  cells: ArrayLike<number>,
): Uint16Array {
  const tokens = new Uint16Array(3 * cells.length);
  for (let i = 0; i < cells.length; i++) {
    const x = cells[i]! % width;
    tokens[3 * i] = PLAN;
    tokens[3 * i + 1] = vocabulary.coordinate(x);
    tokens[3 * i + 2] = vocabulary.coordinate((cells[i]! - x) / width);
  }
  return tokens;
}
