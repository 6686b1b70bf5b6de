/**
 * Gradients of output = softmax(query · keyᵀ + mask) · value. What a softmax subtracts from the gradient
 * of each row of weights is that row's product of output and output gradient (Dao et al. 2022, appendix
 * B.2), which spares two passes over all weights.
 */
import * as tf from '@tensorflow/tfjs-core';

/** query [B, H, L, d]; key, scaled already, and value [B, H, S, d]. */
export type Inputs = [query: tf.Tensor, key: tf.Tensor, value: tf.Tensor];

/** [B, H, L, 1], of output and its gradient [B, H, L, d]. */
export function alongOutput(dy: tf.Tensor, output: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(dy, output), -1, true);
}

/**
 * @param computed weights [B, H, L, S], gradient of the output, and `alongOutput` of both
 * @returns by query, key and value
 */
export function attentionGradients(
  [query, key, value]: Inputs,
  { weights, dy, along }: Readonly<Record<'weights' | 'dy' | 'along', tf.Tensor>>,
): Inputs {
  const dWeights = tf.matMul(dy, value, false, true);
  const dScores = tf.mul(weights, tf.sub(dWeights, along));
  return [tf.matMul(dScores, key), tf.matMul(dScores, query, true), tf.matMul(weights, dy, true)];
}
