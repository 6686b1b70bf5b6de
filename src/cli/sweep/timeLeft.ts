/** How long work side by side will still take, foreseen from what has ended. */
import { mean } from '../../report/mean.ts';
import { makespan } from '../makespan.ts';

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
export function createTimeLeft(
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
    const lacking = [...running].map((began) => Math.max(0, each - secondsSince(began)));
    return makespan([...lacking, ...new Array<number>(waiting).fill(each)], atOnce);
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
