/**
 * Updates of a model's parameters. A batch is computed in parts, side by side, whose gradients are
 * added: on the native library the parts use the cores better than operations cut into threads do.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createProgram, eagerProgram, type Part, type Precision, type Program } from '../engine/program.ts';
import type { ModelConfig } from '../model/config.ts';
import { splitParams } from '../model/params.ts';
import { adamwUpdate, updateRates } from './adamw.ts';
import type { AdamwSettings, OptimizerState, UpdateRates } from './adamw.ts';
import { lossInputs, sequenceLoss } from './loss.ts';
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
   */
  update(batch: TokenBatch, step: number, learningRate: number): number;
  /** Mean loss over the sequences of `batches`, in nats; NaN if there are none. */
  meanLoss(batches: Iterable<TokenBatch>): number;
  values(): OptimizerValues;
  dispose(): void;
}

export interface TrainerOptions {
  readonly config: ModelConfig;
  readonly settings: AdamwSettings;
  /** In how many parts a batch is computed, as many as there are threads. */
  readonly parts: number;
  readonly precision?: Precision;
  /** Operation by operation even where graphs could be recorded. */
  readonly eager?: boolean;
}

export function createTrainer(
  start: OptimizerValues,
  { config, settings, parts, precision = 'fp32', eager = false }: TrainerOptions,
): Trainer {
  const program = createTrainingProgram();
  return {
    update(batch, step, learningRate) {
      return tf.tidy(() => {
        const rates = updateRates(step, learningRate, settings);
        return program.call('update', rateList(rates), partsOf(batch))[0]![0]!;
      });
    },
    meanLoss(batches) {
      let sum = 0;
      let sequences = 0;
      for (const batch of batches) {
        sum += batch.B * tf.tidy(() => program.call('loss', [], partsOf(batch))[0]![0]!);
        sequences += batch.B;
      }
      return sum / sequences;
    },
    values() {
      const [params, mean, square] = program.read() as [Float32Array, Float32Array, Float32Array];
      return { params, mean, square };
    },
    dispose: () => program.dispose(),
  };

  function createTrainingProgram(): Program {
    const state = optimizerState(start);
    const lossOf = (inputs: readonly tf.Tensor[]) => (flat: tf.Tensor) =>
      sequenceLoss({ config, params: splitParams(config, flat as tf.Tensor1D) }, batchOf(inputs));
    const part = (body: Part['body']): Part => ({
      count: parts,
      smallest: { B: 2, P: 2, N: 2 },
      inputs: ({ B, P, N }) => inputList(lossInputs(emptyBatch(B!, P!, N! + 1))),
      body,
    });
    return (eager ? eagerProgram : createProgram)(
      [state.params, state.mean, state.square],
      [
        {
          name: 'update',
          part: part((inputs) => {
            const { value, grad } = tf.valueAndGrad(lossOf(inputs))(state.params);
            return [value, grad];
          }),
          inputs: rateList(updateRates(1, 0, settings)),
          body: (rates, parts) => {
            const [loss, gradient] = [0, 1].map((i) => tf.addN(parts.map((part) => part[i]!)));
            adamwUpdate(state, gradient as tf.Tensor1D, { rates: ratesOf(rates), settings });
            return [loss!];
          },
        },
        {
          name: 'loss',
          part: part((inputs) => [lossOf(inputs)(state.params)]),
          inputs: [],
          body: (_, parts) => [tf.addN(parts.map(([loss]) => loss!))],
        },
      ],
      precision,
    );
  }

  function partsOf(batch: TokenBatch): tf.Tensor[][] {
    return Array.from({ length: parts }, (_, i) => {
      const from = Math.floor((i * batch.B) / parts);
      const to = Math.floor(((i + 1) * batch.B) / parts);
      // A part without rows computes one that weighs nothing.
      return inputList(lossInputs(batch, from, to));
    });
  }
}

function optimizerState({ params, mean, square }: OptimizerValues): OptimizerState {
  const variable = (values: Float32Array): tf.Variable<tf.Rank.R1> =>
    tf.tidy(() => tf.variable(tf.tensor1d(values), false));
  return { params: variable(params), mean: variable(mean), square: variable(square) };
}

function inputList(batch: LossInputs): tf.Tensor[] {
  const { prompt, promptMask, inputs, targets, weights } = batch;
  return [prompt, promptMask, inputs, targets, weights];
}

function batchOf(list: readonly tf.Tensor[]): LossInputs {
  const [prompt, promptMask, inputs, targets, weights] = list;
  return { prompt, promptMask, inputs, targets, weights } as LossInputs;
}

function rateList({ keep, rate, unbias }: UpdateRates): tf.Tensor[] {
  return [keep, rate, unbias];
}

function ratesOf([keep, rate, unbias]: readonly tf.Tensor[]): UpdateRates {
  return { keep, rate, unbias } as UpdateRates;
}

function emptyBatch(B: number, P: number, T: number): TokenBatch {
  return {
    prompt: new Int32Array(B * P),
    promptLengths: new Int32Array(B).fill(P),
    response: new Int32Array(B * T),
    responseLengths: new Int32Array(B).fill(T),
    B,
    P,
    T,
  };
}
