import * as tf from '@tensorflow/tfjs-core';

/** Zeros that the library makes, where `tf.zeros` would make them here and hand them over. */
export function zeros(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor {
  return tf.fill(shape, 0, dtype);
}
