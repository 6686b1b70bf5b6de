/** Multi-head attention (Vaswani et al. 2017, section 3.2), without biases and dropout. */
import * as tf from '@tensorflow/tfjs-core';
import { linear, rotate, type Rotation } from './layers.ts';
import type { Params } from './params.ts';

/** Added to the scores of what must not be seen. */
export const HIDDEN = -1e9;

export interface KeyValue {
  /** [B, H, S, d] each. */
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/** Query, key and value of x [B, L, D] for self-attention, rotated by position: [B, H, L, d]. */
export function selfProjections(
  x: tf.Tensor,
  params: Params,
  { layer, heads, positions }: { layer: string; heads: number; positions: Rotation },
): { query: tf.Tensor } & KeyValue {
  const [batch, length, dim] = x.shape as [number, number, number];
  const joint = linear(x, params[`${layer}.attention.queryKeyValue`]!); // [B, L, 3D]
  const [queryKey, value] = tf.split(
    tf.transpose(tf.reshape(joint, [batch, length, 3, heads, dim / heads]), [2, 0, 3, 1, 4]),
    [2, 1],
  ) as [tf.Tensor, tf.Tensor]; // [2, B, H, L, d], [1, B, H, L, d]
  const [query, key] = tf.unstack(rotate(queryKey, positions)) as [tf.Tensor, tf.Tensor];
  return { query, key, value: tf.squeeze(value, [0]) };
}

/** Keys and values of the encoder's output [B, S, D] for cross-attention. */
export function crossKeyValue(
  memory: tf.Tensor,
  params: Params,
  { layer, heads }: { layer: string; heads: number },
): KeyValue {
  const [batch, length, dim] = memory.shape as [number, number, number];
  const joint = linear(memory, params[`${layer}.crossAttention.keyValue`]!); // [B, S, 2D]
  const [key, value] = tf.unstack(
    tf.transpose(tf.reshape(joint, [batch, length, 2, heads, dim / heads]), [2, 0, 3, 1, 4]),
  ) as [tf.Tensor, tf.Tensor];
  return { key, value };
}

/** x [B, L, D] as queries [B, H, L, d] for cross-attention. */
export function crossQuery(
  x: tf.Tensor,
  params: Params,
  { layer, heads }: { layer: string; heads: number },
): tf.Tensor {
  return splitHeads(linear(x, params[`${layer}.crossAttention.query`]!), heads);
}

/**
 * softmax(query · keyᵀ / √d + mask) · value, heads merged: [B, L, D].
 * @param mask added to the scores [B, H, L, S]; null where everything may be seen
 */
export function attend(
  query: tf.Tensor,
  { key, value }: KeyValue,
  mask: tf.Tensor | null,
): tf.Tensor {
  const scaled = tf.mul(query, 1 / Math.sqrt(query.shape[3]!));
  return mergeHeads(softmaxAttention(scaled, { key, value }, mask));
}

/**
 * [B, H, L, d]. In the gradient, the sum that a softmax subtracts from the gradient of each row of
 * weights is that row's product of output and output gradient (Dao et al. 2022, appendix B.2), which
 * spares two passes over all scores.
 */
function softmaxAttention(
  query: tf.Tensor,
  { key, value }: KeyValue,
  mask: tf.Tensor | null,
): tf.Tensor {
  const op = tf.customGrad((...inputs) => {
    const [query, key, value, save] = inputs as unknown as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    const scores = tf.matMul(query, key, false, true); // [B, H, L, S]
    const weights = tf.softmax(mask === null ? scores : tf.add(scores, mask));
    const output = tf.matMul(weights, value);
    save([query, key, value, weights, output]);
    return {
      value: output,
      gradFunc: (dy, saved) => {
        const [query, key, value, weights, output] = saved;
        const along = tf.sum(tf.mul(dy, output!), -1, true); // [B, H, L, 1]
        const dWeights = tf.matMul(dy, value!, false, true);
        const dScores = tf.mul(weights!, tf.sub(dWeights, along));
        return [
          tf.matMul(dScores, key!),
          tf.matMul(dScores, query!, true),
          tf.matMul(weights!, dy, true),
        ];
      },
    };
  });
  return op(query, key, value);
}

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

function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, length, dim] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, heads, dim / heads]), [0, 2, 1, 3]);
}

function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, length, headDim] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * headDim]);
}
