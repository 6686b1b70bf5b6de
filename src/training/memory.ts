/**
 * What a recorded update takes of the machine's memory, foreseen from the sizes of its tensors, so
 * that a batch too large is refused before the first step instead of ending the process within it.
 */
import os from 'node:os';
import { InputError } from '../../envs/inputError.ts';
import type { Shape } from '../data/batch.ts';
import { attentionBlocks } from '../model/attentionBlocks.ts';
import type { ModelConfig } from '../model/config.ts';
import { paramCount } from '../model/params.ts';

/** The native library, Node and the data of a run. */
const PROCESS_BYTES = 450e6;

/** Vectors of all parameters: variables, gradient and the optimiser's intermediate results. */
const VECTORS = 9;
/** More of them in each part: parameters split up, and their gradients before they are joined. */
const VECTORS_PER_PART = 2;

/**
 * What layers keep for the gradient, in numbers: per token and layer, multiples of the model's width
 * and of the hidden size of its feed-forward layers; per pair of positions that attention compares, in
 * each layer, and more for the layer at work. Layers in blocks keep their inputs only, and compare the
 * queries of one block at a time. Counted in the graph, and within a fifth of the peaks that were
 * measured (tiny, s and m-s).
 */
const KEPT = { encoderWidth: 12, decoderWidth: 18, hidden: 5, inBlocks: 8 };
const PAIRS = { kept: 1, atWork: 2, inBlocks: 3 };

/** Bytes at the peak of an update on one round of `parts` parts, all rows of `shape` together. */
export function updateBytes(config: ModelConfig, { B, P, T }: Shape, parts: number): number {
  const { dim, ffnDim, heads, encoderLayers, decoderLayers, vocabSize } = config;
  const blocks = attentionBlocks(P, T - 1);
  const vectors = paramCount(config) * (VECTORS + VECTORS_PER_PART * parts);
  const logits = B * T * vocabSize * 4;
  /** Of the layers of one side, whose positions see `seen` in all. */
  const layers = (
    count: number,
    { length, width, seen, inBlocks }: Record<'length' | 'width' | 'seen' | 'inBlocks', number>,
  ): number => {
    const whole = width * dim + KEPT.hidden * ffnDim;
    const pairs = B * heads * length * seen;
    return inBlocks > 1
      ? B * length * (KEPT.inBlocks * dim * count + whole) + (pairs * PAIRS.inBlocks) / inBlocks
      : B * length * whole * count + pairs * (PAIRS.kept * count + PAIRS.atWork);
  };
  const encoder = layers(encoderLayers, {
    length: P,
    width: KEPT.encoderWidth,
    seen: P,
    inBlocks: blocks.encoder,
  });
  const decoder = layers(decoderLayers, {
    length: T,
    width: KEPT.decoderWidth,
    seen: T + P,
    inBlocks: blocks.decoder,
  });
  return PROCESS_BYTES + 4 * (vectors + encoder + decoder + logits);
}

export interface MemoryPlan {
  readonly config: ModelConfig;
  /** A batch of the longest sequences. */
  readonly longest: Shape;
  readonly parts: number;
  readonly rounds: number;
}

/**
 * @throws InputError naming what does not fit: the model, or the longest batches, and then settings with
 *   which they do
 */
export function checkMemory(
  { config, longest, parts, rounds }: MemoryPlan,
  available = availableBytes(),
): void {
  checkModelMemory(config, available);
  const { B, P, T } = longest;
  const needed = (rows: number): number =>
    updateBytes(config, { B: rows, P, T }, Math.min(parts, rows));
  const perRound = Math.ceil(B / rounds);
  if (needed(perRound) <= available) return;
  const what = `${perRound.toLocaleString('en')} sequences of up to ${P} + ${T} tokens at once`;
  const short = `training.batchSize: ${what} need about ${gigabytes(needed(perRound))}, and ${gigabytes(available)} are free`;
  const fitting = most(perRound, (rows) => needed(rows) <= available);
  if (fitting === 0) {
    throw new InputError(`${short}; so do not even single ones: train on shorter traces`);
  }
  const more = Math.ceil(B / fitting);
  throw new InputError(
    `${short}: ${fitting} fit, with training.batchSize=${fitting * rounds}, or in rounds with training.rounds=${more}`,
  );
}

/** Prompts and responses that no training is without: a start and a goal, and a plan of two positions. */
const SHORTEST = { P: 6, T: 8 };

/**
 * What can be told before there are data: that batches would not fit even with the shortest sequences.
 * @throws InputError naming the model or the batches
 */
export function checkLeastMemory(
  {
    config,
    parts,
    rounds,
    batchSize,
  }: Omit<MemoryPlan, 'longest'> & { readonly batchSize: number },
  available = availableBytes(),
): void {
  checkModelMemory(config, available);
  const B = Math.ceil(batchSize / rounds);
  const bytes = updateBytes(config, { B, ...SHORTEST }, Math.min(parts, B));
  if (bytes <= available) return;
  throw new InputError(
    `training.batchSize: ${B.toLocaleString('en')} sequences at once need ${gigabytes(bytes)} even if they are ` +
      `short, and ${gigabytes(available)} are free: lower it, or raise training.rounds`,
  );
}

/** @throws InputError if the model can't be trained on any batch */
function checkModelMemory(config: ModelConfig, available: number): void {
  const bytes = updateBytes(config, { B: 1, ...SHORTEST }, 1);
  if (bytes <= available) return;
  const params = paramCount(config).toLocaleString('en');
  throw new InputError(
    `model: ${params} parameters and their optimiser need about ${gigabytes(bytes)}, and ` +
      `${gigabytes(available)} are free: take a smaller model`,
  );
}

/** The largest whole number up to `limit` for which `fits` holds, as for all below it; 0 if there is none. */
function most(limit: number, fits: (count: number) => boolean): number {
  let [good, bad] = [0, limit + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** Of this machine, or of the container that limits this process. */
export function availableBytes(): number {
  // macOS counts what it could free at once as used.
  if (process.platform === 'darwin') return os.totalmem();
  const constrained = process.constrainedMemory();
  const limit = constrained > 0 && constrained < os.totalmem() ? constrained : Infinity;
  return Math.min(os.freemem() + process.memoryUsage.rss(), limit);
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
