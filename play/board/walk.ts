/** Solving a board by hand, by the rules that A* searches under. */
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import type { SokobanProblem } from '../../envs/sokoban/sokoban.ts';
import type { EnvironmentName } from './drawing.ts';

export interface Walk {
  readonly problem: SearchProblem;
  /** From the start on; never empty. */
  readonly states: readonly number[];
}

export function beginWalk(environment: EnvironmentName, task: Board): Walk {
  const problem = environmentOf(environment).searchProblem(task);
  return { problem, states: [problem.start] };
}

/** Null if no move leads there. */
export function walkTo({ problem, states }: Walk, cell: number): Walk | null {
  const children = new Int32Array(problem.maxSuccessors);
  const count = problem.successors(states.at(-1)!, children);
  const next = children.subarray(0, count).find((child) => problem.agent(child) === cell);
  return next === undefined ? null : { problem, states: [...states, next] };
}

export function undone({ problem, states }: Walk): Walk {
  return { problem, states: states.length > 1 ? states.slice(0, -1) : states };
}

export interface Standing {
  readonly agent: number;
  /** Cells of all boxes; null where there are none by nature. */
  readonly boxes: readonly number[] | null;
  readonly moves: number;
  readonly solved: boolean;
  /** Whether it is known that no plan is left. */
  readonly lost: boolean;
}

export function standingOf({ problem, states }: Walk): Standing {
  const state = states.at(-1)!;
  return {
    agent: problem.agent(state),
    boxes: 'boxes' in problem ? (problem as SokobanProblem).boxes(state) : null,
    moves: states.length - 1,
    solved: problem.isGoal(state),
    lost: problem.heuristic(state) === Infinity,
  };
}
