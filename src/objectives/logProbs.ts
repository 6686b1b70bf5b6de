/** Log-probabilities of tokens that are given. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * log softmax(logits)[targets], differentiable in the logits.
 * @param logits [B, N, V] @param targets [B, N] int32 @returns [B, N] nats
 */
export function tokenLogProbs(logits: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const vocabSize = logits.shape[2]!;
  const chosen = tf.cast(tf.oneHot(tf.reshape(targets, [-1]), vocabSize), 'float32'); // [B·N, V]
  const op = tf.customGrad((...inputs) => {
    const [rows, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    const logProbabilities = tf.logSoftmax(rows);
    save([logProbabilities, chosen]);
    return {
      value: tf.sum(tf.mul(chosen, logProbabilities), -1), // [B·N]
      gradFunc: (dy, saved) => {
        const [logProbabilities, chosen] = saved as [tf.Tensor, tf.Tensor];
        const gap = tf.sub(chosen, tf.exp(logProbabilities));
        return tf.mul(gap, tf.reshape(dy, [-1, 1]));
      },
    };
  });
  return tf.reshape(op(tf.reshape(logits, [-1, vocabSize])), targets.shape);
}

/** Sums over the predicted tokens of each row: [B, N] -> [B]. */
export function rowSums(values: tf.Tensor, predicted: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(values, predicted), -1);
}
