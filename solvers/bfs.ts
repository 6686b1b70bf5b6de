/** Breadth-first search: the oracle of optimal length, without heuristic, costs or priorities. */
import type { SearchProblem } from '../envs/searchProblem.ts';
import { lengthened } from '../envs/growable.ts';

/** Positions in a shortest plan, start and goal included; null if there is no plan. */
export function shortestPlanLength(problem: SearchProblem): number | null {
  const children = new Int32Array(problem.maxSuccessors);
  let seen = new Uint8Array(256 + problem.start);
  let frontier = [problem.start];
  seen[problem.start] = 1;
  for (let positions = 1; frontier.length > 0; positions++) {
    const next: number[] = [];
    for (const state of frontier) {
      if (problem.isGoal(state)) return positions;
      const count = problem.successors(state, children);
      for (const child of children.subarray(0, count)) {
        if (child >= seen.length) seen = lengthened(seen, 2 * child);
        if (seen[child] === 1) continue;
        seen[child] = 1;
        next.push(child);
      }
    }
    frontier = next;
  }
  return null;
}
