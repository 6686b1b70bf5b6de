/** A* on one task and what it says, as token ids in a vocabulary of its own. */
import type { Board, Environment } from '../envs/environment.ts';
import type { SearchProblem } from '../envs/searchProblem.ts';
import { astar, type AstarOptions, type SearchResult } from '../solvers/astar.ts';
import { tokenizerOf } from './index.ts';
import { reasoningPieces } from './responseTokens.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** A search of A* and its tokens, without bos and eos. */
export interface Solution {
  readonly problem: SearchProblem;
  readonly search: SearchResult;
  /** Large enough for whatever the search costs. */
  readonly vocabulary: Vocabulary;
  readonly prompt: Uint16Array;
  /** Tokens of the reasoning. */
  readonly reasoningLength: number;
  /** The reasoning in pieces of whole clauses, each a view that is valid until the next one. */
  readonly reasoning: () => Iterable<Uint16Array>;
  /** Cells of the agent and their tokens, or null if there is no plan. */
  readonly cells: readonly number[] | null;
  readonly plan: Uint16Array | null;
}

/** Of a search that was truncated, the reasoning is the beginning. */
export function solutionOf(
  environment: Environment,
  task: Board,
  options: AstarOptions = {},
): Solution {
  const problem = environment.searchProblem(task, options.memory);
  const search = astar(problem, options);
  const { g, h } = search.log;
  const vocabulary = createVocabulary({
    environment: environment.name,
    coordinates: Math.max(task.width, task.height),
    costs: Math.max(largest(g), largest(h)) + 1,
  });
  const tokenizer = tokenizerOf(environment.name);
  const cells = search.plan && Array.from(search.plan, (state) => problem.agent(state));
  const states = tokenizer.states(task, vocabulary, problem);
  const reasoning = (): Iterable<Uint16Array> =>
    reasoningPieces({ log: search.log, vocabulary, states });
  let reasoningLength = 0;
  for (const piece of reasoning()) reasoningLength += piece.length;
  return {
    problem,
    search,
    vocabulary,
    prompt: tokenizer.prompt(task, vocabulary),
    reasoningLength,
    reasoning,
    cells,
    plan: cells && tokenizer.plan(task, vocabulary, cells),
  };
}

function largest(values: Int32Array): number {
  let max = 0;
  for (const value of values) if (value > max) max = value;
  return max;
}
