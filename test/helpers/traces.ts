/** Searches as tokens, for properties of traces. */
import fc from 'fast-check';
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { createRng } from '../../envs/rng.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import { astar, type SearchResult } from '../../solvers/astar.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { createVocabulary, type Vocabulary, widestVocabulary } from '../../traces/vocabulary.ts';
import { arbitraryMaze } from './mazes.ts';
import { arbitrarySokoban } from './sokoban.ts';

export interface Trace {
  readonly environment: string;
  readonly task: Board;
  readonly vocabulary: Vocabulary;
  readonly problem: SearchProblem;
  readonly search: SearchResult;
  readonly reasoning: Uint16Array;
  /** Empty if there is no plan. */
  readonly plan: Uint16Array;
}

/** Tokens beyond those that a board needs, so that there are words for what is off the board. */
const SPARE = 2;

/** A search of A*, nondeterministic if there is a seed. */
export function traceOf(environment: string, task: Board, seed: number | null = null): Trace {
  const { coordinates, costs } = widestVocabulary(environment, task);
  const vocabulary = createVocabulary({
    environment,
    coordinates: coordinates + SPARE,
    costs: Math.min(costs, 1_000) + SPARE,
  });
  const tokenizer = tokenizerOf(environment);
  const problem = environmentOf(environment).searchProblem(task);
  const search = astar(problem, seed === null ? {} : { rng: createRng(seed) });
  const reasoning = tokenizer.reasoning(task, vocabulary, { problem, log: search.log });
  const plan = tokenizer.plan(
    task,
    vocabulary,
    Array.from(search.plan ?? [], (state) => problem.agent(state)),
  );
  return { environment, task, vocabulary, problem, search, reasoning, plan };
}

export const arbitrarySeed = fc.option(fc.noShrink(fc.nat()));

export function arbitraryMazeTrace(maxSide?: number): fc.Arbitrary<Trace> {
  return fc
    .tuple(arbitraryMaze(maxSide), arbitrarySeed)
    .map(([task, seed]) => traceOf('maze', task, seed));
}

export function arbitrarySokobanTrace(maxSide = 4): fc.Arbitrary<Trace> {
  return fc
    .tuple(arbitrarySokoban(maxSide), arbitrarySeed)
    .map(([task, seed]) => traceOf('sokoban', task, seed));
}

/** Of either environment; of some there is no plan, and of a few there is no trace. */
export const arbitraryTrace = fc.oneof(arbitraryMazeTrace(5), arbitrarySokobanTrace(3));

export function textOf(ids: ArrayLike<number>, vocabulary: Vocabulary): string {
  return Array.from(ids, (id) => vocabulary.token(id)).join(' ');
}

export function idsOf(text: string, vocabulary: Vocabulary): Uint16Array {
  return Uint16Array.from(text.split(/\s+/).filter(Boolean), (token) => vocabulary.id(token));
}

/** The clauses of a reasoning trace as texts. */
export function clausesOf(text: string): string[] {
  return text.split(/ (?=create|close)/).filter(Boolean);
}
