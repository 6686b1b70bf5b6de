/**
 * The papers' loss: cross-entropy of the next token. A token's weight is its row's, see `Weighting`.
 */
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { defineObjective } from './objective.ts';

const settings = z.strictObject({});

export const nextToken = defineObjective(settings, () => ({
  groupSize: 1,
  tokenColumns: ['weight'],
  rowColumns: [],
  logged: [],
  keptLogits: 4,
  loss: ({ logits }, { targets, tokens }) => [
    weightedCrossEntropy(logits, targets, tokens['weight']!),
  ],
}));

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
