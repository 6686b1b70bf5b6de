/**
 * The encoder-decoder of Searchformer (arXiv 2402.14083, section 3): pre-norm blocks with RMSNorm,
 * RoPE in self-attention, SwiGLU, no biases, no dropout, untied embeddings; the encoder ends with a
 * norm and a linear map. Deviation: padding is masked in the encoder and in cross-attention, where
 * the released code lets tokens see it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attend, crossKeyValue, crossQuery, selfProjections } from './attention.ts';
import type { KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { embed, linear, rmsNorm, rotation, swiGlu, type Rotation } from './layers.ts';
import type { Params } from './params.ts';

export interface Model {
  readonly config: ModelConfig;
  readonly params: Params;
}

/** @param prompt [B, P] int32 @param mask [B, 1, 1, P] @returns memory [B, P, D] */
export function encode({ config, params }: Model, prompt: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const positions = positionsOf(config, prompt.shape[1]!);
  let x = embed(params['encoder.embedding']!, prompt); // [B, P, D]
  for (let i = 0; i < config.encoderLayers; i++) {
    const layer = `encoder.${i}`;
    const normed = rmsNorm(x, params[`${layer}.attentionNorm`]!);
    const { query, ...own } = selfProjections(normed, params, {
      layer,
      heads: config.heads,
      positions,
    });
    x = tf.add(x, linear(attend(query, own, mask), params[`${layer}.attention.output`]!));
    x = tf.add(x, feedForward(x, params, layer));
  }
  return linear(rmsNorm(x, params['encoder.norm']!), params['encoder.output']!);
}

/** Keys and values of the prompt, per decoder layer. */
export function readMemory({ config, params }: Model, memory: tf.Tensor): readonly KeyValue[] {
  return Array.from({ length: config.decoderLayers }, (_, i) =>
    crossKeyValue(memory, params, { layer: `decoder.${i}`, heads: config.heads }),
  );
}

export interface DecoderContext {
  /** From `readMemory`, [B, H, P, d] per layer. */
  readonly memory: readonly KeyValue[];
  /** [B, 1, 1, P]. */
  readonly memoryMask: tf.Tensor;
  /** [1, 1, T, S] over the S keys of self-attention, or null for a single newest position. */
  readonly selfMask: tf.Tensor | null;
  readonly positions: Rotation;
  /** Keys and values of earlier positions by layer, for decoding one token at a time. */
  readonly past?: readonly KeyValue[];
}

/**
 * @param tokens [B, T] int32
 * @returns logits [B, T, V], and the self-attention keys and values per layer, past ones included
 */
export function decode(
  { config, params }: Model,
  tokens: tf.Tensor,
  context: DecoderContext,
): { logits: tf.Tensor; keyValues: readonly KeyValue[] } {
  const { memory, memoryMask, selfMask, positions, past } = context;
  const { heads } = config;
  const keyValues: KeyValue[] = [];
  let x = embed(params['decoder.embedding']!, tokens); // [B, T, D]
  for (let i = 0; i < config.decoderLayers; i++) {
    const layer = `decoder.${i}`;
    const normed = rmsNorm(x, params[`${layer}.attentionNorm`]!);
    const { query, ...own } = selfProjections(normed, params, { layer, heads, positions });
    const seen = past === undefined ? own : append(past[i]!, own);
    keyValues.push(seen);
    x = tf.add(x, linear(attend(query, seen, selfMask), params[`${layer}.attention.output`]!));

    const crossNormed = rmsNorm(x, params[`${layer}.crossAttentionNorm`]!);
    const crossed = attend(
      crossQuery(crossNormed, params, { layer, heads }),
      memory[i]!,
      memoryMask,
    );
    x = tf.add(x, linear(crossed, params[`${layer}.crossAttention.output`]!));
    x = tf.add(x, feedForward(x, params, layer));
  }
  const logits = linear(rmsNorm(x, params['decoder.norm']!), params['decoder.output']!);
  return { logits, keyValues };
}

/** Rotations of the first `length` positions for the heads of this model. */
export function positionsOf(config: ModelConfig, length: number): Rotation {
  return rotation(config.dim / config.heads, length);
}

function feedForward(x: tf.Tensor, params: Params, layer: string): tf.Tensor {
  return swiGlu(
    rmsNorm(x, params[`${layer}.feedForwardNorm`]!),
    params[`${layer}.feedForward.gateUp`]!,
    params[`${layer}.feedForward.down`]!,
  );
}

function append(past: KeyValue, own: KeyValue): KeyValue {
  return {
    key: tf.concat([past.key, own.key], 2),
    value: tf.concat([past.value, own.value], 2),
  };
}
