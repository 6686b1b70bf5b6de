import * as tf from '@tensorflow/tfjs-core';
import { createRng } from '../../envs/rng.ts';
import { modelConfig, type ModelConfig } from '../../src/model/config.ts';
import { initialParams } from '../../src/model/params.ts';
import { splitParams } from '../../src/model/paramTensors.ts';
import type { Model } from '../../src/model/transformer.ts';
import type { Batch } from '../../src/data/batch.ts';
import { EXACT } from '../../src/data/ladder.ts';

export const SMALL_VOCABULARY = 11;

/** Small enough for a backend in plain JavaScript. */
export const smallConfig: ModelConfig = modelConfig(
  { dim: 8, encoderLayers: 1, decoderLayers: 2, heads: 2, ffnDim: 12 },
  SMALL_VOCABULARY,
);

export function smallParams(seed: number): Float32Array {
  return initialParams(smallConfig, createRng(seed));
}

/** The caller disposes `model.params`. */
export function smallModel(seed: number): Model {
  return tf.tidy(() => {
    const flat = tf.tensor1d(smallParams(seed));
    return { config: smallConfig, params: splitParams(smallConfig, flat) } as never;
  });
}

/** Random ids; lengths include bos and eos and vary from row to row. */
export function randomBatch(
  seed: number,
  { B = 3, P = 6, T = 8, vocabSize = SMALL_VOCABULARY } = {},
): Batch {
  const rng = createRng(seed);
  const lengths = (longest: number): Int32Array =>
    Int32Array.from({ length: B }, (_, row) => (row === 0 ? longest : 2 + rng.int(longest - 1)));
  const promptLengths = lengths(P);
  const responseLengths = lengths(T);
  const rows = (size: number, of: Int32Array): Int32Array =>
    Int32Array.from({ length: B * size }, (_, i) =>
      i % size < of[Math.floor(i / size)]! ? rng.int(vocabSize) : 0,
    );
  const prompt = rows(P, promptLengths);
  const response = rows(T, responseLengths);
  const tokens = [...promptLengths, ...responseLengths].reduce((a, b) => a + b);
  const weights = Float32Array.from(responseLengths, (length) => 1 / (B * (length - 1)));
  const [ids, levels] = [Uint32Array.from({ length: B }, (_, i) => i), new Uint8Array(B)];
  const lengthsAndIds = { prompt, promptLengths, response, responseLengths, rows: ids, levels };
  return { ...lengthsAndIds, weights, share: 1 / B, B, P, T, tokens, ladder: EXACT };
}
