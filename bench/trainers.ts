/** The kit's trainer of a workload, and how many pieces of a batch it computes side by side. */
import type { Precision } from '../src/engine/program.ts';
import { modelConfig } from '../src/model/config.ts';
import { adamw } from '../src/optimizers/adamw.ts';
import { blocksOf, createTrainer, type Trainer } from '../src/training/trainer.ts';
import { SETTINGS, startingParams } from './programs.ts';
import type { TrainingData } from './trainingData.ts';
import type { Workload } from './workloads.ts';

export function partsOf({ batches }: TrainingData, threads: number): number {
  return Math.min(threads, Math.max(...batches.map(({ B }) => B)));
}

export function trainerOf(
  { size }: Pick<Workload, 'size'>,
  { batches, vocabSize }: TrainingData,
  { parts, precision }: { parts: number; precision: Precision },
): Trainer {
  const config = modelConfig(size, vocabSize);
  const params = startingParams(config);
  return createTrainer(
    { params },
    {
      config,
      optimizer: adamw,
      settings: SETTINGS,
      parts,
      blocks: blocksOf({
        prompts: batches.map(({ P }) => P),
        responses: batches.map(({ T }) => T),
      }),
      precision,
    },
  );
}
