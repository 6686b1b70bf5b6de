/** The next token from its logits [V]. */
import type { Rng } from '../../envs/rng.ts';

/** The first of the largest values. */
export function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Inverts the cumulative distribution of softmax(logits / temperature). */
export function sample(logits: Float32Array, temperature: number, rng: Rng): number {
  const largest = logits[argmax(logits)]!;
  let sum = 0;
  for (const logit of logits) sum += Math.exp((logit - largest) / temperature);
  let left = rng.next() * sum;
  for (let i = 0; i < logits.length; i++) {
    left -= Math.exp((logits[i]! - largest) / temperature);
    if (left < 0) return i;
  }
  return argmax(logits);
}
