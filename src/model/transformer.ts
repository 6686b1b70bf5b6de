/**
 * The encoder-decoder of Searchformer (arXiv 2402.14083, section 3): pre-norm blocks with RMSNorm,
 * RoPE in self-attention, SwiGLU, no biases, no dropout, untied embeddings; the encoder ends with a
 * norm and a linear map. Deviation: padding is masked in the encoder and in cross-attention, where
 * the released code lets tokens see it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attend, attendAcross, mergeHeads, splitKeyValue, splitProjections } from './attention.ts';
import { AT_ONCE } from './attentionBlocks.ts';
import type { AttendOptions, KeyValue } from './attention.ts';
import type { AttentionBlocks } from './attentionBlocks.ts';
import type { ModelConfig } from './config.ts';
import { embed, LAYERS, rotation } from './layers.ts';
import type { LayerFunctions, Linear, Rotation } from './layers.ts';
import { causalMask } from './masks.ts';
import type { Params } from './paramTensors.ts';
import { compute, recompute, type Operands } from './recompute.ts';

export interface Model {
  readonly config: ModelConfig;
  readonly params: Params;
  /** How attention is computed, at once unless given. Layers in blocks are recomputed for gradients. */
  readonly blocks?: AttentionBlocks;
  /** How products are computed, with gradients unless given, and by parameters laid out for that. */
  readonly layers?: LayerFunctions;
}

/** @param prompt [B, P] int32 @param mask [B, 1, 1, P] @returns memory [B, P, D] */
export function encode(model: Model, prompt: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const { config, params, blocks: { encoder: blocks } = AT_ONCE, layers = LAYERS } = model;
  const positions = positionsOf(config, prompt.shape[1]!);
  const stage = stageFor(blocks);
  let x = embed(params['encoder.embedding']!, prompt); // [B, P, D]
  for (let i = 0; i < config.encoderLayers; i++) {
    const layer = `encoder.${i}`;
    const joint = queryKeyValue(x, params, { layer, config, stage, layers });
    const { query, ...own } = splitProjections(joint, { heads: config.heads, positions });
    x = stage(
      ({ inputs: [x, attended], params }) => {
        const map = linearOf(params, layer, config.dim)('attention.output');
        const sum = layers.addedLinear(x!, mergeHeads(attended!), map);
        return feedForward(sum, params, { layer, config, layers });
      },
      {
        inputs: [x, attend(query, own, { mask, blocks })],
        params,
        needs: [`${layer}.attention.output`, `${layer}.feedForward`],
      },
    );
  }
  return layers.normedLinear(x, params['encoder.norm']!, {
    weight: params['encoder.output']!,
    columns: config.dim,
  });
}

/** Keys and values of the prompt, per decoder layer. */
export function readMemory(
  { config, params, layers = LAYERS }: Model,
  memory: tf.Tensor,
): readonly KeyValue[] {
  return Array.from({ length: config.decoderLayers }, (_, i) => {
    const map = linearOf(params, `decoder.${i}`, 2 * config.dim)('crossAttention.keyValue');
    return splitKeyValue(layers.linear(memory, map), config.heads);
  });
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
}

/** @param tokens [B, T] int32 @returns logits [B, T, V] */
export function decode(
  { config, params, blocks = AT_ONCE, layers = LAYERS }: Model,
  tokens: tf.Tensor,
  context: DecoderContext,
): tf.Tensor {
  const { memory, memoryMask, selfAttention } = context;
  const { crossAttention = attendAcross } = context;
  const stage = stageFor(blocks.decoder);
  let x = embed(params['decoder.embedding']!, tokens); // [B, T, D]
  for (let i = 0; i < config.decoderLayers; i++) {
    const layer = `decoder.${i}`;
    const joint = queryKeyValue(x, params, { layer, config, stage, layers });
    const attended = selfAttention(joint, i);
    x = stage(
      ({ inputs: [x, attended, key, value], params, constants: [mask] = [] }) => {
        const linear = linearOf(params, layer, config.dim);
        const sum = layers.addedLinear(x!, mergeHeads(attended!), linear('attention.output'));
        const gain = params[`${layer}.crossAttentionNorm`]!;
        const query = layers.normedLinear(sum, gain, linear('crossAttention.query'));
        const seen = { mask: mask!, blocks: blocks.cross, heads: config.heads };
        const crossed = crossAttention(query, { key: key!, value: value! }, seen);
        const both = layers.addedLinear(sum, crossed, linear('crossAttention.output'));
        return feedForward(both, params, { layer, config, layers });
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
  return layers.normedLinear(x, params['decoder.norm']!, {
    weight: params['decoder.output']!,
    columns: config.vocabSize,
  });
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

interface LayerOptions {
  /** What the names of its parameters begin with. */
  readonly layer: string;
  readonly config: ModelConfig;
  readonly layers: LayerFunctions;
}

/** What projects to query, key and value of self-attention, [B, L, 3D]. */
function queryKeyValue(
  x: tf.Tensor,
  params: Params,
  { layer, config, layers, stage }: LayerOptions & { readonly stage: Stage },
): tf.Tensor {
  return stage(
    ({ inputs: [x], params }) => {
      const map = linearOf(params, layer, 3 * config.dim)('attention.queryKeyValue');
      return layers.normedLinear(x!, params[`${layer}.attentionNorm`]!, map);
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
  { layer, config, layers }: LayerOptions,
): tf.Tensor {
  return layers.addedSwiGlu(x, params[`${layer}.feedForwardNorm`]!, {
    gateUp: params[`${layer}.feedForward.gateUp`]!,
    down: params[`${layer}.feedForward.down`]!,
    columns: config.ffnDim,
  });
}

/** The maps of a layer with as many columns, by name. */
function linearOf(params: Params, layer: string, columns: number): (name: string) => Linear {
  return (name) => ({ weight: params[`${layer}.${name}`]!, columns });
}
