/** The log of a search: what was created and closed, in order. */
import { lengthened } from '../envs/growable.ts';

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

export const CREATE = 0;
export const CLOSE = 1;

export interface LogWriter {
  readonly size: number;
  append(operation: typeof CREATE | typeof CLOSE, state: number, g: number, h: number): void;
  /** The states of all rows, valid until the next call of `append` or `clear`. */
  states(): Int32Array;
  /** A copy of all rows. */
  columns(): SearchLog;
  clear(): void;
}

export function createLogWriter(): LogWriter {
  let size = 0;
  let closes = new Uint8Array(256);
  let states = new Int32Array(256);
  let gs = new Int32Array(256);
  let hs = new Int32Array(256);
  return {
    get size() {
      return size;
    },
    append(operation, state, g, h) {
      if (size === states.length) {
        closes = lengthened(closes, 2 * size);
        states = lengthened(states, 2 * size);
        gs = lengthened(gs, 2 * size);
        hs = lengthened(hs, 2 * size);
      }
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
    clear() {
      size = 0;
    },
  };
}
