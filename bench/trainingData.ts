/** The batches of a workload, the same in every process: the kit's, and PyTorch's of the same tokens. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRng } from '../envs/rng.ts';
import { dropStrategy } from '../traces/drop.ts';
import { createVocabulary } from '../traces/vocabulary.ts';
import { padded, type Batch } from '../src/data/batch.ts';
import { createBatches } from '../src/data/batches.ts';
import { readSplit } from '../src/data/dataset.ts';
import { generateDataset } from '../src/data/generate.ts';
import { EXACT } from '../src/data/ladder.ts';
import type { TokenBatch } from '../src/training/objectiveInputs.ts';
import { mazeTask, settingsOf } from './generation.ts';
import type { MazeData, UniformData, Workload } from './workloads.ts';

export interface TrainingData {
  readonly vocabSize: number;
  /** The batches of a round. */
  readonly batches: readonly Batch[];
}

/** Token ids, bos and eos included. */
export interface Sequence {
  readonly prompt: readonly number[];
  readonly response: readonly number[];
}

export async function trainingData({ data }: Pick<Workload, 'data'>): Promise<TrainingData> {
  return data.kind === 'uniform' ? uniformData(data) : await mazeData(data);
}

/** The sequences of a batch without their padding. */
export function sequencesOf({ B, P, T, ...batch }: TokenBatch): Sequence[] {
  return Array.from({ length: B }, (_, row) => ({
    prompt: [...batch.prompt.subarray(row * P, row * P + batch.promptLengths[row]!)],
    response: [...batch.response.subarray(row * T, row * T + batch.responseLengths[row]!)],
  }));
}

/** All sequences of the batches in random order, cut into batches of `size`. */
export function inRandomBatches(batches: readonly TokenBatch[], size: number): Sequence[][] {
  const sequences = createRng('order').shuffle(batches.flatMap(sequencesOf));
  return Array.from({ length: Math.ceil(sequences.length / size) }, (_, i) =>
    sequences.slice(i * size, (i + 1) * size),
  );
}

/** Tokens that are read in prompts and predicted in responses, padding not counted. */
export function tokensOf({ tokens, B }: Batch): number {
  return tokens - B;
}

function uniformData({ B, prompt, response, vocabSize, steps }: UniformData): TrainingData {
  const rng = createRng('batch');
  const ids = (length: number): Uint16Array =>
    Uint16Array.from({ length }, () => rng.int(vocabSize));
  // With bos and eos, as many tokens as wanted; one more in the response, which predicts none.
  const sequences = Array.from({ length: B }, (_, row) => ({
    row,
    level: 0,
    prompt: ids(prompt - 2),
    reasoning: ids(response - 1),
    plan: new Uint16Array(0),
  }));
  const batch = padded(sequences, { ladder: EXACT, meanPredicted: null });
  return { vocabSize, batches: Array.from({ length: steps }, () => batch) };
}

async function mazeData({ side, count, batchSize }: MazeData): Promise<TrainingData> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kit-bench-'));
  try {
    const manifest = await generateDataset(settingsOf(mazeTask(side), count), { out: folder });
    const vocabulary = createVocabulary(manifest.vocabulary);
    const split = readSplit(folder, 'train');
    const batches = createBatches(split, {
      batchSize,
      seed: 'bench',
      strategy: dropStrategy('dualformer', 'maze'),
      vocabulary,
    });
    const pass = Array.from({ length: batches.batchesPerPass }, (_, step) => batches.at(step));
    return { vocabSize: vocabulary.size, batches: pass };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
