/**
 * Numbers the states of a level in the order in which they are first seen.
 *
 * A state is an arrangement of the boxes and the worker's cell. Most moves push nothing, and
 * heuristic and goals depend on the boxes alone; so arrangements are numbered by a hash table, and
 * each has a row of the board's floor in which the worker's next cell is looked up at once: the
 * state with the worker there, or that a box is there. A row takes 4 bytes per cell that is no
 * wall.
 */
import type { Board } from '../environment.ts';
import { createMemory } from '../memory.ts';
import { createTupleTable } from './tupleTable.ts';

export interface StateTable {
  /** The number of an arrangement, a new one if it was never seen; cells ascending. */
  arrange(boxes: Int32Array): number;
  readonly arrangements: number;
  /** Copies the cells of the boxes of arrangement number `id` into `into`. */
  boxes(id: number, into: Int32Array): void;
  /**
   * The number of the state with the worker on this cell, a new one if it was never seen; BOX if
   * a box is there.
   */
  state(arrangement: number, worker: number): number;
  hasBox(arrangement: number, cell: number): boolean;
  arrangement(state: number): number;
  worker(state: number): number;
}

export const BOX = -1;

/** A table for a board of at most 65,536 cells. */
export function createStateTable(
  { walls }: Board,
  boxCount: number,
  memory = createMemory(),
): StateTable {
  const tuples = createTupleTable(boxCount, memory);
  /** By cell, its place in a row. */
  const places = new Uint16Array(walls.length);
  let width = 0;
  for (let cell = 0; cell < walls.length; cell++) if (walls[cell] === 0) places[cell] = width++;
  // At arrangement · width + place: FREE, BOXED, or the state with the worker there plus 1.
  let rows = memory.counted(new Int32Array(Math.ceil(FIRST_ENTRIES / width) * width));
  // By state.
  let arrangements = memory.counted(new Int32Array(1024));
  let workers = memory.counted(new Uint16Array(1024));
  let size = 0;

  function add(arrangement: number, worker: number): number {
    if (size === workers.length) {
      arrangements = memory.lengthened(arrangements, 2 * size);
      workers = memory.lengthened(workers, 2 * size);
    }
    arrangements[size] = arrangement;
    workers[size] = worker;
    rows[arrangement * width + places[worker]!] = ++size;
    return size - 1;
  }

  return {
    arrange(boxes) {
      const known = tuples.size;
      const id = tuples.intern(boxes);
      if (id === known) {
        const row = id * width;
        if (row === rows.length) rows = memory.lengthened(rows, 2 * row);
        for (let i = 0; i < boxCount; i++) rows[row + places[boxes[i]!]!] = BOXED;
      }
      return id;
    },
    get arrangements() {
      return tuples.size;
    },
    boxes: (id, into) => tuples.read(id, into),
    state(arrangement, worker) {
      const entry = rows[arrangement * width + places[worker]!]!;
      if (entry === FREE) return add(arrangement, worker);
      return entry === BOXED ? BOX : entry - 1;
    },
    hasBox: (arrangement, cell) => rows[arrangement * width + places[cell]!] === BOXED,
    arrangement: (state) => arrangements[state]!,
    worker: (state) => workers[state]!,
  };
}

/** Enough for most levels of 7×7 cells, so that nothing is copied. */
const FIRST_ENTRIES = 8192;

const FREE = 0;
const BOXED = -1;
