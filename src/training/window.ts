/** What was measured since the last line of the log, which tells of the means. */
import type { Measured } from './trainer.ts';

export interface Window {
  readonly steps: number;
  /** Sums over the steps. */
  readonly sums: Measured;
  readonly tokens: number;
  /** Seconds on the run's clock. */
  readonly since: number;
}

export function emptyWindow(): Window {
  return { steps: 0, sums: { loss: 0, logged: {} }, tokens: 0, since: 0 };
}

/** One more step. @param tokens of its batch, without padding */
export function grown(window: Window, { loss, logged }: Measured, tokens: number): Window {
  const { sums } = window;
  const added = Object.entries(logged).map(([name, value]) => [
    name,
    (sums.logged[name] ?? 0) + value,
  ]);
  return {
    ...window,
    steps: window.steps + 1,
    sums: { loss: sums.loss + loss, logged: Object.fromEntries(added) },
    tokens: window.tokens + tokens,
  };
}

/** Means over the steps, of which there must be one at least. */
export function meansOf({ steps, sums: { loss, logged } }: Window): Measured {
  const means = Object.entries(logged).map(([name, sum]) => [name, sum / steps]);
  return { loss: loss / steps, logged: Object.fromEntries(means) };
}
