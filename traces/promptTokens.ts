/** Prompts: groups of `keyword x y`, written and read alike in every environment. */
import { InputError } from '../envs/inputError.ts';
import type { BoardSize } from './lexicons.ts';
import { checkFits, type Vocabulary } from './vocabulary.ts';

/** What stands on the board, keyword by keyword in the order of the prompt. */
export type Groups = Readonly<Record<string, readonly number[]>>;

/** @throws InputError if the board is larger than the vocabulary's coordinates reach. */
export function writePrompt(groups: Groups, size: BoardSize, vocabulary: Vocabulary): Uint16Array {
  checkFits(size, vocabulary);
  const { width } = size;
  const count = Object.values(groups).reduce((sum, cells) => sum + cells.length, 0);
  const tokens = new Uint16Array(3 * count);
  let at = 0;
  for (const keyword in groups) {
    const id = vocabulary.id(keyword);
    for (const cell of groups[keyword]!) {
      const x = cell % width;
      tokens[at++] = id;
      tokens[at++] = vocabulary.coordinate(x);
      tokens[at++] = vocabulary.coordinate((cell - x) / width);
    }
  }
  return tokens;
}

export interface PromptForm {
  readonly size: BoardSize;
  /** In the order of the prompt. */
  readonly keywords: readonly string[];
  /** Keywords that stand exactly once; others any number of times. */
  readonly single: readonly string[];
  /** Keywords of which one cell may hold only one. */
  readonly apart: readonly (readonly string[])[];
  /** The cells of a group ascend in this. */
  readonly rank: (cell: number) => number;
}

/** Inverse of `writePrompt`, strict in order and form. @throws InputError naming the token. */
export function readPromptGroups(
  ids: ArrayLike<number>,
  vocabulary: Vocabulary,
  form: PromptForm,
): Record<string, number[]> {
  const { size, keywords, single, apart, rank } = form;
  const refuse = (at: number, reason: string): never => {
    const isToken = vocabulary.kind(ids[at]!) !== 'unknown';
    const token = isToken ? `"${vocabulary.token(ids[at]!)}"` : `id ${ids[at]}`;
    throw new InputError(`prompt, token ${at}, ${at < ids.length ? token : 'its end'}: ${reason}`);
  };
  const coordinate = (at: number, side: number): number => {
    const value = vocabulary.kind(ids[at]!) === 'coordinate' ? vocabulary.value(ids[at]!) : -1;
    return value >= 0 && value < side ? value : refuse(at, `no coordinate below ${side}`);
  };

  const groups: Record<string, number[]> = Object.fromEntries(keywords.map((word) => [word, []]));
  let current = 0;
  for (let at = 0; at < ids.length; at += 3) {
    const index = keywords.findIndex((word, i) => i >= current && vocabulary.id(word) === ids[at]);
    if (index < 0) refuse(at, `expected ${keywords.slice(current).join(', ')}`);
    current = index;
    const word = keywords[index]!;
    const cell = coordinate(at + 1, size.width) + coordinate(at + 2, size.height) * size.width;
    const group = groups[word]!;
    if (group.length > 0) {
      if (single.includes(word)) refuse(at, `a second ${word}`);
      if (rank(cell) <= rank(group.at(-1)!)) refuse(at, `the cells of ${word} do not ascend`);
    }
    const rivals = apart.filter((words) => words.includes(word)).flat();
    const taken = rivals.find((rival) => rival !== word && groups[rival]!.includes(cell));
    if (taken !== undefined) refuse(at, `a ${word} where there is a ${taken}`);
    group.push(cell);
  }
  for (const word of single) if (groups[word]!.length === 0) refuse(ids.length, `no ${word}`);
  return groups;
}
