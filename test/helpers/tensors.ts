import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** |actual − expected| ≤ absolute + relative · |expected|, value by value, and equal shapes. */
export function expectAllclose(
  actual: tf.Tensor,
  expected: tf.Tensor,
  { absolute = 1e-5, relative = 1e-4 } = {},
): void {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(actual.dataSync(), expected.dataSync(), { absolute, relative });
}

export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 1e-5, relative = 1e-4 } = {},
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const gap = Math.abs(actual[i]! - expected[i]!);
    const allowed = absolute + relative * Math.abs(expected[i]!);
    if (!(gap <= allowed)) {
      throw new Error(`value ${i}: ${actual[i]} is not ${expected[i]} within ${allowed}`);
    }
  }
}

/** |actual − expected| ≤ absolute + relative · the largest |expected|. */
export function expectCloseToLargest(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { absolute = 1e-6, relative = 1e-4 } = {},
): void {
  const largest = Array.from(expected).reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  expect(largest).toBeLessThan(Infinity);
  expectClose(actual, expected, { absolute: absolute + relative * largest, relative: 0 });
}

/** `work` leaves as many tensors as it found. */
export async function expectNoLeak(work: () => unknown): Promise<void> {
  const before = tf.memory().numTensors;
  await work();
  expect(tf.memory().numTensors - before).toBe(0);
}
