/** What the tests of the kit's own operations share: numbers, tables as they lie in memory, bfloat16. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect } from 'vitest';
import { createRng } from '../../envs/rng.ts';
import { runKernel, type KernelAttributes } from '../../src/engine/kernels.ts';

export const seeds = fc.noShrink(fc.integer());

/** Floats from −scale to scale. */
export function randomFloats(
  seed: number | string,
  { count, scale = 1 }: { readonly count: number; readonly scale?: number },
): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: count }, () => (2 * rng.next() - 1) * scale);
}

/** The nearest bfloat16, ties to even: eight significant bits. For numbers that are not denormal. */
export function toBfloat16(x: number): number {
  if (x === 0) return 0;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(x))) - 7);
  const steps = x / step;
  const below = Math.floor(steps);
  const rest = steps - below;
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0);
  return step * (up ? below + 1 : below);
}

/** As TensorFlow.js holds bfloat16: two in an integer, the first in its lower half. */
export function packPairs(numbers: ArrayLike<number>): Int32Array {
  const words = new Uint32Array(Float32Array.from(numbers).buffer);
  return Int32Array.from({ length: words.length / 2 }, (_, i) => {
    return (words[2 * i]! >>> 16) | words[2 * i + 1]!;
  });
}

export function unpackPairs(words: Int32Array): Float32Array {
  const numbers = new Uint32Array(2 * words.length);
  for (const [i, word] of words.entries()) {
    numbers[2 * i] = word << 16;
    numbers[2 * i + 1] = word & 0xffff0000;
  }
  return new Float32Array(numbers.buffer);
}

/** Values of an operation's outputs; all tensors are disposed. */
export function outputsOf(
  name: string,
  inputs: () => readonly tf.Tensor[],
  attributes: KernelAttributes & { readonly outputs?: number } = {},
): { readonly shape: readonly number[]; readonly values: Float32Array | Int32Array }[] {
  const outputs = tf.tidy(() => runKernel(name, inputs(), attributes));
  const read = outputs.map((output) => {
    return { shape: output.shape, values: output.dataSync<'float32' | 'int32'>().slice() };
  });
  tf.dispose(outputs);
  return read;
}

/** The operation itself refuses these inputs. */
export function expectRefusal(
  name: string,
  inputs: readonly (() => tf.Tensor)[],
  { complaint, ...attributes }: KernelAttributes & { outputs?: number; complaint: string },
): void {
  expect(() => outputsOf(name, () => inputs.map((make) => make()), attributes)).toThrow(
    `${name}: ${complaint}`,
  );
}

export function dot(count: number, product: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += product(i);
  return sum;
}
