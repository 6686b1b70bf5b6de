/** The tokenizers by environment. A new one is a line in `tokenizers` and in `LEXICONS`. */
import { InputError } from '../envs/inputError.ts';
import { mazeTokenizer } from './mazeTokenizer.ts';
import { sokobanTokenizer } from './sokobanTokenizer.ts';
import type { Tokenizer } from './tokenizer.ts';

export const tokenizers: Readonly<Record<string, Tokenizer>> = {
  maze: mazeTokenizer,
  sokoban: sokobanTokenizer,
};

/** @throws InputError with the known names. */
export function tokenizerOf(environment: string): Tokenizer {
  const tokenizer = Object.hasOwn(tokenizers, environment) ? tokenizers[environment] : undefined;
  if (tokenizer !== undefined) return tokenizer;
  const known = Object.keys(tokenizers).join(', ');
  throw new InputError(`tokenizer "${environment}" is unknown; known are ${known}`);
}
