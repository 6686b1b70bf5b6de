/** The states that a search has reached, with the cheapest way to each so far. */
import { createMemory } from '../envs/memory.ts';

export interface Reached {
  /** The cheapest cost from the start; UNSEEN if the state was never reached. */
  cost(state: number): number;
  /** Sets the cost of a state and the state before it; of the start that is itself. */
  reach(state: number, cost: number, parent: number): void;
  /** The states from the start to this one. */
  path(state: number): Int32Array;
  /** Makes these states unseen, which must be all that were reached. */
  forget(states: Int32Array): void;
}

export const UNSEEN = -1;

export function createReached(memory = createMemory()): Reached {
  let costs = memory.counted(new Int32Array(256).fill(UNSEEN));
  let parents = memory.counted(new Int32Array(256));
  return {
    cost: (state) => (state < costs.length ? costs[state]! : UNSEEN),
    reach(state, cost, parent) {
      if (state >= costs.length) {
        parents = memory.lengthened(parents, 2 * state);
        costs = memory.lengthened(costs, 2 * state, UNSEEN);
      }
      costs[state] = cost;
      parents[state] = parent;
    },
    path(state) {
      const path = new Int32Array(costs[state]! + 1);
      for (let i = path.length - 1; i >= 0; i--) {
        path[i] = state;
        state = parents[state]!;
      }
      return path;
    },
    forget(states) {
      for (let i = 0; i < states.length; i++) costs[states[i]!] = UNSEEN;
    },
  };
}
