/** Trace lengths of A* runs, against which the model's are held. */
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import type { Rng } from '../../envs/rng.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import { astar, type SearchLog } from '../../solvers/astar.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { createVocabulary, widestVocabulary } from '../../traces/vocabulary.ts';

/** Tokens of a search's trace; its costs may exceed those that a model's vocabulary holds. */
export function traceLengthOf(
  environment: string,
  task: Board,
  search: { readonly problem: SearchProblem; readonly log: SearchLog },
): number {
  const vocabulary = createVocabulary(widestVocabulary(environment, task));
  return tokenizerOf(environment).reasoning(task, vocabulary, search).length;
}

/** t*, the mean trace length of `runs` nondeterministic A* runs; null for no runs. */
export function referenceTraceLength(
  environment: string,
  task: Board,
  { rng, runs }: { readonly rng: Rng; readonly runs: number },
): number | null {
  if (runs === 0) return null;
  const problem = environmentOf(environment).searchProblem(task);
  let tokens = 0;
  for (let run = 0; run < runs; run++) {
    const { log } = astar(problem, { rng: rng.split(run) });
    tokens += traceLengthOf(environment, task, { problem, log });
  }
  return tokens / runs;
}
