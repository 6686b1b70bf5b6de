/**
 * The encoder-decoder of Searchformer (arXiv 2402.14083, section 3): pre-norm blocks with RMSNorm,
 * RoPE in self-attention, SwiGLU, no biases, no dropout, untied embeddings; the encoder ends with a
 * norm and a linear map. Deviation: padding is masked in the encoder and in cross-attention, where
 * the released code lets tokens see it.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  attend,
  attendAcross,
  AT_ONCE,
  crossKeyValue,
  mergeHeads,
  splitProjections,
} from './attention.ts';
import type { AttendOptions, AttentionBlocks, KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { embed, LAYERS, linear, rmsNorm, rotation } from './layers.ts';
import type { LayerFunctions, Rotation } from './layers.ts';
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
    const joint = queryKeyValue(x, params, { layer, stage });
    const { query, ...own } = splitProjections(joint, { heads: config.heads, positions });
    x = stage(
      ({ inputs: [x, attended], params }) => {
        const sum = tf.add(x!, linear(mergeHeads(attended!), params[`${layer}.attention.output`]!));
        return tf.add(sum, feedForward(sum, params, { layer }));
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

/** How the positions of a layer see each other: of query, key and value [B, T, 3D], to [B, H, T, d]. */
export type SelfAttention = (joint: tf.Tensor, layer: number) => tf.Tensor;

/** How positions with queries [B, T, D] see the prompt: [B, T, D]. */
export type CrossAttention = (
  query: tf.Tensor,
  memory: KeyValue,
  options: AttendOptions & { readonly heads: number },
) => tf.Tensor;

export interface DecoderContext {
  /** From `readMemory`, [B, H, P, d] per layer, unless `crossAttention` takes something else. */
  readonly memory: readonly KeyValue[];
  /** [B, 1, 1, P]. */
  readonly memoryMask: tf.Tensor;
  readonly selfAttention: SelfAttention;
  readonly crossAttention?: CrossAttention;
  readonly layers?: LayerFunctions;
}

/** @param tokens [B, T] int32 @returns logits [B, T, V] */
export function decode(
  { config, params, blocks = AT_ONCE }: Model,
  tokens: tf.Tensor,
  context: DecoderContext,
): tf.Tensor {
  const { memory, memoryMask, selfAttention } = context;
  const { crossAttention = attendAcross, layers = LAYERS } = context;
  const stage = stageFor(blocks.decoder);
  let x = embed(params['decoder.embedding']!, tokens); // [B, T, D]
  for (let i = 0; i < config.decoderLayers; i++) {
    const layer = `decoder.${i}`;
    const attended = selfAttention(queryKeyValue(x, params, { layer, stage, layers }), i);
    x = stage(
      ({ inputs: [x, attended, key, value], params, constants: [mask] = [] }) => {
        const sum = tf.add(x!, linear(mergeHeads(attended!), params[`${layer}.attention.output`]!));
        const normed = layers.rmsNorm(sum, params[`${layer}.crossAttentionNorm`]!);
        const query = linear(normed, params[`${layer}.crossAttention.query`]!);
        const seen = { mask: mask!, blocks: blocks.cross, heads: config.heads };
        const crossed = crossAttention(query, { key: key!, value: value! }, seen);
        const both = tf.add(sum, linear(crossed, params[`${layer}.crossAttention.output`]!));
        return tf.add(both, feedForward(both, params, { layer, layers }));
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
  return linear(layers.rmsNorm(x, params['decoder.norm']!), params['decoder.output']!);
}

/** Each of the first `length` positions sees itself and the ones before it. */
export function causalAttention(
  { config, blocks: { decoder: blocks } = AT_ONCE }: Pick<Model, 'config' | 'blocks'>,
  length: number,
): SelfAttention {
  const positions = positionsOf(config, length);
  // One mask for all layers.
  const mask = blocks === 1 ? causalMask(length) : 'causal';
  return (joint) => {
    const { query, ...own } = splitProjections(joint, { heads: config.heads, positions });
    return attend(query, own, { mask, blocks });
  };
}

/** Rotations of the first `length` positions for the heads of this model. */
function positionsOf(config: ModelConfig, length: number): Rotation {
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

/** What projects to query, key and value of self-attention, [B, L, 3D]. */
function queryKeyValue(
  x: tf.Tensor,
  params: Params,
  { layer, stage, layers = LAYERS }: { layer: string; stage: Stage; layers?: LayerFunctions },
): tf.Tensor {
  return stage(
    ({ inputs: [x], params }) => {
      const normed = layers.rmsNorm(x!, params[`${layer}.attentionNorm`]!);
      return linear(normed, params[`${layer}.attention.queryKeyValue`]!);
    },
    {
      inputs: [x],
      params,
      needs: [`${layer}.attentionNorm`, `${layer}.attention.queryKeyValue`],
    },
  );
}

function feedForward(
  x: tf.Tensor,
  params: Params,
  { layer, layers = LAYERS }: { layer: string; layers?: LayerFunctions },
): tf.Tensor {
  return layers.swiGlu(
    layers.rmsNorm(x, params[`${layer}.feedForwardNorm`]!),
    params[`${layer}.feedForward.gateUp`]!,
    params[`${layer}.feedForward.down`]!,
  );
}
