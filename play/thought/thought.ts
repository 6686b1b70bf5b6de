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
  /** Of each token of the trace 0 if it is dropped, else 1; null where nothing ever is. */
  readonly kept: Uint8Array | null;
  /** Of each clause the cells of all boxes, where they are known better than clauses tell; else null. */
  readonly boxes: Uint16Array | null;
}

export function thoughtOf(
  board: Pick<Board, 'width' | 'height'>,
  { faults = [], kept = null, boxes = null, ...given }: ThoughtSource,
): Thought {
  const lines = readLines(given.ids, given.vocabulary, board);
  return { ...given, lines, faults, kept, boxes };
}

type ThoughtSource = Omit<Thought, 'lines' | 'faults' | 'kept' | 'boxes'> &
  Partial<Pick<Thought, 'faults' | 'kept' | 'boxes'>>;

/** Tokens before the first `plan`, as metrics count them. */
export function traceTokens({ lines }: Thought): number {
  const behind = lines.find(({ operation }) => operation === 'plan' || operation === 'eos');
  return behind?.begin ?? lines.at(-1)?.end ?? 0;
}
