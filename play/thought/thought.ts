/** What A* or a model has said of a board so far, ready to be shown. */
import type { Board } from '../../envs/environment.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import type { Fault } from './judgement.ts';
import { readLines, type Line } from './lines.ts';

export interface Thought {
  /** Differs between thoughts, and stays while one grows. */
  readonly key: string;
  readonly ids: Uint16Array;
  readonly vocabulary: Vocabulary;
  readonly lines: readonly Line[];
  /** Whether no more tokens will come. */
  readonly ended: boolean;
  readonly faults: readonly Fault[];
}

export function thoughtOf(
  board: Pick<Board, 'width' | 'height'>,
  { key, ids, vocabulary, ended, faults = [] }: Omit<Thought, 'lines' | 'faults'> & Partial<Thought>,
): Thought {
  return { key, ids, vocabulary, lines: readLines(ids, vocabulary, board), ended, faults };
}

/** Tokens before the first `plan`, as metrics count them. */
export function traceTokens({ lines }: Thought): number {
  const behind = lines.find(({ operation }) => operation === 'plan' || operation === 'eos');
  return behind?.begin ?? lines.at(-1)?.end ?? 0;
}
