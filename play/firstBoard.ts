/** The board that a link shows, or else one to begin with. */
import { InputError } from '../envs/inputError.ts';
import { drawingOf, type Drawing } from './board/drawing.ts';
import { readLink } from './board/link.ts';

/** Of a size that the smallest model knows. */
const USUAL = ['S.#..', '#.#.#', '....G', '.#.##', '.#...'].join('\n');

export interface FirstBoard {
  readonly drawing: Drawing;
  /** Why it is not the one that the link shows. */
  readonly problem: string | null;
}

export function firstBoard(hash: string): FirstBoard {
  const usual = drawingOf(USUAL);
  try {
    return { drawing: readLink(hash) ?? usual, problem: null };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { drawing: usual, problem: `The link's board can't be read: ${error.message}` };
  }
}
