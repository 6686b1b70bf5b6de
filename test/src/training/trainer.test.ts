import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { inLanes } from '../../../src/engine/ordering.ts';
import { canRecord } from '../../../src/engine/program.ts';
import { initialParams } from '../../../src/model/params.ts';
import { createTrainer } from '../../../src/training/trainer.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { randomBatch, smallConfig } from '../../helpers/models.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

await startTestBackend();

const settings = { betas: [0.9, 0.99], weightDecay: 0.01, clipNorm: 1 } as const;
const shapes = [
  { B: 4, P: 9, T: 6 },
  { B: 4, P: 9, T: 12 },
];
const batches = [
  randomBatch(1, { B: 4, P: 9, T: 12 }),
  randomBatch(2, { B: 4, P: 7, T: 6 }),
  randomBatch(3, { B: 2, P: 9, T: 3 }),
  randomBatch(4, { B: 3, P: 5, T: 9 }),
];

describe('a trainer', () => {
  it('with recorded shapes makes the updates that it makes without', () => {
    const [plain, recorded] = [trainer([]), trainer(shapes)];
    for (let step = 1; step <= 20; step++) {
      const batch = batches[step % batches.length]!;
      const expected = plain.update(batch, step, 0.01);
      expectClose([recorded.update(batch, step, 0.01)], [expected], {
        absolute: step <= 5 ? 1e-5 : 0,
        relative: step <= 5 ? 0 : 1e-4,
      });
    }
    for (const part of ['params', 'mean', 'square'] as const) {
      expectClose(recorded.values()[part], plain.values()[part], {
        absolute: 1e-4,
        relative: 1e-3,
      });
    }
    plain.dispose();
    recorded.dispose();
  });

  it.runIf(canRecord())('records long sequences, in any number of lanes', () => {
    const long = randomBatch(6, { B: 1, P: 9, T: 2200 });
    const plain = trainer([]);
    const expected = [1, 2].map((step) => plain.update(long, step, 0.01));
    for (const lanes of [1, 2]) {
      const recorded = inLanes(lanes, () => trainer([{ B: 1, P: 9, T: 2300 }]));
      const losses = [1, 2].map((step) => recorded.update(long, step, 0.01));
      expectClose(losses, expected, { absolute: 1e-5, relative: 0 });
      recorded.dispose();
    }
    plain.dispose();
  });

  it('gives the same bits each time it starts from the same values', () => {
    const course = (): [number[], Float32Array] => {
      const own = trainer(shapes);
      const losses = batches.map((batch, i) => own.update(batch, i + 1, 0.01));
      const { params } = own.values();
      own.dispose();
      return [losses, params];
    };
    expect(course()).toEqual(course());
  });

  it('goes on from its own values as if it had never stopped', () => {
    const [whole, first] = [trainer(shapes), trainer(shapes)];
    batches.forEach((batch, i) => whole.update(batch, i + 1, 0.01));
    batches.slice(0, 2).forEach((batch, i) => first.update(batch, i + 1, 0.01));
    const second = createTrainer(first.values(), { config: smallConfig, settings, shapes });
    batches.slice(2).forEach((batch, i) => second.update(batch, i + 3, 0.01));
    expect(second.values()).toEqual(whole.values());
    for (const each of [whole, first, second]) each.dispose();
  });

  it.each([
    ['recorded', shapes],
    ['plain', []],
  ])('leaves no tensor behind over 200 updates, %s', async (_, own) => {
    await expectNoLeak(() => {
      const one = trainer(own);
      const tensors = tf.memory().numTensors;
      for (let step = 1; step <= 200; step++) one.update(batches[step % 4]!, step, 1e-4);
      expect(tf.memory().numTensors).toBe(tensors);
      one.dispose();
    });
  });

  it('that records refuses a batch larger than its shapes', () => {
    const one = trainer(shapes);
    const large = randomBatch(5, { B: 4, P: 9, T: 13 });
    if (canRecord()) expect(() => one.update(large, 1, 0.01)).toThrow(/no recorded shape holds/);
    else expect(one.update(large, 1, 0.01)).toBeGreaterThan(0);
    one.dispose();
  });
});

function trainer(of: typeof shapes) {
  const params = initialParams(smallConfig, createRng(1));
  const zeros = new Float32Array(params.length);
  const start = { params, mean: zeros, square: zeros.slice() };
  return createTrainer(start, { config: smallConfig, settings, shapes: of });
}
