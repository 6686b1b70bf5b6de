/** The next token of each row from its logits [R, V]. */
import * as tf from '@tensorflow/tfjs-core';
import { HIDDEN } from './masks.ts';

/** How tokens are chosen. */
export interface Choice {
  /** The likeliest token, instead of a draw. */
  readonly greedy: boolean;
  /** Draws from the k likeliest tokens only (Fan et al. 2018, section 5.4). */
  readonly topK?: number;
  /**
   * Draws from the likeliest tokens that together have this probability, the one that reaches it
   * included (Holtzman et al. 2020, section 3.1).
   */
  readonly topP?: number;
}

/** int32 [R]: the first of the likeliest tokens, or a draw from softmax(logits / temperature). */
export function chooseTokens(
  logits: tf.Tensor,
  { greedy, topK, topP }: Choice,
  {
    temperature,
    uniforms,
  }: {
    readonly temperature: tf.Tensor;
    /** [R] in [0, 1). */
    readonly uniforms: () => tf.Tensor;
  },
): tf.Tensor {
  if (greedy) return tf.argMax(logits, -1);
  let kept = tf.div(logits, temperature);
  if (topK !== undefined) kept = likeliest(kept, topK);
  if (topP !== undefined) kept = nucleus(kept, topP);
  return draw(tf.softmax(kept), uniforms());
}

/** Inverts the cumulative distribution of each row: the first token at which it exceeds the draw. */
function draw(probabilities: tf.Tensor, uniforms: tf.Tensor): tf.Tensor {
  const [rows, vocabSize] = probabilities.shape as [number, number];
  const cumulative = tf.cumsum(probabilities, 1);
  const total = tf.slice(cumulative, [0, vocabSize - 1], [rows, 1]);
  const reached = tf.lessEqual(cumulative, tf.mul(tf.reshape(uniforms, [rows, 1]), total));
  return tf.sum(tf.cast(reached, 'int32'), 1);
}

function likeliest(logits: tf.Tensor, k: number): tf.Tensor {
  const [rows, vocabSize] = logits.shape as [number, number];
  if (k >= vocabSize) return logits;
  const { values } = tf.topk(logits, k);
  return hideBelow(logits, tf.slice(values, [0, k - 1], [rows, 1]));
}

function nucleus(logits: tf.Tensor, share: number): tf.Tensor {
  const [, vocabSize] = logits.shape as [number, number];
  const { values } = tf.topk(logits, vocabSize);
  const before = tf.cumsum(tf.softmax(values), 1, true);
  // The last one needed is the smallest of those before which the share was not reached yet.
  const needed = tf.less(before, share);
  const smallest = tf.min(
    tf.add(values, tf.mul(tf.cast(tf.logicalNot(needed), 'float32'), -HIDDEN)),
    1,
    true,
  );
  return hideBelow(logits, smallest);
}

function hideBelow(logits: tf.Tensor, smallest: tf.Tensor): tf.Tensor {
  return tf.add(logits, tf.mul(tf.cast(tf.less(logits, smallest), 'float32'), HIDDEN));
}

/** [R]: ln softmax(logits) of the tokens int32 [R]. */
export function logProbabilityOf(logits: tf.Tensor, tokens: tf.Tensor): tf.Tensor {
  const wanted = tf.cast(tf.oneHot(tokens, logits.shape[1]!), 'float32');
  return tf.sum(tf.mul(tf.logSoftmax(logits), wanted), 1);
}
