/**
 * Mazes: from the start to the goal by steps to free neighbouring cells (Searchformer,
 * arXiv 2402.14083, section 3.1). A state is the cell of the agent.
 */
import type { Board, PlanCheck, Position } from '../environment.ts';
import { cellAt, isNeighbour } from '../environment.ts';
import type { SearchProblem } from '../searchProblem.ts';

export interface Maze extends Board {
  readonly start: number;
  readonly goal: number;
}

/** Steps in the order in which A* generates children: down, up, left, right. */
export const MAZE_MOVES: readonly Position[] = [
  { x: 0, y: 1 },
  { x: 0, y: -1 },
  { x: -1, y: 0 },
  { x: 1, y: 0 },
];

/** Heuristic: Manhattan distance. Ties of f go to the lower y, then to the lower x. */
export function mazeProblem({ width, height, walls, start, goal }: Maze): SearchProblem {
  const goalX = goal % width;
  const goalY = (goal - goalX) / width;
  return {
    start,
    maxSuccessors: MAZE_MOVES.length,
    isGoal: (cell) => cell === goal,
    successors(cell, into) {
      const x = cell % width;
      const y = (cell - x) / width;
      let count = 0;
      for (let move = 0; move < MAZE_MOVES.length; move++) {
        const step = MAZE_MOVES[move]!;
        const childX = x + step.x;
        const childY = y + step.y;
        if (childX < 0 || childX >= width || childY < 0 || childY >= height) continue;
        const child = childX + childY * width;
        if (walls[child] === 0) into[count++] = child;
      }
      return count;
    },
    heuristic(cell) {
      const x = cell % width;
      return Math.abs(x - goalX) + Math.abs((cell - x) / width - goalY);
    },
    tieRank: (cell) => cell,
    agent: (cell) => cell,
  };
}

export function checkMazePlan(maze: Maze, plan: readonly Position[]): PlanCheck {
  let previous: Position | undefined;
  for (const [at, position] of plan.entries()) {
    const cell = cellAt(maze, position);
    if (cell === null) return { valid: false, at, reason: 'is off the board' };
    if (maze.walls[cell] !== 0) return { valid: false, at, reason: 'is a wall' };
    if (previous === undefined) {
      if (cell !== maze.start) return { valid: false, at, reason: 'is not the start' };
    } else if (!isNeighbour(previous, position)) {
      return { valid: false, at, reason: 'is no neighbour of the position before' };
    }
    previous = position;
  }
  if (previous === undefined) return { valid: false, at: 0, reason: 'the plan is empty' };
  if (cellAt(maze, previous) !== maze.goal) {
    return { valid: false, at: plan.length - 1, reason: 'is last but not the goal' };
  }
  return { valid: true };
}
