/** A task, its search and its plan as token ids, and a task back from its prompt. */
import type { Board } from '../envs/environment.ts';
import type { SearchProblem } from '../envs/searchProblem.ts';
import type { SearchLog } from '../solvers/astar.ts';
import type { Language } from './language.ts';
import type { BoardSize } from './lexicons.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface Tokenizer<Task extends Board = Board> {
  readonly environment: string;
  /** Keywords of the prompt, in vocabulary order. */
  readonly keywords: readonly string[];
  /** Token ids without bos and eos. @throws InputError if the board is too large for them. */
  prompt(task: Task, vocabulary: Vocabulary): Uint16Array;
  /** Reasoning trace of a search on `task`; `problem` is the one that the search ran on. */
  reasoning(
    task: Task,
    vocabulary: Vocabulary,
    search: { readonly problem: SearchProblem; readonly log: SearchLog },
  ): Uint16Array;
  /** `plan x y` for each cell of the agent, start and goal included. */
  plan(task: Task, vocabulary: Vocabulary, cells: ArrayLike<number>): Uint16Array;
  /** What clauses of any task may say of a state; words, `coordinate` and `cost` are its symbols. */
  readonly stateForm: Language;
  /** What a clause says of a state of `problem`. */
  states(task: Task, vocabulary: Vocabulary, problem: SearchProblem): StateWriter;
  /** Inverse of `prompt`; the board's size is no part of a prompt. @throws InputError */
  readPrompt(ids: ArrayLike<number>, vocabulary: Vocabulary, size: BoardSize): Task;
}

/** The tokens between the operation and the costs of a clause. */
export interface StateWriter {
  /** The most tokens that a state takes. */
  readonly maxTokens: number;
  /** Writes from index `at` on and returns the index after the last token. */
  write(state: number, into: Uint16Array, at: number): number;
}
