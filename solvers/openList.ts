/**
 * The open list of A*: states ordered by f, then by rank, in a binary heap that knows in which
 * slot each state is, so that a state reached more cheaply moves up in place (decrease-key).
 */
import { lengthened } from './growable.ts';

export interface OpenList {
  readonly size: number;
  /** Adds a state, or moves it up if it is open already; then its f must be lower than before. */
  push(state: number, f: number, rank: number): void;
  /** Removes the first state and returns it. The list must not be empty. */
  pop(): number;
  clear(): void;
}

export function createOpenList(): OpenList {
  let size = 0;
  // By slot of the heap.
  let states = new Int32Array(64);
  let fs = new Float64Array(64);
  let ranks = new Float64Array(64);
  // By state: its slot plus 1, or 0 if it is not open.
  let slots = new Int32Array(256);

  function put(slot: number, state: number, f: number, rank: number): void {
    states[slot] = state;
    fs[slot] = f;
    ranks[slot] = rank;
    slots[state] = slot + 1;
  }

  function precedes(f: number, rank: number, slot: number): boolean {
    return f < fs[slot]! || (f === fs[slot]! && rank < ranks[slot]!);
  }

  /** Moves the free `slot` towards the root until the entry may stand in it. */
  function rise(slot: number, state: number, f: number, rank: number): void {
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      if (!precedes(f, rank, above)) break;
      put(slot, states[above]!, fs[above]!, ranks[above]!);
      slot = above;
    }
    put(slot, state, f, rank);
  }

  /** Moves the free root towards the leaves until the entry may stand in it. */
  function sink(state: number, f: number, rank: number): void {
    let slot = 0;
    for (;;) {
      let below = 2 * slot + 1;
      if (below >= size) break;
      if (below + 1 < size && precedes(fs[below + 1]!, ranks[below + 1]!, below)) below++;
      if (precedes(f, rank, below)) break;
      put(slot, states[below]!, fs[below]!, ranks[below]!);
      slot = below;
    }
    put(slot, state, f, rank);
  }

  return {
    get size() {
      return size;
    },
    push(state, f, rank) {
      if (state >= slots.length) slots = lengthened(slots, 2 * state);
      let slot = slots[state]! - 1;
      if (slot < 0) {
        slot = size++;
        if (size > states.length) {
          states = lengthened(states, 2 * size);
          fs = lengthened(fs, 2 * size);
          ranks = lengthened(ranks, 2 * size);
        }
      }
      rise(slot, state, f, rank);
    },
    pop() {
      const first = states[0]!;
      slots[first] = 0;
      size--;
      if (size > 0) sink(states[size]!, fs[size]!, ranks[size]!);
      return first;
    },
    clear() {
      for (let slot = 0; slot < size; slot++) slots[states[slot]!] = 0;
      size = 0;
    },
  };
}
