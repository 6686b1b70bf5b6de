/** Search problems over arbitrary graphs, with heuristics that are admissible but little else. */
import fc from 'fast-check';
import type { SearchProblem } from '../../envs/searchProblem.ts';

export interface GraphProblem extends SearchProblem {
  /** Steps from each state to the nearest goal, Infinity where there is no way. */
  readonly distances: readonly number[];
}

/**
 * State 0 is the start; heuristics are drawn between 0 and the true distance. Edges lead on by one
 * state, by a few, or anywhere, so that long ways and short cuts to the same state are common.
 */
export function arbitraryGraphProblem(maxStates = 20): fc.Arbitrary<GraphProblem> {
  return fc.noBias(fc.integer({ min: 1, max: maxStates })).chain((size) => {
    const perState = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
      fc.array(fc.noBias(arbitrary), { minLength: size, maxLength: size });
    return fc
      .record({
        chained: perState(fc.constantFrom(true, true, true, true, false)),
        jumps: perState(fc.integer({ min: 2, max: 4 })),
        strays: perState(fc.option(fc.nat(size - 1), { freq: 1 })),
        goals: fc.uniqueArray(fc.nat(size - 1), { maxLength: 1 }),
        shares: perState(fc.constantFrom(0, 0, 0.5, 1)),
      })
      .map(({ chained, jumps, strays, goals, shares }) => {
        const edges = jumps.map((jump, state) => {
          const children = [state + jump, strays[state], chained[state] ? state + 1 : null];
          return [...new Set(children)].filter(
            (child) => child != null && child < size,
          ) as number[];
        });
        return graphProblem(edges, [...goals, size - 1], shares);
      });
  });
}

/** `shares[i]` of the true distance, rounded down, is the heuristic of state i. */
export function graphProblem(
  edges: readonly (readonly number[])[],
  goals: readonly number[],
  shares: readonly number[],
): GraphProblem {
  const distances: number[] = edges.map((_, state) => (goals.includes(state) ? 0 : Infinity));
  for (let round = 0; round < edges.length; round++) {
    for (const [state, children] of edges.entries()) {
      for (const child of children) {
        distances[state] = Math.min(distances[state]!, distances[child]! + 1);
      }
    }
  }
  const heuristics = shares.map((share, state) => {
    if (share === 0) return 0;
    return distances[state] === Infinity ? Infinity : Math.floor(share * distances[state]!);
  });
  return {
    start: 0,
    maxSuccessors: Math.max(...edges.map((children) => children.length)),
    isGoal: (state) => goals.includes(state),
    successors(state, into) {
      into.set(edges[state]!);
      return edges[state]!.length;
    },
    heuristic: (state) => heuristics[state]!,
    tieRank: (state) => state,
    agent: (state) => state,
    distances,
  };
}
