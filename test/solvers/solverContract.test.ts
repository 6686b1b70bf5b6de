/** The same scenarios and properties for every solver. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../envs/rng.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import { readProblems } from '../../envs/text.ts';
import { astar } from '../../solvers/astar.ts';
import { shortestPlanLength } from '../../solvers/bfs.ts';
import { arbitraryGraphProblem } from '../helpers/graphs.ts';
import { arbitraryMaze, distancesTo } from '../helpers/mazes.ts';
import { arbitrarySokoban, plainShortestPlan } from '../helpers/sokoban.ts';
import { mazeProblem } from '../../envs/maze/maze.ts';
import { sokobanProblem } from '../../envs/sokoban/sokoban.ts';

type PlanLength = (problem: SearchProblem) => number | null;

const SOLVERS: readonly (readonly [string, PlanLength])[] = [
  ['deterministic A*', (problem) => astar(problem).plan?.length ?? null],
  [
    'nondeterministic A*',
    (problem) => astar(problem, { rng: createRng('contract') }).plan?.length ?? null,
  ],
  ['breadth-first search', shortestPlanLength],
];

/** Drawing and plan length in positions, counted by hand. */
const SCENARIOS: readonly (readonly [string, string, number | null])[] = [
  ['a single step', 'SG\n..', 2],
  ['a way round a wall', 'S#G\n.#.\n...', 7],
  ['a goal behind walls', 'S#G\n.#.\n.#.', null],
  ['an empty rectangle', 'S.....\n.....G', 7],
  ['one push', '@$.', 2],
  ['a box that is on its dock', '@*', 1],
  ['a level without boxes', '#@#', 1],
  ['a box in a corner', '#####\n#$  #\n# @.#\n#####', null],
  ['a box that is left on its dock', '######\n#*@$.#\n######', 2],
  ['two boxes in a row, which can not be pushed together', '#######\n#@$* .#\n#######', null],
  ['a docked box beside a spare dock', '@*.', 1],
  ['a worker that walks round the box', '#####\n#   #\n#.$@#\n#   #\n#####', 2],
  ['a worker on a dock', '#####\n#   #\n#+$ #\n#   #\n#####', 6],
  ['more docks than boxes', '@ $ . .', 4],
];

describe.each(SOLVERS)('%s', (_, planLength) => {
  it.each(SCENARIOS)('solves %s', (_name, drawing, positions) => {
    const [{ environment, task }] = readProblems(drawing) as [ReturnType<typeof readProblems>[0]];
    expect(planLength(environment.searchProblem(task))).toBe(positions);
  });

  it('finds the shortest plan in any graph under any admissible heuristic', () => {
    fc.assert(
      fc.property(arbitraryGraphProblem(), (problem) => {
        const steps = problem.distances[problem.start]!;
        expect(planLength(problem)).toBe(steps === Infinity ? null : steps + 1);
      }),
      { numRuns: 3000 },
    );
  });

  it('finds the shortest plan in any maze', () => {
    fc.assert(
      fc.property(arbitraryMaze(), (maze) => {
        const steps = distancesTo(maze.goal, maze)[maze.start]!;
        expect(planLength(mazeProblem(maze))).toBe(steps === Infinity ? null : steps + 1);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the shortest plan in any Sokoban level', () => {
    fc.assert(
      fc.property(arbitrarySokoban(4), (level) => {
        expect(planLength(sokobanProblem(level))).toBe(plainShortestPlan(level));
      }),
      { numRuns: 500 },
    );
  });
});
