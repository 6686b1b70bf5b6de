/**
 * The only randomness in the repository: seeded, splittable, and saved as plain JSON.
 *
 * The generator is Baagøe's Alea as packaged by seedrandom; its seed hash (Mash) keeps streams
 * with similar labels apart.
 */
import seedrandom from 'seedrandom';

export interface RngState {
  /** The seed and the labels of the splits that led here, joined by "/". */
  readonly path: string;
  readonly alea: seedrandom.State.Alea;
}

export interface Rng {
  /** Uniform in [0, 1), 32 random bits. */
  next(): number;
  /** Uniform integer in [0, n). */
  int(n: number): number;
  /** Fisher–Yates, in place, of the first `length` items (all unless given). */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T, length?: number): T;
  /** An independent stream that depends on seed and labels only, not on what was drawn so far. */
  split(...labels: readonly (string | number)[]): Rng;
  /** Everything `restoreRng` needs to continue this stream. */
  state(): RngState;
}

/** A stream named by `seed`; the same seed gives the same draws on every machine. */
export function createRng(seed: string | number): Rng {
  const path = String(seed);
  return fromAlea(path, seedrandom.alea(path, { state: true }));
}

/** The stream that `state` was taken from, at the same point. */
export function restoreRng(state: RngState): Rng {
  return fromAlea(state.path, seedrandom.alea('', { state: state.alea }));
}

function fromAlea(path: string, alea: seedrandom.StatefulPRNG<seedrandom.State.Alea>): Rng {
  const int = (n: number): number => Math.floor(alea() * n);
  return {
    next: alea,
    int,
    shuffle(items, length = items.length) {
      for (let i = length - 1; i > 0; i--) {
        const j = int(i + 1);
        const held = items[i];
        items[i] = items[j];
        items[j] = held;
      }
      return items;
    },
    split: (...labels) => createRng([path, ...labels.map(escaped)].join('/')),
    state: () => ({ path, alea: alea.state() }),
  };
}

/** A label without "/", so that different labels never name the same stream. */
function escaped(label: string | number): string {
  return String(label).replaceAll('~', '~0').replaceAll('/', '~1');
}
