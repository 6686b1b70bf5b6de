/**
 * Numbers the states of a level in the order in which they are first seen.
 *
 * A state is an arrangement of the boxes and the worker's cell. Most moves push nothing, and
 * heuristic and goals depend on the boxes alone; so arrangements are numbered by a hash table, and
 * each has a row of the board's cells in which the worker's next cell is looked up at once: the
 * state with the worker there, or that a box is there. A row takes 4 bytes per cell.
 */
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

/** A table for a board of `cells` cells, at most 65,536. */
export function createStateTable(cells: number, boxCount: number): StateTable {
  const tuples = createTupleTable(boxCount);
  // By arrangement · cells + cell: FREE, BOXED, or the state with the worker there plus 1.
  let rows = new Int32Array(64 * cells);
  // By state.
  let arrangements = new Int32Array(1024);
  let workers = new Uint16Array(1024);
  let size = 0;

  function add(arrangement: number, worker: number): number {
    if (size === workers.length) {
      arrangements = twiceAsLong(arrangements, new Int32Array(2 * size));
      workers = twiceAsLong(workers, new Uint16Array(2 * size));
    }
    arrangements[size] = arrangement;
    workers[size] = worker;
    rows[arrangement * cells + worker] = ++size;
    return size - 1;
  }

  return {
    arrange(boxes) {
      const known = tuples.size;
      const id = tuples.intern(boxes);
      if (id === known) {
        const row = id * cells;
        if (row === rows.length) rows = twiceAsLong(rows, new Int32Array(2 * row));
        for (let i = 0; i < boxCount; i++) rows[row + boxes[i]!] = BOXED;
      }
      return id;
    },
    get arrangements() {
      return tuples.size;
    },
    boxes: tuples.read,
    state(arrangement, worker) {
      const entry = rows[arrangement * cells + worker]!;
      if (entry === FREE) return add(arrangement, worker);
      return entry === BOXED ? BOX : entry - 1;
    },
    hasBox: (arrangement, cell) => rows[arrangement * cells + cell] === BOXED,
    arrangement: (state) => arrangements[state]!,
    worker: (state) => workers[state]!,
  };
}

const FREE = 0;
const BOXED = -1;

function twiceAsLong<T extends Int32Array | Uint16Array>(items: T, longer: T): T {
  longer.set(items);
  return longer;
}
