import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { adamwUpdate, updateRates } from '../../../src/training/adamw.ts';
import { learningRateAt } from '../../../src/training/schedule.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

beforeAll(startTestBackend);

const value = fc.double({ min: -3, max: 3, noNaN: true });
const vectors = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 6 });

describe('AdamW', () => {
  it('does what its definition does, number by number', () => {
    fc.assert(
      fc.property(vectors, fc.option(fc.constantFrom(0.5, 2)), (gradients, clipNorm) => {
        const settings = { betas: [0.9, 0.99], weightDecay: 0.05, clipNorm } as const;
        const state = stateOf([1, -2, 0.5]);
        let [params, mean, square] = [
          [1, -2, 0.5],
          [0, 0, 0],
          [0, 0, 0],
        ];
        gradients.forEach((gradient, i) => {
          const step = i + 1;
          tf.tidy(() =>
            adamwUpdate(state, tf.tensor1d(gradient), {
              rates: updateRates(step, 0.1, settings),
              settings,
            }),
          );
          const norm = Math.hypot(...gradient);
          const share = clipNorm === null ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
          const used = gradient.map((g) => g * share);
          mean = mean.map((m, j) => 0.9 * m + 0.1 * used[j]!);
          square = square.map((v, j) => 0.99 * v + 0.01 * used[j]! ** 2);
          params = params.map((p, j) => {
            const [m, v] = [mean[j]! / (1 - 0.9 ** step), square[j]! / (1 - 0.99 ** step)];
            return p - 0.1 * 0.05 * p - (0.1 * m) / (Math.sqrt(v) + 1e-8);
          });
        });
        expectClose(state.params.dataSync(), params, { absolute: 1e-4, relative: 1e-3 });
        tf.dispose([state.params, state.mean, state.square]);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves no tensor behind', async () => {
    const state = stateOf([1, 2]);
    const settings = { betas: [0.9, 0.99], weightDecay: 0.01, clipNorm: 1 } as const;
    const gradient = tf.tensor1d([3, 4]);
    const rates = updateRates(1, 1, settings);
    await expectNoLeak(() => adamwUpdate(state, gradient, { rates, settings }));
  });
});

describe('the learning rate', () => {
  const settings = { steps: 100, learningRate: 2, warmupSteps: 10, finalLearningRate: 0.1 };

  it('rises in equal steps to its peak, falls to its share, and stays there', () => {
    expect(learningRateAt(1, settings)).toBeCloseTo(0.2);
    expect(learningRateAt(5, settings)).toBeCloseTo(1);
    expect(learningRateAt(10, settings)).toBeCloseTo(2);
    expect(learningRateAt(55, settings)).toBeCloseTo(2 * (0.1 + 0.9 * 0.5));
    expect(learningRateAt(100, settings)).toBeCloseTo(0.2);
    expect(learningRateAt(200, settings)).toBeCloseTo(0.2);
  });

  it('never leaves its bounds, whatever the settings', () => {
    const rate = fc.record({
      steps: fc.integer({ min: 1, max: 1000 }),
      learningRate: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      warmupSteps: fc.nat({ max: 1200 }),
      finalLearningRate: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 2000 }), (drawn, step) => {
        const now = learningRateAt(step, drawn);
        expect(now).toBeGreaterThanOrEqual(0);
        expect(now).toBeLessThanOrEqual(drawn.learningRate * (1 + 1e-12));
      }),
      { numRuns: 2000 },
    );
  });
});

function stateOf(params: number[]) {
  const variable = (values: number[]): tf.Variable<tf.Rank.R1> =>
    tf.variable(tf.tensor1d(values), false);
  const zeros = params.map(() => 0);
  return { params: variable(params), mean: variable(zeros), square: variable(zeros) };
}
