import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { splitBatch, type Batch } from '../../../src/data/batch.ts';
import { sha256 } from '../../../src/files.ts';
import { adamw } from '../../../src/optimizers/adamw.ts';
import { lion } from '../../../src/optimizers/lion.ts';
import { listCheckpoints, readCheckpoint } from '../../../src/training/checkpoint.ts';
import { readMetrics } from '../../../src/training/metricsLog.ts';
import { runPaths } from '../../../src/training/runFolder.ts';
import { chooseCheckpoint } from '../../../src/training/runModel.ts';
import { train, type TrainingRun } from '../../../src/training/train.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { randomBatch, smallConfig } from '../../helpers/models.ts';
import { expectNoLeak } from '../../helpers/tensors.ts';

let root: string;
let count = 0;
beforeAll(async () => {
  await startTestBackend();
  root = mkdtempSync(path.join(os.tmpdir(), 'train-'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('training', () => {
  it('learns one batch by heart', async () => {
    const run = newRun({ steps: 80, learningRate: 0.02 }, () => [randomBatch(1)]);
    await train(run);
    const losses = readMetrics(runPaths(run.folder).metrics).flatMap((line) =>
      'loss' in line ? [line.loss] : [],
    );
    expect(losses[0]!).toBeGreaterThan(2);
    expect(losses.at(-1)!).toBeLessThan(0.5);
  });

  it('ends with the same bytes whether or not it was stopped, wherever and how often', async () => {
    const whole = newRun();
    expect(await train(whole)).toEqual({ step: 12, stopped: 'finished' });
    const expected = files(whole.folder);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 11 }), { maxLength: 3 }),
        async (stops) => {
          const run = newRun();
          for (const stop of stops.toSorted((a, b) => a - b)) {
            const controller = new AbortController();
            const batchAt = (step: number) => {
              if (step + 1 >= stop) controller.abort();
              return run.batchAt(step);
            };
            const outcome = await train({ ...run, batchAt, signal: controller.signal });
            expect(outcome).toEqual({ step: stop, stopped: 'aborted' });
          }
          await train(run);
          expect(files(run.folder)).toEqual(expected);
          const steps = readMetrics(runPaths(run.folder).metrics).flatMap((line) =>
            'loss' in line ? [line.step] : [],
          );
          expect(steps).toEqual(steps.toSorted((a, b) => a - b));
          expect(new Set(steps).size).toBe(steps.length);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('counts the tokens of every batch once, whether or not it was stopped', async () => {
    const run = newRun();
    const tokens = Array.from({ length: 12 }, (_, step) => run.batchAt(step))
      .flat()
      .reduce((sum, piece) => sum + piece.tokens, 0);
    const controller = new AbortController();
    const batchAt = (step: number) => {
      if (step === 6) controller.abort();
      return run.batchAt(step);
    };
    await train({ ...run, batchAt, signal: controller.signal });
    await train(run);
    const counts = readMetrics(runPaths(run.folder).metrics).map((line) =>
      'tokens' in line ? line.tokens : 0,
    );
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(tokens);
  });

  it('from earlier weights, with what their optimiser knew, is training that was never interrupted', async () => {
    const even = { warmupSteps: 0, finalLearningRate: 1 };
    const newest = ({ folder }: TrainingRun) =>
      readCheckpoint(listCheckpoints(runPaths(folder).checkpoints).at(-1)!.file);
    const whole = newRun({ ...even, steps: 12 });
    await train(whole);
    const first = newRun({ ...even, steps: 5 });
    await train(first);
    const further = newRun({ ...even, steps: 7 }, (step) => first.batchAt(step + 5));
    await train({ ...further, start: { ...newest(first), updates: 5 } });
    expect(newest(further)).toMatchObject({ step: 7 });
    expect(newest(further).params).toEqual(newest(whole).params);
    expect(newest(further).optimizer).toEqual(newest(whole).optimizer);

    const forgetful = newRun({ ...even, steps: 7 }, (step) => first.batchAt(step + 5));
    await train({ ...forgetful, start: { ...newest(first), optimizer: null, updates: 0 } });
    expect(newest(forgetful).params).not.toEqual(newest(whole).params);
  });

  it('goes on from the last checkpoint when later work was lost, and forgets its log', async () => {
    const whole = newRun();
    await train(whole);
    const run = newRun();
    await expect(
      train({ ...run, batchAt: (step) => (step < 7 ? run.batchAt(step) : fail()) }),
    ).rejects.toThrow('killed');
    writeFileSync(
      path.join(runPaths(run.folder).checkpoints, 'step-00000008.safetensors.1.tmp'),
      '',
    );
    await train(run);
    expect(files(run.folder)).toEqual(files(whole.folder));
  });

  it('that is finished does nothing more', async () => {
    const run = newRun();
    await train(run);
    const before = readFileSync(runPaths(run.folder).metrics);
    expect(await train({ ...run, batchAt: fail })).toEqual({ step: 12, stopped: 'finished' });
    expect(readFileSync(runPaths(run.folder).metrics)).toEqual(before);
  });

  it('keeps the checkpoint of lowest validation loss', async () => {
    const run = newRun({ learningRate: 1e-9 });
    // For a model that hardly learns, the second batch is the easiest.
    const seeds = [50, 52, 51];
    let at = 0;
    await train({ ...run, validationBatches: () => [[randomBatch(seeds[at++ % seeds.length]!)]] });
    const measured = readMetrics(runPaths(run.folder).metrics).flatMap((line) =>
      'validationLoss' in line ? [line] : [],
    );
    expect(measured.map(({ step }) => step)).toEqual([4, 8, 12]);
    const lowest = measured.reduce((a, b) => (b.validationLoss < a.validationLoss ? b : a));
    expect(lowest.step).toBe(8);
    expect(chooseCheckpoint(run.folder, SMALL_RUN).step).toBe(lowest.step);
  });

  it.each(['', 'null\n{"step":4}\n'])('keeps it where the log was lost: %j', async (log) => {
    const run = newRun({ learningRate: 1e-9 });
    const seeds = [52, 50, 51];
    let at = 0;
    const measuring = { ...run, validationBatches: () => [[randomBatch(seeds[at++]!)]] };
    const stopping = (step: number) => (step < 9 ? run.batchAt(step) : fail());
    await expect(train({ ...measuring, batchAt: stopping })).rejects.toThrow('killed');
    writeFileSync(runPaths(run.folder).metrics, log);
    await train(measuring);
    expect(Object.keys(files(run.folder))).toEqual([
      'step-00000004.safetensors',
      'step-00000012.safetensors',
    ]);
    expect(chooseCheckpoint(run.folder, SMALL_RUN).step).toBe(4);
  });

  it.each([
    [
      1,
      [1],
      /a weight is no longer finite at step 2 with learning rate 6\.67e\+29; checkpoints before are/,
    ],
    [12, [], /the loss became NaN at step 3 with learning rate 1\.00e\+30; checkpoints before are/],
  ])(
    'that diverges stops, naming step and learning rate, and keeps no such weights: saved every %i',
    async (checkpointEvery, kept, message) => {
      const run = newRun({ learningRate: 1e30, steps: 12, checkpointEvery });
      await expect(train(run)).rejects.toThrow(message);
      const checkpoints = listCheckpoints(runPaths(run.folder).checkpoints);
      expect(checkpoints.map(({ step }) => step)).toEqual(kept);
      for (const { file } of checkpoints) {
        expect(readCheckpoint(file).params.every(Number.isFinite)).toBe(true);
      }
    },
  );

  it('refuses a checkpoint of another optimiser, and keeps it', async () => {
    const run = newRun();
    await train(run);
    const before = files(run.folder);
    await expect(train({ ...run, optimizer: lion })).rejects.toThrow(
      /safetensors: holds the state of another optimiser: mean, square, not momentum$/,
    );
    expect(files(run.folder)).toEqual(before);
  });

  it('by another optimiser ends, stopped or not, with the same weights', async () => {
    const [whole, stopped] = [newRun(), newRun()].map((run) => ({ ...run, optimizer: lion }));
    await train(whole!);
    const stopping = (step: number) => (step < 9 ? stopped!.batchAt(step) : fail());
    await expect(train({ ...stopped!, batchAt: stopping })).rejects.toThrow('killed');
    await train(stopped!);
    const newest = 'step-00000012.safetensors';
    expect(files(stopped!.folder)[newest]).toBe(files(whole!.folder)[newest]);
  });

  it('refuses a checkpoint of another model', async () => {
    const run = newRun();
    await train(run);
    const config = { ...smallConfig, ffnDim: 16 };
    await expect(train({ ...run, config })).rejects.toThrow(/config is not the one of this run/);
  });

  it('leaves no tensor behind', async () => {
    await expectNoLeak(() => train(newRun()));
    expect(tf.engine().state.numTensors).toBe(tf.memory().numTensors);
  });
});

/** What `newRun` trains: the vocabulary of 2×2 mazes with one cost has eleven tokens. */
const SMALL_RUN = {
  model: smallConfig,
  data: { task: { environment: 'maze', width: 2, height: 2 } },
};

function fail(): never {
  throw new Error('killed');
}

function newRun(
  settings: Partial<TrainingRun['settings']> = {},
  batchAt = (step: number): readonly Batch[] =>
    splitBatch(randomBatch(createRng('batch').split(step).int(1e6)), 2),
): TrainingRun {
  return {
    settings: {
      steps: 12,
      learningRate: 0.01,
      warmupSteps: 3,
      finalLearningRate: 0.1,
      betas: [0.9, 0.99],
      weightDecay: 0.01,
      clipNorm: null,
      checkpointEvery: 4,
      maxMinutes: null,
      ...settings,
    },
    seed: 1,
    config: smallConfig,
    vocabulary: { environment: 'maze', coordinates: 2, costs: 1 },
    optimizer: adamw,
    batchAt,
    parts: 2,
    validationBatches: () => [splitBatch(randomBatch(2), 2)],
    folder: path.join(root, `run${count++}`),
  };
}

/** Every checkpoint that is left, by name. */
function files(folder: string): Record<string, string> {
  return Object.fromEntries(
    listCheckpoints(runPaths(folder).checkpoints).map(({ file }) => [
      path.basename(file),
      sha256(readFileSync(file)),
    ]),
  );
}
