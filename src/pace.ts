/** When to save next: soon, but so that saving takes only a small share of the time. */

export interface Pace {
  /** Whether enough time has passed since the last save, or since the beginning. */
  due(): boolean;
  /** Saves, and takes the time. */
  save(save: () => void): void;
}

/** Times the last save that must pass before the next. */
const PAUSE = 50;

/** @param least milliseconds between two saves @param now the time in milliseconds */
export function createPace(least: number, now: () => number = () => performance.now()): Pace {
  let last = now();
  let pause = least;
  return {
    due: () => now() - last >= pause,
    save(save) {
      const begun = now();
      save();
      last = now();
      pause = Math.max(least, PAUSE * (last - begun));
    },
  };
}
