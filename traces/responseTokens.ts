/** The parts of a response that are written alike in every environment. */
import type { Board } from '../envs/environment.ts';
import type { SearchLog } from '../solvers/astar.ts';
import type { StateWriter } from './tokenizer.ts';
import { CLOSE, CREATE, PLAN, type Vocabulary } from './vocabulary.ts';

/** `create|close <state> c<g> c<h>` for each row of the log. */
export function reasoningTokens(
  log: SearchLog,
  vocabulary: Vocabulary,
  states: StateWriter,
): Uint16Array {
  const tokens = new Uint16Array(log.length * (3 + states.maxTokens));
  let length = 0;
  for (let row = 0; row < log.length; row++) {
    tokens[length++] = log.closes[row] === 1 ? CLOSE : CREATE;
    length = states.write(log.states[row]!, tokens, length);
    tokens[length++] = vocabulary.cost(log.g[row]!);
    tokens[length++] = vocabulary.cost(log.h[row]!);
  }
  return length === tokens.length ? tokens : tokens.slice(0, length);
}

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
