/** Losses and tokens since the last line of the log, which tells of their means. */
import type { TokenBatch } from './loss.ts';

export interface Window {
  readonly steps: number;
  readonly loss: number;
  readonly tokens: number;
  /** Seconds on the run's clock. */
  readonly since: number;
}

export function emptyWindow(): Window {
  return { steps: 0, loss: 0, tokens: 0, since: 0 };
}

export function grown(window: Window, loss: number, batch: TokenBatch): Window {
  const tokens = sum(batch.promptLengths) + sum(batch.responseLengths);
  return {
    ...window,
    steps: window.steps + 1,
    loss: window.loss + loss,
    tokens: window.tokens + tokens,
  };
}

function sum(values: Int32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
