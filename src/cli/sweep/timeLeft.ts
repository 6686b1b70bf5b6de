/** How long work side by side will still take, foreseen from what has ended. */
import { mean } from '../../report/mean.ts';

export interface Ended {
  readonly seconds: number;
  /** Seconds until all has ended; null if nothing yet tells. */
  readonly secondsLeft: number | null;
}

/** Called when something begins; what it returns, when that ends, with whether its time is typical. */
export type Begin = () => (typical: boolean) => Ended;

/**
 * Takes each for as long as the typical ones took on the average, and the next to begin whenever one
 * ends.
 * @param count of all, begun or not
 * @param clock milliseconds; only differences count
 */
export function foresee(
  count: number,
  atOnce: number,
  clock: () => number = () => performance.now(),
): Begin {
  const typicalSeconds: number[] = [];
  const running = new Set<{ readonly at: number }>();
  let waiting = count;
  const secondsSince = ({ at }: { readonly at: number }): number => (clock() - at) / 1000;
  const secondsLeft = (): number | null => {
    if (typicalSeconds.length === 0) return null;
    const each = mean(typicalSeconds);
    const ends = [...running].map((began) => Math.max(0, each - secondsSince(began)));
    while (ends.length < atOnce) ends.push(0);
    for (let begun = 0; begun < waiting; begun++) {
      ends[ends.indexOf(Math.min(...ends))]! += each;
    }
    return Math.max(...ends);
  };
  return () => {
    const began = { at: clock() };
    waiting--;
    running.add(began);
    return (typical) => {
      running.delete(began);
      const seconds = secondsSince(began);
      if (typical) typicalSeconds.push(seconds);
      return { seconds, secondsLeft: secondsLeft() };
    };
  };
}
