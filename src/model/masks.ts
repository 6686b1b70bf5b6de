/** What attention must not see, as numbers that are added to its scores. */
import * as tf from '@tensorflow/tfjs-core';

/** Added to the scores of what must not be seen. */
export const HIDDEN = -1e9;

/**
 * Added to scores [B, H, L, S]: a tensor that broadcasts to them, null for nothing, or 'causal', where
 * L = S, which hides from each position what comes after it, and needs no memory for long sequences.
 */
export type Mask = tf.Tensor | 'causal' | null;

/** [1, 1, L, L]: a position sees itself and what came before. Computed, so that a graph holds none. */
export function causalMask(length: number): tf.Tensor {
  const positions = tf.range(0, length, 1, 'int32');
  const later = tf.greater(tf.reshape(positions, [1, -1]), tf.reshape(positions, [-1, 1]));
  return tf.reshape(tf.mul(tf.cast(later, 'float32'), HIDDEN), [1, 1, length, length]);
}

/** [B, 1, 1, S]: nobody sees the padding behind `lengths` tokens. */
export function paddingMask(lengths: ArrayLike<number>, size: number): tf.Tensor {
  const mask = new Float32Array(lengths.length * size);
  for (let row = 0; row < lengths.length; row++) {
    mask.fill(HIDDEN, row * size + lengths[row]!, (row + 1) * size);
  }
  return tf.tensor4d(mask, [lengths.length, 1, 1, size]);
}
