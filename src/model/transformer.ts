/**
 * The encoder-decoder of Searchformer (arXiv 2402.14083, section 3): pre-norm blocks with RMSNorm,
 * RoPE in self-attention, SwiGLU, no biases, no dropout, untied embeddings; the encoder ends with a
 * norm and a linear map. Deviation: padding is masked in the encoder and in cross-attention, where
 * the released code lets tokens see it.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  attend,
  AT_ONCE,
  crossKeyValue,
  crossQuery,
  mergeHeads,
  splitProjections,
} from './attention.ts';
import type { AttentionBlocks, KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { embed, linear, rmsNorm, rotation, swiGlu, type Rotation } from './layers.ts';
import { causalMask } from './masks.ts';
import type { Params } from './params.ts';
import { compute, recompute, type Operands } from './recompute.ts';

export interface Model {
  readonly config: ModelConfig;
  readonly params: Params;
  /** How attention is computed, at once unless given. Layers in blocks are recomputed for gradients. */
  readonly blocks?: AttentionBlocks;
}

/** @param prompt [B, P] int32 @param mask [B, 1, 1, P] @returns memory [B, P, D] */
export function encode(model: Model, prompt: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const { config, params, blocks: { encoder: blocks } = AT_ONCE } = model;
  const positions = positionsOf(config, prompt.shape[1]!);
  const stage = stageFor(blocks);
  let x = embed(params['encoder.embedding']!, prompt); // [B, P, D]
  for (let i = 0; i < config.encoderLayers; i++) {
    const layer = `encoder.${i}`;
    const { query, ...own } = queryKeyValue(x, params, { layer, config, positions, stage });
    x = stage(
      ({ inputs: [x, attended], params }) => {
        const sum = tf.add(x!, linear(mergeHeads(attended!), params[`${layer}.attention.output`]!));
        return tf.add(sum, feedForward(sum, params, layer));
      },
      {
        inputs: [x, attend(query, own, { mask, blocks })],
        params,
        needs: [`${layer}.attention.output`, `${layer}.feedForward`],
      },
    );
  }
  return linear(rmsNorm(x, params['encoder.norm']!), params['encoder.output']!);
}

/** Keys and values of the prompt, per decoder layer. */
export function readMemory({ config, params }: Model, memory: tf.Tensor): readonly KeyValue[] {
  return Array.from({ length: config.decoderLayers }, (_, i) =>
    crossKeyValue(memory, params, { layer: `decoder.${i}`, heads: config.heads }),
  );
}

/** How the positions of a layer see each other: query and own are [B, H, T, d], as is the result. */
export type SelfAttention = (query: tf.Tensor, own: KeyValue, layer: number) => tf.Tensor;

export interface DecoderContext {
  /** From `readMemory`, [B, H, P, d] per layer. */
  readonly memory: readonly KeyValue[];
  /** [B, 1, 1, P]. */
  readonly memoryMask: tf.Tensor;
  /** Of the T positions, or one for all of them. */
  readonly positions: Rotation;
  /** Each position sees itself and the ones before it unless given. */
  readonly selfAttention?: SelfAttention;
}

/** @param tokens [B, T] int32 @returns logits [B, T, V] */
export function decode(
  { config, params, blocks = AT_ONCE }: Model,
  tokens: tf.Tensor,
  context: DecoderContext,
): tf.Tensor {
  const { memory, memoryMask, positions } = context;
  const stage = stageFor(blocks.decoder);
  const selfAttention = context.selfAttention ?? causalAttention(tokens.shape[1]!, blocks.decoder);
  let x = embed(params['decoder.embedding']!, tokens); // [B, T, D]
  for (let i = 0; i < config.decoderLayers; i++) {
    const layer = `decoder.${i}`;
    const { query, ...own } = queryKeyValue(x, params, { layer, config, positions, stage });
    const attended = selfAttention(query, own, i);
    x = stage(
      ({ inputs: [x, attended, key, value], params, constants: [mask] = [] }) => {
        const sum = tf.add(x!, linear(mergeHeads(attended!), params[`${layer}.attention.output`]!));
        const normed = rmsNorm(sum, params[`${layer}.crossAttentionNorm`]!);
        const query = crossQuery(normed, params, { layer, heads: config.heads });
        const crossing = { mask: mask!, blocks: blocks.cross };
        const crossed = attend(query, { key: key!, value: value! }, crossing);
        const both = tf.add(
          sum,
          linear(mergeHeads(crossed), params[`${layer}.crossAttention.output`]!),
        );
        return tf.add(both, feedForward(both, params, layer));
      },
      {
        inputs: [x, attended, memory[i]!.key, memory[i]!.value],
        params,
        needs: [
          `${layer}.attention.output`,
          `${layer}.crossAttentionNorm`,
          `${layer}.crossAttention.query`,
          `${layer}.crossAttention.output`,
          `${layer}.feedForward`,
        ],
        constants: [memoryMask],
      },
    );
  }
  return linear(rmsNorm(x, params['decoder.norm']!), params['decoder.output']!);
}

function causalAttention(length: number, blocks: number): SelfAttention {
  // One mask for all layers.
  const mask = blocks === 1 ? causalMask(length) : 'causal';
  return (query, own) => attend(query, own, { mask, blocks });
}

/** Rotations of the first `length` positions for the heads of this model. */
export function positionsOf(config: ModelConfig, length: number): Rotation {
  return rotation(config.dim / config.heads, tf.range(0, length, 1, 'int32'));
}

interface StageOperands extends Operands {
  /** What the names of the parameters that it reads begin with. */
  readonly needs: readonly string[];
}

/** Computes a part of a layer. */
type Stage = (f: (operands: Operands) => tf.Tensor, operands: StageOperands) => tf.Tensor;

/** Parts of layers in blocks are recomputed, which takes exactly the parameters that they read. */
function stageFor(blocks: number): Stage {
  if (blocks === 1) return compute;
  return (f, operands) => {
    const { params, needs } = operands;
    const own = Object.entries(params).filter(([name]) =>
      needs.some((beginning) => name.startsWith(beginning)),
    );
    return recompute(f, { ...operands, params: Object.fromEntries(own) });
  };
}

function queryKeyValue(
  x: tf.Tensor,
  params: Params,
  {
    layer,
    config,
    positions,
    stage,
  }: { layer: string; config: ModelConfig; positions: Rotation; stage: Stage },
): { query: tf.Tensor } & KeyValue {
  const joint = stage(
    ({ inputs: [x], params }) => {
      const normed = rmsNorm(x!, params[`${layer}.attentionNorm`]!);
      return linear(normed, params[`${layer}.attention.queryKeyValue`]!);
    },
    {
      inputs: [x],
      params,
      needs: [`${layer}.attentionNorm`, `${layer}.attention.queryKeyValue`],
    },
  ); // [B, L, 3D]
  return splitProjections(joint, { heads: config.heads, positions });
}

function feedForward(x: tf.Tensor, params: Params, layer: string): tf.Tensor {
  return swiGlu(
    rmsNorm(x, params[`${layer}.feedForwardNorm`]!),
    params[`${layer}.feedForward.gateUp`]!,
    params[`${layer}.feedForward.down`]!,
  );
}
