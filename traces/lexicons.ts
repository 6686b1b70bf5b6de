/** What the vocabularies of the environments differ in. A new environment is one entry here. */
import { InputError } from '../envs/inputError.ts';

export interface BoardSize {
  readonly width: number;
  readonly height: number;
}

export interface Lexicon {
  /** Words of prompts and clauses, in vocabulary order. */
  readonly keywords: readonly string[];
  /** How many costs, from c0 on, any search on such a board needs; null if no board tells. */
  readonly costs: (size: BoardSize) => number | null;
}

/** A path through a maze visits no cell twice, so that no cost reaches the number of cells. */
const maze: Lexicon = {
  keywords: ['start', 'goal', 'wall'],
  costs: ({ width, height }) => width * height,
};

const sokoban: Lexicon = {
  keywords: ['worker', 'box', 'dock', 'wall'],
  costs: () => null,
};

export const LEXICONS = { maze, sokoban } as const;

/** @throws InputError with the known names. */
export function lexiconOf(environment: string): Lexicon {
  if (Object.hasOwn(LEXICONS, environment)) return LEXICONS[environment as keyof typeof LEXICONS];
  const known = Object.keys(LEXICONS).join(', ');
  throw new InputError(`vocabulary: environment "${environment}" is unknown; known are ${known}`);
}
