/**
 * Updates of a model's parameters. A batch comes in pieces, some of which are computed side by side:
 * on the native library that uses the cores better than operations cut into threads do. What is left
 * follows in further rounds, whose gradients are added up, so that a batch needs the memory of one.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../data/batch.ts';
import { createProgram, eagerProgram } from '../engine/program.ts';
import type { Part, Precision, ProgramFunction } from '../engine/program.ts';
import type { ModelConfig } from '../model/config.ts';
import { splitParams } from '../model/params.ts';
import { tidied } from '../model/tidied.ts';
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
   * One update.
   * @param pieces of the batch, whose weights are those of the whole of it
   * @param step counted from 1
   * @returns the loss on the batch before it, in nats
   */
  update(pieces: readonly TokenBatch[], step: number, learningRate: number): number;
  /** The loss on a batch in pieces, in nats. */
  loss(pieces: readonly TokenBatch[]): number;
  values(): OptimizerValues;
  dispose(): void;
}

export interface TrainerOptions {
  readonly config: ModelConfig;
  readonly settings: AdamwSettings;
  /** How many pieces are computed side by side. */
  readonly parts: number;
  /** Whether a batch may have more pieces than that. */
  readonly accumulate?: boolean;
  readonly precision?: Precision;
  /** Operation by operation even where graphs could be recorded. */
  readonly eager?: boolean;
}

export function createTrainer(
  start: OptimizerValues,
  { config, settings, parts, accumulate = false, precision = 'fp32', eager }: TrainerOptions,
): Trainer {
  const state = optimizerState(start);
  const sum = accumulate ? tf.tidy(() => tf.variable(tf.zerosLike(state.params), false)) : null;
  const program = tidied(() =>
    (eager ? eagerProgram : createProgram)(
      [state.params, state.mean, state.square, ...(sum === null ? [] : [sum])],
      functionsOver(state, sum),
      precision,
    ),
  );
  const rounds = (pieces: readonly TokenBatch[]): TokenBatch[][] => {
    const count = Math.ceil(pieces.length / parts);
    if (count > 1 && !accumulate) throw new RangeError(`${pieces.length} pieces in ${parts} parts`);
    return Array.from({ length: count }, (_, round) =>
      Array.from({ length: parts }, (_, part) => pieces[round * parts + part] ?? NOTHING),
    );
  };
  const call = (name: string, inputs: readonly tf.Tensor[], round: readonly TokenBatch[]): number =>
    program.call(
      name,
      inputs,
      round.map((piece) => inputList(lossInputs(piece))),
    )[0]![0]!;
  return {
    update(pieces, step, learningRate) {
      return tf.tidy(() => {
        const rates = rateList(updateRates(step, learningRate, settings));
        const all = rounds(pieces);
        const losses = all.map((round, i) =>
          i < all.length - 1 ? call('accumulate', [], round) : call('update', rates, round),
        );
        return losses.reduce((a, b) => a + b);
      });
    },
    loss: (pieces) =>
      tf.tidy(() =>
        rounds(pieces)
          .map((round) => call('loss', [], round))
          .reduce((a, b) => a + b),
      ),
    values() {
      const [params, mean, square] = program.read() as [Float32Array, Float32Array, Float32Array];
      return { params, mean, square };
    },
    dispose: () => program.dispose(),
  };

  function functionsOver(state: OptimizerState, sum: tf.Variable | null): ProgramFunction[] {
    const lossOf = (inputs: readonly tf.Tensor[]) => (flat: tf.Tensor) =>
      sequenceLoss({ config, params: splitParams(config, flat as tf.Tensor1D) }, batchOf(inputs));
    const part = (body: Part['body']): Part => ({
      count: parts,
      smallest: { B: 2, P: 2, N: 2 },
      inputs: ({ B, P, N }) => inputList(lossInputs(emptyBatch({ B: B!, P: P!, T: N! + 1 }))),
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
      name: 'update',
      part: gradients,
      inputs: rateList(updateRates(1, 0, settings)),
      body: (rates, parts) => {
        const gradient = gradientOf(parts) as tf.Tensor1D;
        adamwUpdate(state, gradient, { rates: ratesOf(rates), settings });
        sum?.assign(tf.zerosLike(sum));
        return [added(parts, 0)];
      },
    };
    const accumulation: ProgramFunction = {
      name: 'accumulate',
      part: gradients,
      inputs: [],
      body: (_, parts) => {
        sum!.assign(gradientOf(parts));
        return [added(parts, 0)];
      },
    };
    const loss: ProgramFunction = {
      name: 'loss',
      part: part((inputs) => [lossOf(inputs)(state.params)]),
      inputs: [],
      body: (_, parts) => [added(parts, 0)],
    };
    return sum === null ? [update, loss] : [update, accumulation, loss];
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

/** Rows that weigh nothing. */
function emptyBatch({ B, P, T }: Shape): TokenBatch {
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

/** For a part that has no rows. */
const NOTHING = emptyBatch({ B: 1, P: 2, T: 3 });
