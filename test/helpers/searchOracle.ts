/** Which logs A* can write, told by following all its runs at once: slow and without cleverness. */
import type { Maze } from '../../envs/maze/maze.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';

/** A point in a run of A*, between two lines of its log. */
interface Configuration {
  readonly costs: ReadonlyMap<number, number>;
  readonly open: ReadonlySet<number>;
  /** Children of the closed state that are not created yet. */
  readonly pending: readonly number[];
  readonly isOver: boolean;
}

/**
 * The number of lines up to which some run of A* logs the same, and whether that run may end
 * there: a log is legal if it agrees as a whole and `mayEnd`.
 */
export function agreement(
  problem: SearchProblem,
  textOf: (state: number) => string,
  log: readonly string[],
): { readonly lines: number; readonly mayEnd: boolean } {
  let alive: Configuration[] = [beginning(problem)];
  for (const [lines, line] of log.entries()) {
    const next = new Map<string, Configuration>();
    for (const configuration of alive) {
      for (const [text, after] of continuations(configuration, problem, textOf)) {
        if (text !== line) continue;
        const { costs, open, pending } = after;
        const sorted = [[...costs].sort((a, b) => a[0] - b[0]), [...open].sort((a, b) => a - b)];
        next.set(JSON.stringify([sorted, pending]), after);
      }
    }
    if (next.size === 0) return { lines, mayEnd: false };
    alive = [...next.values()];
  }
  return { lines: log.length, mayEnd: alive.some(isAtEnd) };
}

function beginning(problem: SearchProblem): Configuration {
  const pending = [problem.start].filter((state) => problem.heuristic(state) < Infinity);
  return {
    costs: new Map(pending.map((state) => [state, 0])),
    open: new Set(),
    pending,
    isOver: false,
  };
}

const isAtEnd = ({ open, pending, isOver }: Configuration): boolean =>
  isOver || (open.size === 0 && pending.length === 0);

/** All next lines, each with what follows it. */
function continuations(
  { costs, open, pending, isOver }: Configuration,
  problem: SearchProblem,
  textOf: (state: number) => string,
): [string, Configuration][] {
  if (isOver) return [];
  const line = (operation: string, state: number): string =>
    `${operation} ${textOf(state)} c${costs.get(state)!} c${problem.heuristic(state)}`;
  if (pending.length > 0) {
    return pending.map((state) => {
      const rest = pending.filter((other) => other !== state);
      const after = { costs, open: new Set([...open, state]), pending: rest, isOver };
      return [line('create', state), after];
    });
  }
  const f = (state: number): number => costs.get(state)! + problem.heuristic(state);
  const least = Math.min(...[...open].map(f));
  return [...open]
    .filter((state) => f(state) === least)
    .map((state) => {
      const rest = new Set(open);
      rest.delete(state);
      const children = new Int32Array(problem.maxSuccessors);
      const count = problem.isGoal(state) ? 0 : problem.successors(state, children);
      const g = costs.get(state)! + 1;
      const created = [...children.subarray(0, count)].filter(
        (child) => problem.heuristic(child) < Infinity && g < (costs.get(child) ?? Infinity),
      );
      const after = {
        costs: new Map([...costs, ...created.map((child) => [child, g] as const)]),
        open: rest,
        pending: created,
        isOver: problem.isGoal(state),
      };
      return [line('close', state), after];
    });
}

/**
 * Every log that A* can write for a maze, whatever the order of children and of ties; null if
 * there are more than `limit`. Knows the maze's walls only, not the kit's search problem.
 */
export function allMazeLogs(maze: Maze, limit: number): Set<string> | null {
  const { width, walls, start, goal } = maze;
  const h = (cell: number): number =>
    Math.abs((cell % width) - (goal % width)) +
    Math.abs(Math.floor(cell / width) - Math.floor(goal / width));
  const line = (operation: string, cell: number, g: number): string =>
    `${operation} ${cell % width} ${Math.floor(cell / width)} c${g} c${h(cell)}`;
  const neighbours = (cell: number): number[] => {
    const cells = [cell - width, cell + width];
    if (cell % width > 0) cells.push(cell - 1);
    if (cell % width < width - 1) cells.push(cell + 1);
    return cells.filter((other) => walls[other] === 0);
  };
  const logs = new Set<string>();

  const search = (log: readonly string[], costs: readonly number[], open: readonly number[]) => {
    if (logs.size > limit) return;
    const least = Math.min(...open.map((cell) => costs[cell]! + h(cell)));
    if (open.length === 0) logs.add(log.join(' '));
    for (const cell of open.filter((each) => costs[each]! + h(each) === least)) {
      const g = costs[cell]!;
      const closed = [...log, line('close', cell, g)];
      if (cell === goal) {
        logs.add(closed.join(' '));
        continue;
      }
      const created = neighbours(cell).filter((child) => costs[child]! > g + 1);
      const costsAfter = costs.map((cost, each) => (created.includes(each) ? g + 1 : cost));
      const openAfter = open.filter((each) => each !== cell && !created.includes(each));
      for (const order of orders(created)) {
        const creates = order.map((child) => line('create', child, g + 1));
        search([...closed, ...creates], costsAfter, [...openAfter, ...created]);
      }
    }
  };
  const costs = Array.from(walls, (_, cell) => (cell === start ? 0 : Infinity));
  search([line('create', start, 0)], costs, [start]);
  return logs.size > limit ? null : logs;
}

function orders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    orders([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
