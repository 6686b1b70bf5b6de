import * as tf from '@tensorflow/tfjs-core';

/** `tf.tidy` for a function that returns any record of tensors. */
export function tidied<T>(make: () => T): T {
  return tf.tidy(make as unknown as () => tf.TensorContainer) as unknown as T;
}
