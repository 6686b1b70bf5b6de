/** A* on one task and what it says, as token ids in a vocabulary of its own. */
import type { Board, Environment } from '../envs/environment.ts';
import type { SearchProblem } from '../envs/searchProblem.ts';
import { astar, type AstarOptions, type SearchResult } from '../solvers/astar.ts';
import { tokenizerOf } from './index.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

/** A search of A* and its tokens, without bos and eos. */
export interface Solution {
  readonly problem: SearchProblem;
  readonly search: SearchResult;
  /** Large enough for whatever the search costs. */
  readonly vocabulary: Vocabulary;
  readonly prompt: Uint16Array;
  readonly reasoning: Uint16Array;
  /** Cells of the agent and their tokens, or null if there is no plan. */
  readonly cells: readonly number[] | null;
  readonly plan: Uint16Array | null;
}

/** Of a search that was truncated, `reasoning` is the beginning. */
export function solutionOf(
  environment: Environment,
  task: Board,
  options: AstarOptions = {},
): Solution {
  const problem = environment.searchProblem(task);
  const search = astar(problem, options);
  const { g, h } = search.log;
  const vocabulary = createVocabulary({
    environment: environment.name,
    coordinates: Math.max(task.width, task.height),
    costs: Math.max(largest(g), largest(h)) + 1,
  });
  const tokenizer = tokenizerOf(environment.name);
  const cells = search.plan && Array.from(search.plan, (state) => problem.agent(state));
  return {
    problem,
    search,
    vocabulary,
    prompt: tokenizer.prompt(task, vocabulary),
    reasoning: tokenizer.reasoning(task, vocabulary, { problem, log: search.log }),
    cells,
    plan: cells && tokenizer.plan(task, vocabulary, cells),
  };
}

function largest(values: Int32Array): number {
  let max = 0;
  for (const value of values) if (value > max) max = value;
  return max;
}
