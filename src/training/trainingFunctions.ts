/** The functions of a training program: what is computed of each piece of a batch, and of all. */
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../data/batch.ts';
import type { Part, ProgramFunction } from '../engine/program.ts';
import type { AttentionBlocks } from '../model/attentionBlocks.ts';
import type { ModelConfig } from '../model/config.ts';
import { splitParams } from '../model/paramTensors.ts';
import { paramSpecs } from '../model/params.ts';
import type { Optimizer, OptimizerSettings, OptimizerState } from '../optimizers/optimizer.ts';
import type { Rates } from '../optimizers/optimizer.ts';
import { clipped } from './clipping.ts';
import { lossInputs, sequenceLoss } from './loss.ts';
import type { LossInputs, TokenBatch } from './loss.ts';

export interface TrainingState extends OptimizerState {
  /** Of the gradients of a batch's earlier rounds; null if every batch has one. */
  readonly sum: tf.Variable | null;
}

export interface UpdateSettings extends OptimizerSettings {
  /** Largest norm of the whole gradient; null does not clip. */
  readonly clipNorm: number | null;
}

export interface TrainingFunctionOptions {
  readonly config: ModelConfig;
  readonly optimizer: Optimizer;
  readonly settings: UpdateSettings;
  readonly parts: number;
  readonly blocks: AttentionBlocks;
}

/**
 * - `update` of the parameters, with the rates as inputs
 * - `accumulate`, which adds gradients to the sum; only if there is one
 * - `loss`, which changes nothing
 *
 * Each returns the loss, and takes in each part what `partInputs` gives.
 */
export function trainingFunctions(
  state: TrainingState,
  { config, optimizer, settings, parts, blocks }: TrainingFunctionOptions,
): ProgramFunction[] {
  const { sum } = state;
  const lossOf = (inputs: readonly tf.Tensor[]) => (flat: tf.Tensor) => {
    const params = splitParams(config, flat as tf.Tensor1D);
    return sequenceLoss({ config, params, blocks }, batchOf(inputs));
  };
  const part = (body: Part['body']): Part => ({
    count: parts,
    // Positions of a block, of which prompts and responses have a fixed number.
    smallest: { rows: 2, prompt: 2, response: 2 },
    inputs: ({ rows, prompt, response }) => {
      const [P, N] = [prompt! * blocks.encoder, response! * blocks.decoder];
      return partInputs(emptyBatch({ B: rows!, P, T: N + 1 }), blocks);
    },
    body,
  });
  const gradients = part((inputs) => {
    const { value, grad } = tf.valueAndGrad(lossOf(inputs))(state.params);
    return [value, grad];
  });
  const added = (parts: readonly (readonly tf.Tensor[])[], i: number): tf.Tensor =>
    tf.addN(parts.map((part) => part[i]!));
  const gradientOf = (parts: readonly (readonly tf.Tensor[])[]): tf.Tensor =>
    sum === null ? added(parts, 1) : tf.add(sum, added(parts, 1));
  const update: ProgramFunction = {
    name: functionName('update', blocks),
    part: gradients,
    inputs: rateList(optimizer.rates(1, 0, settings)),
    body: (list, parts) => {
      const gradient = gradientOf(parts) as tf.Tensor1D;
      const names = Object.keys(optimizer.rates(1, 0, settings));
      const rates = Object.fromEntries(names.map((name, i) => [name, list[i] as tf.Scalar]));
      tf.tidy(() => {
        const used = clipped(gradient, settings.clipNorm);
        optimizer.update(state, used, { rates, settings, specs: paramSpecs(config) });
      });
      sum?.assign(tf.zerosLike(sum));
      return [added(parts, 0)];
    },
  };
  const accumulate: ProgramFunction = {
    name: functionName('accumulate', blocks),
    part: gradients,
    inputs: [],
    body: (_, parts) => {
      sum!.assign(gradientOf(parts));
      return [added(parts, 0)];
    },
  };
  const loss: ProgramFunction = {
    name: functionName('loss', blocks),
    part: part((inputs) => [lossOf(inputs)(state.params)]),
    inputs: [],
    body: (_, parts) => [added(parts, 0)],
  };
  return sum === null ? [update, loss] : [update, accumulate, loss];
}

export function functionName(
  what: 'update' | 'accumulate' | 'loss',
  { encoder, decoder, cross }: AttentionBlocks,
): string {
  return `${what}_${encoder}_${decoder}_${cross}`;
}

/** The caller disposes the tensors. */
export function partInputs(piece: TokenBatch, blocks: AttentionBlocks): tf.Tensor[] {
  const { prompt, promptMask, inputs, targets, weights } = lossInputs(piece, blocks);
  return [prompt, promptMask, inputs, targets, weights];
}

function batchOf(list: readonly tf.Tensor[]): LossInputs {
  const [prompt, promptMask, inputs, targets, weights] = list;
  return { prompt, promptMask, inputs, targets, weights } as LossInputs;
}

/** The caller disposes the scalars. */
export function rateList(rates: Rates): tf.Tensor[] {
  return Object.values(rates).map((rate) => tf.scalar(rate));
}

/** Rows that weigh nothing. */
export function emptyBatch({ B, P, T }: Shape): TokenBatch {
  return {
    prompt: new Int32Array(B * P),
    promptLengths: new Int32Array(B).fill(P),
    response: new Int32Array(B * T),
    responseLengths: new Int32Array(B).fill(T),
    weights: new Float32Array(B),
    B,
    P,
    T,
  };
}
