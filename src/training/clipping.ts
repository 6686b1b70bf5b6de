/** Gradient clipping by the norm of the whole gradient (Pascanu et al. 2013), as PyTorch has it. */
import * as tf from '@tensorflow/tfjs-core';

/** @param largest norm that is left as it is; null leaves all */
export function clipped(gradient: tf.Tensor1D, largest: number | null): tf.Tensor1D {
  if (largest === null) return gradient;
  return tf.tidy(() => {
    const norm = tf.sqrt(tf.sum(tf.square(gradient)));
    return tf.mul(gradient, tf.minimum(1, tf.div(largest, tf.add(norm, 1e-6))));
  });
}
