import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { OPTIMIZERS, type OptimizerName } from '../../../src/optimizers/index.ts';
import type { Optimizer, OptimizerSettings } from '../../../src/optimizers/optimizer.ts';
import { clipped } from '../../../src/training/clipping.ts';
import { rateList } from '../../../src/training/trainingFunctions.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

beforeAll(startTestBackend);

/** One number under an optimiser, by its paper's algorithm in double precision. */
type Reference = (
  settings: OptimizerSettings,
) => (parameter: number, gradient: number, at: { step: number; learningRate: number }) => number;

const REFERENCES: Readonly<Record<OptimizerName, Reference>> = {
  adamw({ betas: [beta1, beta2], weightDecay }) {
    let [m, v] = [0, 0];
    return (parameter, gradient, { step, learningRate }) => {
      m = beta1 * m + (1 - beta1) * gradient;
      v = beta2 * v + (1 - beta2) * gradient ** 2;
      const [mean, square] = [m / (1 - beta1 ** step), v / (1 - beta2 ** step)];
      const decayed = parameter - learningRate * weightDecay * parameter;
      return decayed - (learningRate * mean) / (Math.sqrt(square) + 1e-8);
    };
  },
  lion({ betas: [beta1, beta2], weightDecay }) {
    let m = 0;
    return (parameter, gradient, { learningRate }) => {
      const direction = Math.sign(beta1 * m + (1 - beta1) * gradient);
      m = beta2 * m + (1 - beta2) * gradient;
      return parameter - learningRate * (direction + weightDecay * parameter);
    };
  },
};

const settings = { betas: [0.9, 0.99], weightDecay: 0.05 } as const;
const START = [1, -2, 0.5];
/** Multiples of an eighth, so that no sum that Lion takes the sign of is 0 by rounding alone. */
const value = fc.integer({ min: -24, max: 24 }).map((eighths) => eighths / 8 + 1 / 64);
const gradients = fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 6 });

describe.each(Object.keys(OPTIMIZERS) as OptimizerName[])('%s', (name) => {
  it('does what its definition does, number by number', async () => {
    const optimizer = await OPTIMIZERS[name]();
    fc.assert(
      fc.property(gradients, (steps) => {
        const state = stateOf(optimizer, START);
        const references = START.map(() => REFERENCES[name](settings));
        let expected = START;
        steps.forEach((gradient, i) => {
          const at = { step: i + 1, learningRate: 0.1 / (i + 1) };
          update(optimizer, state, gradient, at);
          expected = expected.map((p, j) => references[j]!(p, gradient[j]!, at));
        });
        expectClose(state.params.dataSync(), expected, { absolute: 1e-4, relative: 1e-3 });
        tf.dispose([state.params, ...Object.values(state.slots)]);
      }),
      { numRuns: 200 },
    );
  });

  it('goes on from its slots as if it had never stopped', async () => {
    const optimizer = await OPTIMIZERS[name]();
    const [whole, first] = [stateOf(optimizer, START), stateOf(optimizer, START)];
    const gradient = (step: number): number[] => [1 / step, -step, 0.3];
    const run = (state: ReturnType<typeof stateOf>, from: number, to: number): void => {
      for (let step = from; step <= to; step++) {
        update(optimizer, state, gradient(step), { step, learningRate: 0.1 });
      }
    };
    run(whole, 1, 6);
    run(first, 1, 3);
    const second = stateOf(optimizer, [...first.params.dataSync()]);
    for (const slot of optimizer.slots) second.slots[slot]!.assign(first.slots[slot]!);
    run(second, 4, 6);
    expect(second.params.dataSync()).toEqual(whole.params.dataSync());
  });

  it('leaves no tensor behind', async () => {
    const optimizer = await OPTIMIZERS[name]();
    const state = stateOf(optimizer, START);
    await expectNoLeak(() => {
      update(optimizer, state, [3, 4, 5], { step: 1, learningRate: 1 });
    });
  });
});

describe('clipping', () => {
  it('scales a gradient down to the largest norm, and no other', () => {
    fc.assert(
      fc.property(fc.tuple(value, value, value), fc.constantFrom(0.5, 2, null), (all, largest) => {
        const norm = Math.hypot(...all);
        const share = largest === null ? 1 : Math.min(1, largest / (norm + 1e-6));
        const own = tf.tidy(() => clipped(tf.tensor1d(all), largest).dataSync());
        expectClose(
          own,
          all.map((one) => one * share),
        );
      }),
    );
  });
});

function update(
  optimizer: Optimizer,
  state: ReturnType<typeof stateOf>,
  gradient: readonly number[],
  { step, learningRate }: { step: number; learningRate: number },
): void {
  tf.tidy(() => {
    const numbers = optimizer.rates(step, learningRate, settings);
    const scalars = rateList(numbers);
    const rates = Object.fromEntries(
      Object.keys(numbers).map((rate, i) => [rate, scalars[i] as tf.Scalar]),
    );
    optimizer.update(state, tf.tensor1d([...gradient]), { rates, settings, specs: [] });
  });
}

function stateOf(optimizer: Optimizer, params: readonly number[]) {
  const variable = (values: readonly number[]): tf.Variable<tf.Rank.R1> =>
    tf.tidy(() => tf.variable(tf.tensor1d([...values]), false));
  const zeros = params.map(() => 0);
  return {
    params: variable(params),
    slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, variable(zeros)])),
  };
}
