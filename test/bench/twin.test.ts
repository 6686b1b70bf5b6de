import { beforeAll, describe, expect, it } from 'vitest';
import { LEARNING_RATE, SETTINGS, startingParams, startTwin } from '../../bench/programs.ts';
import type { Opened } from '../../bench/programs.ts';
import { checkLosses } from '../../bench/sideBySide.ts';
import { sequencesOf } from '../../bench/trainingData.ts';
import { adamw } from '../../src/optimizers/adamw.ts';
import { createTrainer } from '../../src/training/trainer.ts';
import { startTestBackend } from '../helpers/backend.ts';
import { randomBatch, smallConfig } from '../helpers/models.ts';

describe('losses', () => {
  const kit = { variant: 'kit', losses: [3, 2, 1] } as const;

  it('agree within what rounding explains', () => {
    const pytorch = { variant: 'pytorch', losses: [3.00001, 2, 0.99999] } as const;
    const autocast = { variant: 'autocast', losses: [3.05, 1.98, 1] } as const;
    expect(() => checkLosses([autocast, kit, pytorch])).not.toThrow();
  });

  it('that differ, or are not numbers, name both programs and the update', () => {
    for (const loss of [2.00003, NaN]) {
      const pytorch = { variant: 'pytorch', losses: [3, loss, 1] } as const;
      expect(() => checkLosses([kit, pytorch])).toThrow(
        /^kit, fp32 and PyTorch, fp32 don't train the same model: after 1 updates/,
      );
    }
  });
});

/** Where a Python with PyTorch is at hand; the bench itself checks the same before it measures. */
const python = process.env['KIT_TORCH_PYTHON'];

describe.skipIf(!python)('the twin', () => {
  beforeAll(startTestBackend);

  it('has the losses of the kit before and after updates, on padded batches', async () => {
    for (const seed of [1, 2]) {
      const batch = randomBatch(seed);
      const params = startingParams(smallConfig);
      const trainer = createTrainer(
        { params },
        { config: smallConfig, optimizer: adamw, settings: SETTINGS, parts: 1 },
      );
      const losses = [1, 2, 3, 4].map((step) => trainer.update([batch], step, LEARNING_RATE).loss);
      trainer.dispose();

      const sequences = sequencesOf(batch);
      const job = { config: smallConfig, check: sequences, batches: [sequences], threads: 1 };
      const twin = startTwin(python!, job, { measures: 'speed', memoryLimit: 4096 });
      const opened = await twin.ask<Opened>({ open: 'pytorch' });
      await twin.stop();
      expect(opened.losses).toHaveLength(4);
      checkLosses([
        { variant: 'kit', losses },
        { variant: 'pytorch', losses: opened.losses },
      ]);
    }
  });
});
