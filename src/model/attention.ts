/** Multi-head attention (Vaswani et al. 2017, section 3.2), without biases and dropout. */
import * as tf from '@tensorflow/tfjs-core';
import { alongOutput, attentionGradients } from './attentionGradients.ts';
import { blockAttention } from './blockAttention.ts';
import { rotate, type Rotation } from './layers.ts';
import { causalMask, type Mask } from './masks.ts';

export interface KeyValue {
  /** [B, H, S, d] each. */
  readonly key: tf.Tensor;
  readonly value: tf.Tensor;
}

/** Query, key and value of self-attention, rotated by position, of what projects to all three: [B, L, 3D]. */
export function splitProjections(
  joint: tf.Tensor,
  { heads, positions }: { heads: number; positions: Rotation },
): { query: tf.Tensor } & KeyValue {
  const [batch, length, width] = joint.shape as [number, number, number];
  const [dim, headDim] = [width / 3, width / 3 / heads];
  const [queryKey, value] = tf.split(joint, [2 * dim, dim], 2) as [tf.Tensor, tf.Tensor];
  const parts = tf.reshape(queryKey, [batch, length, 2, heads, headDim]);
  const rotated = rotate(tf.transpose(parts, [2, 0, 3, 1, 4]), positions); // [2, B, H, L, d]
  const [query, key] = tf.unstack(rotated) as [tf.Tensor, tf.Tensor];
  return { query, key, value: splitHeads(value, heads) };
}

/** Keys and values, apart and by head, of what projects to both: [B, S, 2D]. */
export function splitKeyValue(joint: tf.Tensor, heads: number): KeyValue {
  const [batch, length, width] = joint.shape as [number, number, number];
  const parts = tf.reshape(joint, [batch, length, 2, heads, width / 2 / heads]);
  const [key, value] = tf.unstack(tf.transpose(parts, [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor];
  return { key, value };
}

export interface AttendOptions {
  readonly mask: Mask;
  readonly blocks: number;
}

/** softmax(query · keyᵀ / √d + mask) · value: [B, H, L, d]. */
export function attend(
  query: tf.Tensor,
  { key, value }: KeyValue,
  { mask, blocks }: AttendOptions,
): tf.Tensor {
  const [, , length, headDim] = query.shape as [number, number, number, number];
  // A scaled query, its product with the key and a mask would be fused, without gradients, into an
  // operation that the native library computes a hundred times slower.
  const scaled = tf.mul(key, 1 / Math.sqrt(headDim));
  if (blocks > 1) {
    return blockAttention([query, scaled, value], { mask, size: Math.ceil(length / blocks) });
  }
  return attentionAtOnce([query, scaled, value], mask === 'causal' ? causalMask(length) : mask);
}

/** Attention of queries [B, L, D] to keys and values that are split already: [B, L, D]. */
export function attendAcross(
  query: tf.Tensor,
  memory: KeyValue,
  { heads, ...options }: AttendOptions & { readonly heads: number },
): tf.Tensor {
  return mergeHeads(attend(splitHeads(query, heads), memory, options));
}

/** softmax(query · keyᵀ + mask) · value: [B, H, L, d]; the key is scaled already. */
function attentionAtOnce(
  inputs: readonly [query: tf.Tensor, key: tf.Tensor, value: tf.Tensor],
  mask: tf.Tensor | null,
): tf.Tensor {
  const op = tf.customGrad((...args) => {
    const [query, key, value, save] = args as unknown as [
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
        const along = alongOutput(dy, output!);
        return attentionGradients([query!, key!, value!], { weights: weights!, dy, along });
      },
    };
  });
  return op(...inputs);
}

/** Of what `attend` returns, with the heads side by side: [B, L, D]. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, length, headDim] = x.shape as [number, number, number, number];
  const byPosition = length === 1 ? x : tf.transpose(x, [0, 2, 1, 3]);
  return tf.reshape(byPosition, [batch, length, heads * headDim]);
}

/** x [B, L, D] as [B, H, L, d]. */
function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, length, dim] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, heads, dim / heads]), [0, 2, 1, 3]);
}
