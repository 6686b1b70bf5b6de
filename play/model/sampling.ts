/** How tokens are drawn, whoever asks. */
import type { Asked } from './messages.ts';

export interface Sampling {
  readonly temperature: number;
  readonly samples: number;
  readonly seed: number;
  /** Null leaves it to the model's run. */
  readonly maxTokens: number | null;
}

export const GREEDY: Sampling = { temperature: 0, samples: 1, seed: 1, maxTokens: null };

export function askedWith(
  mode: Asked['mode'],
  { temperature, samples, seed, maxTokens }: Sampling,
  usualTokens: number,
): Asked {
  // Greedy responses would all be the same.
  const drawn = temperature === 0 ? 1 : samples;
  return { mode, temperature, samples: drawn, seed, maxTokens: maxTokens ?? usualTokens };
}
