/**
 * The open list of A*: states ordered by f, then by rank, in a binary heap that knows in which
 * slot each state is, so that a state reached more cheaply moves up in place (decrease-key).
 */
import { createMemory } from '../envs/memory.ts';

export interface OpenList {
  readonly size: number;
  /** Adds a state, or moves it up if it is open already; then its f must be lower than before. */
  push(state: number, f: number, rank: number): void;
  /** Removes the first state and returns it. The list must not be empty. */
  pop(): number;
  clear(): void;
}

export function createOpenList(memory = createMemory()): OpenList {
  let size = 0;
  // By slot of the heap.
  let states = memory.counted(new Int32Array(64));
  let fs = memory.counted(new Float64Array(64));
  // By state: its slot plus 1, or 0 if it is not open; and what only equal f ask for.
  let slots = memory.counted(new Int32Array(256));
  let ranks = memory.counted(new Float64Array(256));

  function put(slot: number, state: number, f: number): void {
    states[slot] = state;
    fs[slot] = f;
    slots[state] = slot + 1;
  }

  const precedes = (a: number, b: number): boolean => ranks[a]! < ranks[b]!;

  /** Moves the free `slot` towards the root until the entry may stand in it. */
  function rise(slot: number, state: number, f: number): void {
    while (slot > 0) {
      const above = (slot - 1) >> 1;
      const held = fs[above]!;
      if (f > held || (f === held && !precedes(state, states[above]!))) break;
      put(slot, states[above]!, held);
      slot = above;
    }
    put(slot, state, f);
  }

  /** Moves the free root to a leaf, the entry that goes first rising at each step. */
  function sink(): number {
    let slot = 0;
    for (let below = 1; below < size; below = 2 * slot + 1) {
      let f = fs[below]!;
      if (below + 1 < size) {
        const other = fs[below + 1]!;
        if (other < f || (other === f && precedes(states[below + 1]!, states[below]!))) {
          below++;
          f = other;
        }
      }
      put(slot, states[below]!, f);
      slot = below;
    }
    return slot;
  }

  return {
    get size() {
      return size;
    },
    push(state, f, rank) {
      if (state >= slots.length) {
        slots = memory.lengthened(slots, 2 * state);
        ranks = memory.lengthened(ranks, 2 * state);
      }
      ranks[state] = rank;
      let slot = slots[state]! - 1;
      if (slot < 0) {
        slot = size++;
        if (size > states.length) {
          states = memory.lengthened(states, 2 * size);
          fs = memory.lengthened(fs, 2 * size);
        }
      }
      rise(slot, state, f);
    },
    pop() {
      const first = states[0]!;
      slots[first] = 0;
      size--;
      // The last entry mostly belongs near the leaves: to sink without comparing it, and then to
      // let it rise, takes about half the comparisons.
      if (size > 0) rise(sink(), states[size]!, fs[size]!);
      return first;
    },
    clear() {
      for (let slot = 0; slot < size; slot++) slots[states[slot]!] = 0;
      size = 0;
    },
  };
}
