/**
 * The papers' loss: cross-entropy averaged over the tokens of a sequence, then over sequences (as in
 * the released code), so that a short response weighs as much as a long one.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../data/shapes.ts';
import { paddingMask } from '../model/masks.ts';
import { decode, encode, positionsOf, readMemory, type Model } from '../model/transformer.ts';

/** Sequences padded to common lengths; see `src/data/batches.ts`. */
export interface TokenBatch extends Shape {
  /** [B, P] row by row: bos prompt eos, padding. */
  readonly prompt: Int32Array;
  readonly promptLengths: Int32Array;
  /** [B, T] row by row: bos reasoning plan eos, padding. */
  readonly response: Int32Array;
  readonly responseLengths: Int32Array;
}

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
  /** [B, N], 1 / (B · length of the sequence), 0 on padding */
  readonly weights: tf.Tensor2D;
}

/**
 * The caller disposes the tensors.
 * @param shape to pad to, the batch's own unless given; added rows weigh nothing
 */
export function lossInputs(batch: TokenBatch, shape: Shape = batch): LossInputs {
  const { B, P } = shape;
  const N = shape.T - 1;
  const prompt = new Int32Array(B * P);
  const inputs = new Int32Array(B * N);
  const targets = new Int32Array(B * N);
  const weights = new Float32Array(B * N);
  const promptLengths = new Int32Array(B).fill(1);
  promptLengths.set(batch.promptLengths);
  for (let row = 0; row < batch.B; row++) {
    const predicted = batch.responseLengths[row]! - 1;
    const response = batch.response.subarray(row * batch.T, row * batch.T + predicted + 1);
    prompt.set(batch.prompt.subarray(row * batch.P, (row + 1) * batch.P), row * P);
    inputs.set(response.subarray(0, predicted), row * N);
    targets.set(response.subarray(1), row * N);
    weights.fill(1 / (batch.B * predicted), row * N, row * N + predicted);
  }
  return {
    prompt: tf.tensor2d(prompt, [B, P], 'int32'),
    promptMask: paddingMask(promptLengths, P),
    inputs: tf.tensor2d(inputs, [B, N], 'int32'),
    targets: tf.tensor2d(targets, [B, N], 'int32'),
    weights: tf.tensor2d(weights, [B, N]),
  };
}

/** @returns the loss in nats, a scalar */
export function sequenceLoss(model: Model, batch: LossInputs): tf.Scalar {
  const length = batch.inputs.shape[1];
  const memory = readMemory(model, encode(model, batch.prompt, batch.promptMask));
  const { logits } = decode(model, batch.inputs, {
    memory,
    memoryMask: batch.promptMask,
    selfMask: 'causal',
    positions: positionsOf(model.config, length),
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
