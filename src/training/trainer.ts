/**
 * Updates of a model's parameters: operation by operation, or, where the backend can, as graphs
 * recorded beforehand for a set of batch shapes, to the nearest of which batches are padded.
 */
import * as tf from '@tensorflow/tfjs-core';
import { canRecord, recordProgram } from '../engine/program.ts';
import type { ModelConfig } from '../model/config.ts';
import { splitParams } from '../model/params.ts';
import { tidied } from '../model/tidied.ts';
import { adamwUpdate, updateRates } from './adamw.ts';
import type { AdamwSettings, OptimizerState, UpdateRates } from './adamw.ts';
import { lossInputs, sequenceLoss } from './loss.ts';
import type { Shape } from '../data/shapes.ts';
import type { LossInputs, TokenBatch } from './loss.ts';

/** Flat vectors as in `OptimizerState`. */
export interface OptimizerValues {
  readonly params: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

export interface Trainer {
  /**
   * One update. @param step counted from 1
   * @returns the loss on `batch` before it, in nats
   * @throws RangeError if no recorded shape holds the batch
   */
  update(batch: TokenBatch, step: number, learningRate: number): number;
  values(): OptimizerValues;
  dispose(): void;
}

export interface TrainerOptions {
  readonly config: ModelConfig;
  readonly settings: AdamwSettings;
  /** Shapes to record, by rising T; every batch must fit into one. Without any, nothing is recorded. */
  readonly shapes: readonly Shape[];
}

export function createTrainer(start: OptimizerValues, options: TrainerOptions): Trainer {
  const recorded = options.shapes.length > 0 && canRecord();
  return recorded ? recordedTrainer(start, options) : eagerTrainer(start, options);
}

function eagerTrainer(start: OptimizerValues, { config, settings }: TrainerOptions): Trainer {
  const state = optimizerState(start);
  return {
    update: (batch, step, learningRate) =>
      tf.tidy(() => {
        const rates = updateRates(step, learningRate, settings);
        return updateOnce(config, state, settings, lossInputs(batch), rates).dataSync()[0]!;
      }),
    values: () => ({
      params: state.params.dataSync<'float32'>(),
      mean: state.mean.dataSync<'float32'>(),
      square: state.square.dataSync<'float32'>(),
    }),
    dispose: () => tf.dispose([state.params, state.mean, state.square]),
  };
}

function recordedTrainer(start: OptimizerValues, options: TrainerOptions): Trainer {
  const { config, settings, shapes } = options;
  const program = tidied(() => {
    const state = optimizerState(start);
    const functions = shapes.map((shape) => ({
      name: nameOf(shape),
      inputs: inputList(lossInputs(emptyBatch(shape)), updateRates(1, 0, settings)),
      body: (inputs: readonly tf.Tensor[]) => {
        const [batch, rates] = fromInputList(inputs);
        return [updateOnce(config, state, settings, batch, rates)];
      },
    }));
    const { params, mean, square } = state;
    try {
      return recordProgram([params, mean, square], functions);
    } finally {
      for (const variable of [params, mean, square]) variable.dispose();
    }
  });
  return {
    update(batch, step, learningRate) {
      const shape = smallestHolding(shapes, batch);
      return tf.tidy(() => {
        const rates = updateRates(step, learningRate, settings);
        return program.call(nameOf(shape), inputList(lossInputs(batch, shape), rates))[0]![0]!;
      });
    },
    values() {
      const [params, mean, square] = program.read() as [Float32Array, Float32Array, Float32Array];
      return { params, mean, square };
    },
    dispose: () => program.dispose(),
  };
}

/** @returns the loss before the update */
function updateOnce(
  config: ModelConfig,
  state: OptimizerState,
  settings: AdamwSettings,
  batch: LossInputs,
  rates: UpdateRates,
): tf.Scalar {
  const lossOf = (flat: tf.Tensor): tf.Scalar =>
    sequenceLoss({ config, params: splitParams(config, flat as tf.Tensor1D) }, batch);
  const { value, grad } = tf.valueAndGrad(lossOf)(state.params);
  adamwUpdate(state, grad as tf.Tensor1D, rates, settings);
  return value;
}

/** Mean loss over the sequences of `batches`, in nats; NaN if there are none. */
export function meanLoss(
  config: ModelConfig,
  params: tf.Tensor1D,
  batches: Iterable<TokenBatch>,
): number {
  let sum = 0;
  let sequences = 0;
  for (const batch of batches) {
    sum += tf.tidy(() => {
      const model = { config, params: splitParams(config, params) };
      return sequenceLoss(model, lossInputs(batch)).dataSync()[0]! * batch.B;
    });
    sequences += batch.B;
  }
  return sum / sequences;
}

function optimizerState({ params, mean, square }: OptimizerValues): OptimizerState {
  const variable = (values: Float32Array): tf.Variable<tf.Rank.R1> =>
    tf.tidy(() => tf.variable(tf.tensor1d(values), false));
  return { params: variable(params), mean: variable(mean), square: variable(square) };
}

function inputList(batch: LossInputs, rates: UpdateRates): tf.Tensor[] {
  const { prompt, promptMask, inputs, targets, weights } = batch;
  return [prompt, promptMask, inputs, targets, weights, rates.keep, rates.rate, rates.unbias];
}

function fromInputList(list: readonly tf.Tensor[]): [LossInputs, UpdateRates] {
  const [prompt, promptMask, inputs, targets, weights, keep, rate, unbias] = list as never[];
  return [
    { prompt, promptMask, inputs, targets, weights } as unknown as LossInputs,
    { keep, rate, unbias } as unknown as UpdateRates,
  ];
}

/** @param shapes by rising T */
function smallestHolding(shapes: readonly Shape[], { B, P, T }: TokenBatch): Shape {
  const shape = shapes.find((shape) => shape.B >= B && shape.P >= P && shape.T >= T);
  if (shape === undefined)
    throw new RangeError(`no recorded shape holds a batch of ${B}×(${P}+${T})`);
  return shape;
}

/** A sequence of nothing but bos and eos in each row. */
function emptyBatch({ B, P, T }: Shape): TokenBatch {
  const lengths = new Int32Array(B).fill(2);
  return {
    prompt: new Int32Array(B * P),
    promptLengths: lengths,
    response: new Int32Array(B * T),
    responseLengths: lengths,
    B,
    P,
    T,
  };
}

function nameOf({ B, P, T }: Shape): string {
  return `update_${B}x${P}x${T}`;
}
