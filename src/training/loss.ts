/** The papers' loss: cross-entropy of the next token, weighted by row; see `Weighting`. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import { AT_ONCE, type AttentionBlocks } from '../model/attentionBlocks.ts';
import { paddingMask } from '../model/masks.ts';
import { causalAttention, decode, encode, readMemory, type Model } from '../model/transformer.ts';

/** What training needs of a batch. */
export type TokenBatch = Pick<
  Batch,
  'B' | 'P' | 'T' | 'prompt' | 'promptLengths' | 'response' | 'responseLengths' | 'weights'
>;

/** What the model reads of a batch, as tensors; N = T − 1 positions predict the next token. */
export interface LossInputs {
  /** [B, P] int32 */
  readonly prompt: tf.Tensor2D;
  /** [B, 1, 1, P], 0 or hidden */
  readonly promptMask: tf.Tensor;
  /** [B, N] int32 */
  readonly inputs: tf.Tensor2D;
  /** [B, N] int32 */
  readonly targets: tf.Tensor2D;
  /** [B, N], the batch's, 0 on padding */
  readonly weights: tf.Tensor2D;
}

/**
 * Prompts and responses are padded further to whole blocks of attention. The caller disposes the
 * tensors.
 */
export function lossInputs(batch: TokenBatch, blocks: AttentionBlocks = AT_ONCE): LossInputs {
  const { B, T } = batch;
  const P = roundUp(batch.P, blocks.encoder);
  const N = roundUp(T - 1, blocks.decoder);
  const prompt = new Int32Array(B * P);
  const inputs = new Int32Array(B * N);
  const targets = new Int32Array(B * N);
  const weights = new Float32Array(B * N);
  for (let row = 0; row < B; row++) {
    const predicted = batch.responseLengths[row]! - 1;
    const response = batch.response.subarray(row * T, row * T + predicted + 1);
    prompt.set(batch.prompt.subarray(row * batch.P, (row + 1) * batch.P), row * P);
    inputs.set(response.subarray(0, predicted), row * N);
    targets.set(response.subarray(1), row * N);
    weights.fill(batch.weights[row]!, row * N, row * N + predicted);
  }
  return {
    prompt: tf.tensor2d(prompt, [B, P], 'int32'),
    promptMask: paddingMask(batch.promptLengths, P),
    inputs: tf.tensor2d(inputs, [B, N], 'int32'),
    targets: tf.tensor2d(targets, [B, N], 'int32'),
    weights: tf.tensor2d(weights, [B, N]),
  };
}

function roundUp(length: number, multiple: number): number {
  return Math.ceil(length / multiple) * multiple;
}

/** @returns the loss in nats, a scalar */
export function sequenceLoss(model: Model, batch: LossInputs): tf.Scalar {
  const length = batch.inputs.shape[1];
  const memory = readMemory(model, encode(model, batch.prompt, batch.promptMask));
  const logits = decode(model, batch.inputs, {
    memory,
    memoryMask: batch.promptMask,
    selfAttention: causalAttention(model, length),
  });
  return weightedCrossEntropy(logits, batch.targets, batch.weights);
}

/** Σ weights · −log softmax(logits)[targets]; logits [B, N, V], targets and weights [B, N]. */
export function weightedCrossEntropy(
  logits: tf.Tensor,
  targets: tf.Tensor,
  weights: tf.Tensor,
): tf.Scalar {
  const vocabSize = logits.shape[2]!;
  const rowWeights = tf.reshape(weights, [-1, 1]); // [B·N, 1]
  const wanted = tf.mul(tf.oneHot(tf.reshape(targets, [-1]), vocabSize), rowWeights); // [B·N, V]
  const op = tf.customGrad((...inputs) => {
    const [rows, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    const logProbabilities = tf.logSoftmax(rows);
    save([logProbabilities, wanted, rowWeights]);
    return {
      value: tf.neg(tf.sum(tf.mul(wanted, logProbabilities))),
      gradFunc: (dy, saved) => {
        const [logProbabilities, wanted, rowWeights] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const expected = tf.mul(tf.exp(logProbabilities), rowWeights);
        return tf.mul(tf.sub(expected, wanted), dy);
      },
    };
  });
  return op(tf.reshape(logits, [-1, vocabSize])) as tf.Scalar;
}
