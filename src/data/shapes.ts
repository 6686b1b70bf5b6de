/**
 * The batch shapes that a training run is recorded for: all prompts padded to the longest, responses
 * to a ladder of lengths in constant ratio, so that no batch is much longer than its longest response.
 */
import { listAt, type Examples } from './examples.ts';

/** Rows, and tokens per prompt and response, bos and eos included. */
export interface Shape {
  readonly B: number;
  readonly P: number;
  readonly T: number;
}

/** Between neighbouring lengths of the ladder. */
const RATIO = 0.85;

/** By rising T, from the shortest response that dropping can leave to the longest full one. */
export function batchShapes(split: Examples, batchSize: number): Shape[] {
  let [longestPrompt, shortest, longest] = [0, Infinity, 0];
  for (let row = 0; row < split.count; row++) {
    const plan = listAt(split.plan, row).length + 2;
    longestPrompt = Math.max(longestPrompt, listAt(split.prompt, row).length + 2);
    shortest = Math.min(shortest, plan);
    longest = Math.max(longest, plan + listAt(split.reasoning, row).length);
  }
  const shapes: Shape[] = [];
  for (let T = longest; ; T = Math.floor(T * RATIO)) {
    shapes.unshift({ B: batchSize, P: longestPrompt, T });
    if (T * RATIO < shortest) return shapes;
  }
}
