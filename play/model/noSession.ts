/** Stands for `src/engine/session.ts` in the page, where nothing is recorded, so nothing calls it. */
import type * as session from '../../src/engine/session.ts';

function absent(): never {
  throw new Error('a browser has no native library to run graphs in');
}

export const startSession: typeof session.startSession = absent;
export const graphWith: typeof session.graphWith = absent;
export const valuesOf: typeof session.valuesOf = absent;
