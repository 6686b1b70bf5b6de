import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasKernels } from '../../../../src/engine/kernels.ts';
import { startTestBackend } from '../../../helpers/backend.ts';
import { dot, expectRefusal, outputsOf, randomFloats, seeds } from '../../../helpers/kernels.ts';
import { expectClose } from '../../../helpers/tensors.ts';

await startTestBackend();

const HIDDEN = -1e9;

describe.runIf(hasKernels())('KitSharedAttention', () => {
  it('is softmax attention of every query to the prompt of its group', () => {
    fc.assert(
      fc.property(attentions, ({ seed, groups, lanes, heads, headDim, length, scale }) => {
        const [rows, dim] = [groups * lanes, heads * headDim];
        const floats = (name: string, count: number, scale = 1): Float32Array =>
          randomFloats(`${seed} ${name}`, { count, scale });
        const query = floats('query', rows * dim, scale);
        const key = floats('key', groups * dim * length); // [G, D, S]
        const value = floats('value', groups * length * dim); // [G, S, D]
        // Hidden at the end, as padding is, from a place of its own in each group.
        const seen = floats('seen', groups).map((x) => Math.ceil(Math.abs(x) * length) || 1);
        const hidden = Float32Array.from({ length: groups * length }, (_, i) =>
          i % length < seen[Math.floor(i / length)]! ? 0 : HIDDEN,
        );
        const [{ shape, values }] = outputsOf(
          'KitSharedAttention',
          () => [
            tf.tensor3d(query, [rows, 1, dim]),
            tf.tensor3d(key, [groups, dim, length]),
            tf.tensor3d(value, [groups, length, dim]),
            tf.tensor4d(hidden, [groups, 1, 1, length]),
          ],
          { integers: { heads } },
        ) as [ReturnType<typeof outputsOf>[0]];
        expect(shape).toEqual([rows, 1, dim]);

        const expected = Array.from({ length: rows * dim }, (_, at) => {
          const [row, i] = [Math.floor(at / dim), at % dim];
          const group = Math.floor(row / lanes);
          const first = i - (i % headDim);
          const scores = Array.from({ length: seen[group]! }, (_, column) =>
            dot(headDim, (j) => {
              return (
                query[row * dim + first + j]! * key[(group * dim + first + j) * length + column]!
              );
            }),
          ).map((score) => score / Math.sqrt(headDim));
          const most = Math.max(...scores);
          const weights = scores.map((score) => Math.exp(score - most));
          const total = weights.reduce((a, b) => a + b);
          return dot(weights.length, (column) => {
            return (weights[column]! / total) * value[(group * length + column) * dim + i]!;
          });
        });
        // Of large scores, single precision keeps fewer digits behind the point.
        const absolute = 1e-5 * Math.max(1, scale * Math.sqrt(headDim) * 0.1);
        expectClose(values, expected, { absolute, relative: 0 });
      }),
      { numRuns: 300 },
    );
  });

  it('refuses shapes that do not agree', () => {
    const right = { query: [6, 1, 8], key: [2, 8, 5], value: [2, 5, 8], hidden: [2, 5] };
    const wrong: Record<keyof typeof right, number[][]> = {
      query: [[], [6], [5, 1, 8], [6, 1, 7], [6, 1, 16], [6, 2, 8]],
      key: [[], [8, 5], [0, 8, 5], [2, 8, 0], [2, 8, 6], [4, 8, 5], [2, 7, 5]],
      value: [[], [5, 8], [2, 6, 8], [2, 5, 7]],
      hidden: [[], [5], [2, 4], [3, 5]],
    };
    for (const [name, shapes] of Object.entries(wrong)) {
      for (const shape of shapes) {
        const all = Object.values({ ...right, [name]: shape });
        const inputs = all.map((own) => () => tf.zeros(own));
        const attributes = { integers: { heads: 2 }, complaint: 'shapes do not agree' };
        expectRefusal('KitSharedAttention', inputs, attributes);
      }
    }
  });
});

// Helpers

const attentions = fc.record({
  seed: seeds,
  groups: fc.integer({ min: 1, max: 4 }),
  lanes: fc.integer({ min: 1, max: 13 }),
  heads: fc.integer({ min: 1, max: 3 }),
  headDim: fc.constantFrom(2, 6, 16, 24, 64),
  length: fc.integer({ min: 1, max: 50 }),
  scale: fc.constantFrom(1, 100),
});
