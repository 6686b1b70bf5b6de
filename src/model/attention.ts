/** Multi-head attention (Vaswani et al. 2017, section 3.2), without biases and dropout. */
import * as tf from '@tensorflow/tfjs-core';
import { BLOCK, blockAttention } from './blockAttention.ts';
import { linear, rotate, type Rotation } from './layers.ts';
import { causalMask, type Mask } from './masks.ts';
import type { Params } from './params.ts';

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

/** softmax(query · keyᵀ / √d + mask) · value: [B, H, L, d]. */
export function attend(query: tf.Tensor, { key, value }: KeyValue, mask: Mask): tf.Tensor {
  const [, , length, headDim] = query.shape as [number, number, number, number];
  const scaled = tf.mul(query, 1 / Math.sqrt(headDim));
  if (attentionBlocks(length, key.shape[2]) > 1) {
    return blockAttention([scaled, key, value], { mask });
  }
  const scores = tf.matMul(scaled, key, false, true); // [B, H, L, S]
  const added = mask === 'causal' ? causalMask(length) : mask;
  const weights = tf.softmax(added === null ? scores : tf.add(scores, added));
  return tf.matMul(weights, value);
}

/**
 * The number of blocks in which attention is computed, 1 where it is computed at once. The operations of
 * two models are the same, but for sizes, if these numbers are, in all three kinds of attention.
 */
export function attentionBlocks(queries: number, keys = queries): number {
  const [rows, columns] = [Math.ceil(queries / BLOCK), Math.ceil(keys / BLOCK)];
  return Math.min(rows, columns) > 1 && rows * columns > LONGEST_AT_ONCE ** 2 ? rows : 1;
}

/** Blocks of the longest sequence whose attention to itself is computed at once, which is faster. */
const LONGEST_AT_ONCE = 4;

/** Of what `attend` returns, with the heads side by side: [B, L, D]. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [batch, heads, length, headDim] = x.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [batch, length, heads * headDim]);
}

function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [batch, length, dim] = x.shape as [number, number, number];
  return tf.transpose(tf.reshape(x, [batch, length, heads, dim / heads]), [0, 2, 1, 3]);
}
