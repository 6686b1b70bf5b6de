import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasKernels } from '../../../../src/engine/kernels.ts';
import { startTestBackend } from '../../../helpers/backend.ts';
import { dot, expectRefusal } from '../../../helpers/kernels.ts';
import { attend, newColumn, newest, steps } from '../../../helpers/pastSteps.ts';
import { expectClose } from '../../../helpers/tensors.ts';

await startTestBackend();

describe.runIf(hasKernels())('KitPastAttention', () => {
  it('is softmax attention of the new position to those from where its row begins', () => {
    fc.assert(
      fc.property(steps(false), (step) => {
        const { attended, expected } = attend(step);
        expectClose(attended, expected, { absolute: 1e-5, relative: 1e-5 });
      }),
      { numRuns: 100 },
    );
  });

  it('is the same of bfloat16, but for roundings', () => {
    fc.assert(
      fc.property(steps(true), (step) => {
        const { attended, expected } = attend(step);
        // A number or a weight may be rounded to the one beside the oracle's.
        expectClose(attended, expected, { absolute: 2 ** -7, relative: 0 });
        const off = dot(expected.length, (i) => Math.abs(attended[i]! - expected[i]!));
        expect(off / expected.length).toBeLessThan(2 ** -11);
      }),
      { numRuns: 100 },
    );
  });

  it('writes the new key and value into their column, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(steps(false), steps(true)), (step) => {
        const { before, after } = attend(step);
        const { key, value } = newest(step);
        const written = newColumn(step);
        for (const name of ['keys', 'values'] as const) {
          const changed = before[name].slice();
          for (const at of written) changed[at] = after[name][at]!;
          expectClose(after[name], changed, { absolute: 0, relative: 0 });
        }
        const of = (table: Float32Array): number[] => written.map((at) => table[at]!);
        expect(of(after.values)).toEqual(value);
        const relative = step.halved ? 2 ** -7 : 1e-6;
        expectClose(of(after.keys), key, { absolute: 1e-6, relative });
      }),
      { numRuns: 100 },
    );
  });

  it('refuses shapes that do not agree, and rounds and columns outside', () => {
    const right = {
      joint: [3, 1, 24],
      keys: [3, 2, 8, 32],
      values: [3, 2, 32, 8],
      column: [],
      round: [],
      start: [3],
      ended: [3],
      cosine: [2, 4],
      sine: [2, 4],
    };
    const wrong: Partial<Record<keyof typeof right, number[][]>> = {
      joint: [[], [24], [3, 1, 25], [2, 1, 24], [3, 1, 12]],
      keys: [[], [3], [3, 0, 8, 32], [3, 2, 8, 16], [2, 2, 8, 32]],
      values: [[], [3], [3, 1, 32, 8], [3, 2, 16, 8]],
      column: [[0], [2]],
      round: [[0], [2]],
      start: [[], [2], [4]],
      ended: [[], [2], [4]],
      cosine: [[], [2], [8], [3, 4]],
      sine: [[], [2], [8], [3, 4]],
    };
    const refusal = (
      shapes: Record<string, number[]>,
      complaint: string,
      fills: Record<string, number> = {},
    ): void => {
      const inputs = Object.entries(shapes).map(([name, shape]) => () => {
        const values = tf.fill(shape, fills[name] ?? 0);
        if (name === 'ended') return tf.cast(values, 'bool');
        return ['column', 'round', 'start'].includes(name) ? tf.cast(values, 'int32') : values;
      });
      const attributes = { integers: { heads: 2 }, types: { T: 'float32' as const }, outputs: 3 };
      expectRefusal('KitPastAttention', inputs, { ...attributes, complaint });
    };
    for (const [name, shapes] of Object.entries(wrong)) {
      for (const shape of shapes) refusal({ ...right, [name]: shape }, 'shapes do not agree');
    }
    for (const round of [-1, 2]) refusal(right, 'there is no such round', { round });
    for (const [column, start] of [
      [-1, 0],
      [64, 0],
      [5, -1],
      [5, 6],
    ] as const) {
      refusal(right, 'columns are outside', { column, start });
      refusal(right, 'columns are outside', { column: column - 1, start, round: 1 });
    }
  });
});
