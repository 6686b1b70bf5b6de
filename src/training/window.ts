/** Losses and tokens since the last line of the log, which tells of their means. */

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

/** One more step. @param tokens of its batch, without padding */
export function grown(window: Window, loss: number, tokens: number): Window {
  return {
    ...window,
    steps: window.steps + 1,
    loss: window.loss + loss,
    tokens: window.tokens + tokens,
  };
}
