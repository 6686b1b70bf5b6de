/** A* once more, naively, and what its logs must obey whatever the ties. */
import assert from 'node:assert/strict';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import type { SearchResult } from '../../solvers/astar.ts';

export interface Step {
  readonly operation: 'create' | 'close';
  readonly state: number;
  readonly g: number;
  readonly h: number;
}

export function stepsOf({ log }: SearchResult): Step[] {
  return Array.from({ length: log.length }, (_, row) => ({
    operation: log.closes[row] === 1 ? 'close' : 'create',
    state: log.states[row]!,
    g: log.g[row]!,
    h: log.h[row]!,
  }));
}

export function childrenOf(problem: SearchProblem, state: number): number[] {
  const children = new Int32Array(problem.maxSuccessors);
  return [...children.subarray(0, problem.successors(state, children))];
}

/** Deterministic A* over a map of costs and a sorted list. */
export function naiveAstar(problem: SearchProblem): Step[] {
  const steps: Step[] = [];
  const costs = new Map<number, number>();
  let open: { f: number; state: number }[] = [];
  const create = (state: number, g: number): void => {
    const h = problem.heuristic(state);
    if (h === Infinity) return;
    costs.set(state, g);
    open = [...open.filter((entry) => entry.state !== state), { f: g + h, state }];
    steps.push({ operation: 'create', state, g, h });
  };
  create(problem.start, 0);
  while (open.length > 0) {
    const rank = ({ state }: { state: number }): number => problem.tieRank(state);
    open.sort((a, b) => a.f - b.f || rank(a) - rank(b));
    const { state } = open.shift()!;
    const g = costs.get(state)!;
    steps.push({ operation: 'close', state, g, h: problem.heuristic(state) });
    if (problem.isGoal(state)) return steps;
    for (const child of childrenOf(problem, state)) {
      if (g + 1 < (costs.get(child) ?? Infinity)) create(child, g + 1);
    }
  }
  return steps;
}

/** Fails unless some tie-breaking and some order of children explain the whole log. */
export function expectLegalRun(problem: SearchProblem, result: SearchResult): void {
  const steps = stepsOf(result);
  const costs = new Map<number, number>();
  const open = new Map<number, number>();
  const awaited = new Set<number>();
  let expanded = -1;
  let finished = false;
  if (problem.heuristic(problem.start) < Infinity) awaited.add(problem.start);
  for (const { operation, state, g, h } of steps) {
    assert.equal(finished, false);
    assert.equal(h, problem.heuristic(state));
    if (operation === 'create') {
      assert.ok(awaited.delete(state));
      assert.equal(g, expanded < 0 ? 0 : costs.get(expanded)! + 1);
      costs.set(state, g);
      open.set(state, g + h);
      continue;
    }
    assert.equal(awaited.size, 0);
    assert.equal(open.get(state), g + h);
    assert.equal(g + h, Math.min(...open.values()));
    open.delete(state);
    expanded = state;
    finished = problem.isGoal(state);
    if (finished) continue;
    for (const child of childrenOf(problem, state)) {
      const cheaper = g + 1 < (costs.get(child) ?? Infinity);
      if (cheaper && problem.heuristic(child) < Infinity) awaited.add(child);
    }
  }
  assert.equal(awaited.size, 0);
  assert.equal(result.plan !== null, finished);
  if (!finished) assert.equal(open.size, 0);
}
