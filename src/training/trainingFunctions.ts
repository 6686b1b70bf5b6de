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
import type { Columns } from '../data/batch.ts';
import { KNOWN_COLUMNS, type Objective } from '../objectives/objective.ts';
import { inputList, inputsOf, lossInputs, outputsOf, type TokenBatch } from './objectiveInputs.ts';

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
  readonly objective: Objective;
  readonly settings: UpdateSettings;
  readonly parts: number;
  readonly blocks: AttentionBlocks;
}

/**
 * - `update` of the parameters, with the rates as inputs
 * - `accumulate`, which adds gradients to the sum; only if there is one
 * - `measure`, which changes nothing
 *
 * Each returns the loss and what the objective logs, and takes in each part what `partInputs` gives.
 */
export function trainingFunctions(
  state: TrainingState,
  options: TrainingFunctionOptions,
): ProgramFunction[] {
  const { config, optimizer, objective, settings, parts, blocks } = options;
  const { sum } = state;
  const measuresOf = (inputs: readonly tf.Tensor[], flat: tf.Tensor) => {
    const params = splitParams(config, flat as tf.Tensor1D);
    const read = inputsOf(inputs, objective);
    return objective.loss(outputsOf({ config, params, blocks }, read), read);
  };
  const { groupSize } = objective;
  const part = (body: Part['body']): Part => ({
    count: parts,
    // Positions of a block, of which prompts and responses have a fixed number.
    smallest: { rows: 2, prompt: 2, response: 2 },
    inputs: ({ rows, prompt, response }) => {
      const [P, N] = [prompt! * blocks.encoder, response! * blocks.decoder];
      return partInputs(
        emptyBatch({ B: rows! * groupSize, P, T: N + 1 }, objective),
        objective,
        blocks,
      );
    },
    body,
  });
  const gradients = part((inputs) => {
    const kept: tf.Tensor[] = [];
    const { value, grad } = tf.valueAndGrad((flat: tf.Tensor) => {
      const [loss, ...logged] = measuresOf(inputs, flat);
      // The scope of the gradient would dispose all but the loss.
      kept.push(...logged.map((one) => tf.keep(one)));
      return loss;
    })(state.params);
    const logged = kept.map((one) => tf.clone(one));
    tf.dispose(kept);
    return [value, ...logged, grad];
  });
  const added = (parts: readonly (readonly tf.Tensor[])[], i: number): tf.Tensor =>
    tf.addN(parts.map((part) => part[i]!));
  const measures = Array.from({ length: 1 + objective.logged.length }, (_, i) => i);
  const measured = (parts: readonly (readonly tf.Tensor[])[]): tf.Tensor[] =>
    measures.map((i) => added(parts, i));
  const gradientOf = (parts: readonly (readonly tf.Tensor[])[]): tf.Tensor =>
    sum === null ? added(parts, measures.length) : tf.add(sum, added(parts, measures.length));
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
      return measured(parts);
    },
  };
  const accumulate: ProgramFunction = {
    name: functionName('accumulate', blocks),
    part: gradients,
    inputs: [],
    body: (_, parts) => {
      sum!.assign(gradientOf(parts));
      return measured(parts);
    },
  };
  const measure: ProgramFunction = {
    name: functionName('measure', blocks),
    part: part((inputs) => measuresOf(inputs, state.params)),
    inputs: [],
    body: (_, parts) => measured(parts),
  };
  return sum === null ? [update, measure] : [update, accumulate, measure];
}

export function functionName(
  what: 'update' | 'accumulate' | 'measure',
  { encoder, decoder, cross }: AttentionBlocks,
): string {
  return `${what}_${encoder}_${decoder}_${cross}`;
}

/** The caller disposes the tensors. */
export function partInputs(
  piece: TokenBatch,
  objective: Objective,
  blocks: AttentionBlocks,
): tf.Tensor[] {
  return inputList(lossInputs(piece, objective, blocks));
}

/** The caller disposes the scalars. */
export function rateList(rates: Rates): tf.Tensor[] {
  return Object.values(rates).map((rate) => tf.scalar(rate));
}

/** Rows that weigh nothing, with the columns of an objective. */
export function emptyBatch(
  { B, P, T }: Shape,
  { tokenColumns, rowColumns }: Pick<Objective, 'tokenColumns' | 'rowColumns'>,
): TokenBatch {
  const zeros = (names: readonly string[], size: number): Columns =>
    Object.fromEntries(
      names
        .filter((name) => !KNOWN_COLUMNS.includes(name))
        .map((name) => [name, new Float32Array(size)]),
    );
  return {
    prompt: new Int32Array(B * P),
    promptLengths: new Int32Array(B).fill(P),
    response: new Int32Array(B * T),
    responseLengths: new Int32Array(B).fill(T),
    weights: new Float32Array(B),
    share: 0,
    tokenColumns: zeros(tokenColumns, B * T),
    rowColumns: zeros(rowColumns, B),
    B,
    P,
    T,
  };
}
