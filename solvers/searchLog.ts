/** The log of a search: what was created and closed, in order. */
import { createMemory } from '../envs/memory.ts';

/** Parallel columns of `length` rows. */
export interface SearchLog {
  readonly length: number;
  /** 1 where the row closes a state, 0 where it creates one. */
  readonly closes: Uint8Array;
  readonly states: Int32Array;
  /** Cost from the start. */
  readonly g: Int32Array;
  /** Heuristic. */
  readonly h: Int32Array;
}

/** A view of the rows from `begin` until before `end`. */
export function rowsOf({ closes, states, g, h }: SearchLog, begin: number, end: number): SearchLog {
  return {
    length: end - begin,
    closes: closes.subarray(begin, end),
    states: states.subarray(begin, end),
    g: g.subarray(begin, end),
    h: h.subarray(begin, end),
  };
}

export const CREATE = 0;
export const CLOSE = 1;

export interface LogWriter {
  readonly size: number;
  /** Rows that create a state. */
  readonly created: number;
  append(operation: typeof CREATE | typeof CLOSE, state: number, g: number, h: number): void;
  /** The states of all rows, valid until the next call of `append` or `clear`. */
  states(): Int32Array;
  /** A copy of all rows. */
  columns(): SearchLog;
  /** All rows without a copy, valid until the next call of `append` or `clear`. */
  view(): SearchLog;
  clear(): void;
}

export function createLogWriter(memory = createMemory()): LogWriter {
  let size = 0;
  let created = 0;
  let closes = memory.counted(new Uint8Array(256));
  let states = memory.counted(new Int32Array(256));
  let gs = memory.counted(new Int32Array(256));
  let hs = memory.counted(new Int32Array(256));
  return {
    get size() {
      return size;
    },
    get created() {
      return created;
    },
    append(operation, state, g, h) {
      if (size === states.length) {
        closes = memory.lengthened(closes, 2 * size);
        states = memory.lengthened(states, 2 * size);
        gs = memory.lengthened(gs, 2 * size);
        hs = memory.lengthened(hs, 2 * size);
      }
      if (operation === CREATE) created++;
      closes[size] = operation;
      states[size] = state;
      gs[size] = g;
      hs[size++] = h;
    },
    states: () => states.subarray(0, size),
    columns: () => ({
      length: size,
      closes: closes.slice(0, size),
      states: states.slice(0, size),
      g: gs.slice(0, size),
      h: hs.slice(0, size),
    }),
    view: () => rowsOf({ length: size, closes, states, g: gs, h: hs }, 0, size),
    clear() {
      size = 0;
      created = 0;
    },
  };
}
