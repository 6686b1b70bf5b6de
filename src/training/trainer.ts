/**
 * Updates of a model's parameters. A batch comes in pieces, some of which are computed side by side:
 * on the native library that uses the cores better than operations cut into threads do. What is left
 * follows in further rounds, whose gradients are added up, so that a batch needs the memory of one.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Ladder } from '../data/ladder.ts';
import { createProgram, eagerProgram, type Precision } from '../engine/program.ts';
import { AT_ONCE, attentionBlocks, type AttentionBlocks } from '../model/attentionBlocks.ts';
import type { ModelConfig } from '../model/config.ts';
import { tidied } from '../engine/tidied.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { nextToken } from '../objectives/nextToken.ts';
import type { Objective } from '../objectives/objective.ts';
import type { TokenBatch } from './objectiveInputs.ts';
import { emptyBatch, functionName, partInputs } from './trainingFunctions.ts';
import { rateList, trainingFunctions } from './trainingFunctions.ts';
import type { TrainingState, UpdateSettings } from './trainingFunctions.ts';

/** The vectors of an optimiser by name, [N] each. */
export type Slots = Readonly<Record<string, Float32Array>>;

export interface TrainerValues {
  /** [N] */
  readonly params: Float32Array;
  readonly slots: Slots;
}

/** What an optimiser remembers before its first update. */
export function emptySlots({ slots }: Optimizer, size: number): Slots {
  return Object.fromEntries(slots.map((name) => [name, new Float32Array(size)]));
}

/** Numbers of a batch. */
export interface Measured {
  /** Nats. */
  readonly loss: number;
  /** What the objective logs, by name. */
  readonly logged: Readonly<Record<string, number>>;
}

export interface Trainer {
  /**
   * One update.
   * @param pieces of the batch, whose weights are those of the whole of it
   * @param step counted from 1
   * @returns what was measured on the batch before it
   * @throws RangeError if there are more pieces, or longer ones, than the trainer was made for, or a
   *   column of the objective is not there
   */
  update(pieces: readonly TokenBatch[], step: number, learningRate: number): Measured;
  /** Measures a batch in pieces. @throws RangeError as `update` does */
  measure(pieces: readonly TokenBatch[]): Measured;
  values(): TrainerValues;
  dispose(): void;
}

export interface TrainerOptions {
  readonly config: ModelConfig;
  readonly optimizer: Optimizer;
  /** Next-token unless given. */
  readonly objective?: Objective;
  readonly settings: UpdateSettings;
  /** How many pieces are computed side by side. */
  readonly parts: number;
  /** Whether a batch may have more pieces than that. */
  readonly accumulate?: boolean;
  /** Ways to compute attention, for all lengths that occur; see `blocksOf`. At once unless given. */
  readonly blocks?: readonly AttentionBlocks[];
  readonly precision?: Precision;
  /** Operation by operation even where graphs could be recorded. */
  readonly eager?: boolean;
}

/**
 * @param start what the optimiser remembers may be left out before the first update
 * @throws RangeError if a vector of the optimiser is not there
 */
export function createTrainer(
  { params, slots }: Pick<TrainerValues, 'params'> & Partial<TrainerValues>,
  options: TrainerOptions,
): Trainer {
  const {
    optimizer,
    objective = nextToken.create(),
    settings,
    parts,
    blocks = [AT_ONCE],
    precision = 'fp32',
  } = options;
  const nothing = emptyBatch({ B: objective.groupSize, P: 2, T: 3 }, objective);
  const start = { params, slots: slots ?? emptySlots(optimizer, params.length) };
  const state = trainingState(start, optimizer, options.accumulate ?? false);
  const { sum } = state;
  const variables = [state.params, ...Object.values(state.slots), ...(sum === null ? [] : [sum])];
  const program = tidied(() => {
    const shared = { ...options, objective };
    const functions = blocks.flatMap((blocks) => trainingFunctions(state, { ...shared, blocks }));
    return (options.eager ? eagerProgram : createProgram)(variables, functions, precision);
  });

  const rounds = (pieces: readonly TokenBatch[]): TokenBatch[][] => {
    const count = Math.ceil(pieces.length / parts);
    if (count > 1 && sum === null)
      throw new RangeError(`${pieces.length} pieces in ${parts} parts`);
    return Array.from({ length: count }, (_, round) =>
      Array.from({ length: parts }, (_, part) => pieces[round * parts + part] ?? nothing),
    );
  };
  const call = (
    what: Parameters<typeof functionName>[0],
    round: readonly TokenBatch[],
    inputs: readonly tf.Tensor[] = [],
  ): number[] => {
    const longest = (of: 'P' | 'T'): number => Math.max(...round.map((piece) => piece[of]));
    const needed = attentionBlocks(longest('P'), longest('T') - 1);
    const kinds = Object.keys(needed) as (keyof AttentionBlocks)[];
    // More blocks than are needed serve too.
    const own = blocks.find((blocks) => kinds.every((kind) => blocks[kind] >= needed[kind]));
    if (own === undefined) {
      throw new RangeError(`prompts of ${longest('P')} and responses of ${longest('T')} tokens`);
    }
    return tf.tidy(() => {
      const tensors = round.map((piece) => partInputs(piece, objective, own));
      return program.call(functionName(what, own), inputs, tensors).map(([value]) => value!);
    });
  };
  const measured = (rounds: readonly (readonly number[])[]): Measured => {
    const sum = (at: number): number => rounds.reduce((total, round) => total + round[at]!, 0);
    const logged = objective.logged.map((name, i) => [name, sum(i + 1)]);
    return { loss: sum(0), logged: Object.fromEntries(logged) };
  };
  return {
    update(pieces, step, learningRate) {
      const scalars = rateList(optimizer.rates(step, learningRate, settings));
      const all = rounds(pieces);
      const earlier = all.slice(0, -1).map((round) => call('accumulate', round));
      const last = call('update', all.at(-1)!, scalars);
      tf.dispose(scalars);
      return measured([last, ...earlier]);
    },
    measure: (pieces) => measured(rounds(pieces).map((round) => call('measure', round))),
    values() {
      const [params, ...others] = program.read() as [Float32Array, ...Float32Array[]];
      return {
        params,
        slots: Object.fromEntries(optimizer.slots.map((name, i) => [name, others[i]!])),
      };
    },
    dispose: () => program.dispose(),
  };
}

/**
 * All ways in which attention is computed for prompts and responses padded to these lengths, those
 * with fewer blocks first.
 */
export function blocksOf({ prompts, responses }: Ladder): AttentionBlocks[] {
  const all = prompts.flatMap((P) => responses.map((T) => attentionBlocks(P, T - 1)));
  const distinct = new Map(all.map((blocks) => [JSON.stringify(blocks), blocks]));
  return [...distinct.values()].sort(
    (a, b) => a.encoder - b.encoder || a.decoder - b.decoder || a.cross - b.cross,
  );
}

function trainingState(
  { params, slots }: TrainerValues,
  optimizer: Optimizer,
  accumulate: boolean,
): TrainingState {
  const missing = optimizer.slots.find((name) => slots[name]?.length !== params.length);
  if (missing !== undefined) throw new RangeError(`the optimiser has no vector ${missing}`);
  const variable = (values: Float32Array): tf.Variable<tf.Rank.R1> =>
    tf.tidy(() => tf.variable(tf.tensor1d(values), false));
  return {
    params: variable(params),
    slots: Object.fromEntries(optimizer.slots.map((name) => [name, variable(slots[name]!)])),
    sum: accumulate ? variable(new Float32Array(params.length)) : null,
  };
}
