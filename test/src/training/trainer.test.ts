import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { splitBatch, type Batch } from '../../../src/data/batch.ts';
import { canRecord } from '../../../src/engine/program.ts';
import { initialParams } from '../../../src/model/params.ts';
import { adamw } from '../../../src/optimizers/adamw.ts';
import { lion } from '../../../src/optimizers/lion.ts';
import { blocksOf, createTrainer, type Trainer } from '../../../src/training/trainer.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { randomBatch, smallConfig } from '../../helpers/models.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

await startTestBackend();

const settings = { betas: [0.9, 0.99], weightDecay: 0.01, clipNorm: 1 } as const;
const batches = [
  randomBatch(1, { B: 4, P: 9, T: 12 }),
  randomBatch(2, { B: 4, P: 7, T: 6 }),
  randomBatch(3, { B: 2, P: 9, T: 3 }),
  randomBatch(4, { B: 1, P: 5, T: 9 }),
];

describe('a trainer', () => {
  it('that records makes the updates that it makes operation by operation', () => {
    const [plain, recorded] = [trainer({ eager: true }), trainer()];
    for (let step = 1; step <= 20; step++) {
      const pieces = splitBatch(batches[step % batches.length]!, 2);
      const expected = plain.update(pieces, step, 0.01).loss;
      expectClose([recorded.update(pieces, step, 0.01).loss], [expected], {
        absolute: step <= 5 ? 1e-5 : 0,
        relative: step <= 5 ? 0 : 1e-4,
      });
    }
    expectSameValues(recorded, plain);
    for (const each of [plain, recorded]) each.dispose();
  });

  it('records any optimiser', () => {
    const [plain, recorded] = [
      trainer({ optimizer: lion, eager: true }),
      trainer({ optimizer: lion }),
    ];
    for (let step = 1; step <= 4; step++) {
      const pieces = splitBatch(batches[step % batches.length]!, 2);
      const expected = plain.update(pieces, step, 0.001).loss;
      expectClose([recorded.update(pieces, step, 0.001).loss], [expected], { absolute: 1e-4 });
    }
    expect(Object.keys(recorded.values().slots)).toEqual(['momentum']);
    for (const each of [plain, recorded]) each.dispose();
  });

  it('is not made from what another optimiser remembers', () => {
    const own = trainer();
    const values = own.values();
    own.dispose();
    const options = { config: smallConfig, optimizer: lion, settings, parts: 2 };
    expect(() => createTrainer(values, options)).toThrow('the optimiser has no vector momentum');
  });

  it('computes the loss of batches of any size with one recording', () => {
    const [plain, recorded] = [trainer({ eager: true }), trainer()];
    const size = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
    fc.assert(
      fc.property(fc.nat(), size(1, 6), size(2, 40), size(3, 60), (seed, B, P, T) => {
        const pieces = splitBatch(randomBatch(seed, { B, P, T }), 2);
        expectClose([recorded.measure(pieces).loss], [plain.measure(pieces).loss], {
          relative: 1e-5,
        });
      }),
      { numRuns: 100 },
    );
    for (const each of [plain, recorded]) each.dispose();
  });

  it('makes the same updates in any number of parts and rounds', () => {
    const whole = trainer({ parts: 1 });
    const others = [
      [trainer({ parts: 3 }), 3],
      [trainer({ parts: 2, accumulate: true }), 4],
      [trainer({ parts: 1, accumulate: true }), 2],
    ] as const;
    batches.forEach((batch, i) => {
      const expected = whole.update([batch], i + 1, 0.01).loss;
      for (const [other, pieces] of others) {
        const loss = other.update(splitBatch(batch, pieces), i + 1, 0.01).loss;
        expectClose([loss], [expected], { absolute: 1e-5 });
      }
    });
    for (const [other] of others) expectSameValues(other, whole);
    for (const each of [whole, ...others.map(([other]) => other)]) each.dispose();
  });

  it('computes long sequences in blocks', () => {
    const blocks = blocksOf({ prompts: [9], responses: [12, 2200] });
    const pieces = [randomBatch(6, { B: 1, P: 9, T: 2200 }), batches[0]!];
    const plain = trainer({ eager: true, blocks });
    const expected = [1, 2].map((step) => plain.update(pieces, step, 0.01).loss);
    const recorded = trainer({ blocks });
    const losses = [1, 2].map((step) => recorded.update(pieces, step, 0.01).loss);
    expectClose(losses, expected, { absolute: 1e-5, relative: 0 });
    for (const each of [plain, recorded]) each.dispose();
  });

  it('computes lengths between those it was made for in more blocks than they need', () => {
    const pieces = [randomBatch(7, { B: 1, P: 9, T: 2_200 })];
    const exact = trainer({ eager: true, blocks: blocksOf({ prompts: [9], responses: [2_200] }) });
    const other = trainer({
      eager: true,
      blocks: blocksOf({ prompts: [9], responses: [9, 4_200] }),
    });
    expectClose([other.measure(pieces).loss], [exact.measure(pieces).loss], { absolute: 1e-5 });
    for (const each of [exact, other]) each.dispose();
  });

  it('refuses responses longer than it was made for', () => {
    const one = trainer();
    const long = [randomBatch(6, { B: 1, P: 9, T: 2200 })];
    expect(() => one.update(long, 1, 0.01).loss).toThrow(
      /prompts of 9 and responses of 2200 tokens/,
    );
    one.dispose();
  });

  it('refuses more pieces than parts if it does not accumulate', () => {
    const one = trainer({ parts: 1 });
    expect(() => one.update(splitBatch(batches[0]!, 2), 1, 0.01).loss).toThrow(
      /2 pieces in 1 parts/,
    );
    one.dispose();
  });

  it.runIf(canRecord())('follows fp32 in bf16 as far as 8 bits of mantissa reach', () => {
    const [exact, rounded] = [trainer(), trainer({ precision: 'bf16' })];
    const losses = batches.map((batch, i) => {
      const pieces = splitBatch(batch, 2);
      return [
        exact.update(pieces, i + 1, 0.001).loss,
        rounded.update(pieces, i + 1, 0.001).loss,
      ] as const;
    });
    for (const [expected, loss] of losses) {
      expectClose([loss], [expected], { relative: 0.02 });
      expect(loss).not.toBe(expected);
    }
    for (const each of [exact, rounded]) each.dispose();
  });

  it('gives the same bits each time it starts from the same values', () => {
    const course = (): [number[], Float32Array] => {
      const own = trainer();
      const losses = updateAll(own, batches, 1);
      const { params } = own.values();
      own.dispose();
      return [losses, params];
    };
    expect(course()).toEqual(course());
  });

  it('goes on from its own values as if it had never stopped', () => {
    const [whole, first] = [trainer(), trainer()];
    updateAll(whole, batches, 1);
    updateAll(first, batches.slice(0, 2), 1);
    const second = createTrainer(first.values(), {
      config: smallConfig,
      optimizer: adamw,
      settings,
      parts: 2,
    });
    updateAll(second, batches.slice(2), 3);
    expect(second.values()).toEqual(whole.values());
    for (const each of [whole, first, second]) each.dispose();
  });

  it.each([{}, { eager: true }, { parts: 1, accumulate: true }])(
    'leaves no tensor behind over 200 updates: %o',
    async (options) => {
      await expectNoLeak(() => {
        const one = trainer(options);
        const tensors = tf.memory().numTensors;
        for (let step = 1; step <= 200; step++) {
          one.update(splitBatch(batches[step % 4]!, 2), step, 1e-4);
        }
        expect(tf.memory().numTensors).toBe(tensors);
        one.dispose();
      });
    },
  );
});

type Options = Partial<Parameters<typeof createTrainer>[1]>;

function trainer(options: Options = {}): Trainer {
  const params = initialParams(smallConfig, createRng(1));
  return createTrainer(
    { params },
    { config: smallConfig, optimizer: adamw, settings, parts: 2, ...options },
  );
}

function updateAll(own: Trainer, all: readonly Batch[], firstStep: number): number[] {
  return all.map((batch, i) => own.update(splitBatch(batch, 2), firstStep + i, 0.01).loss);
}

function expectSameValues(actual: Trainer, expected: Trainer): void {
  const [own, other] = [actual.values(), expected.values()];
  const close = { absolute: 1e-4, relative: 1e-3 };
  expectClose(own.params, other.params, close);
  for (const name of Object.keys(other.slots)) {
    expectClose(own.slots[name]!, other.slots[name]!, close);
  }
}
