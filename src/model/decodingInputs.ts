/** What a loop that decodes works on, and how it is handed over. R rows, G prompts of L rows each. */
import * as tf from '@tensorflow/tfjs-core';
import type { LoopInputs } from '../engine/loop.ts';
import type { KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { anglesAt } from './layers.ts';

/** The most rounds of a run. */
export const ROUNDS = 16;

/** Changes from round to round. */
export interface Carried {
  /** Whether there is another round, bool. */
  readonly again: tf.Tensor;
  /** Rounds done, int32. */
  readonly round: tf.Tensor;
  /** Newest tokens [R] int32. */
  readonly tokens: tf.Tensor;
  /** Rows that have ended [R] bool; they go on, but say nothing. */
  readonly ended: tf.Tensor;
  /** States of the grammar [R] int32. */
  readonly states: tf.Tensor;
  /** By round, [ROUNDS, R] int32: the tokens chosen. */
  readonly chosen: tf.Tensor;
  /** [ROUNDS, R]: ln p of each under softmax(logits), whatever it was chosen by. */
  readonly logProbs: tf.Tensor;
  /** By layer, as `DecodingOperations` has them. */
  readonly past: readonly KeyValue[];
}

/** Stays. */
export interface Fixed {
  /** [G, 1, 1, S] */
  readonly memoryMask: tf.Tensor;
  /** The column that the first round writes, int32. */
  readonly column: tf.Tensor;
  /** The column at which each row begins [G, L] int32. */
  readonly start: tf.Tensor;
  /** Of the angles of each round's position, [ROUNDS, d]. */
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
  /** Rounds at most, int32. */
  readonly limit: tf.Tensor;
  /** Tokens of a response at most, int32. */
  readonly maxTokens: tf.Tensor;
  /** The token that ends a response, int32; -1 for none. */
  readonly end: tf.Tensor;
  /** By round, [ROUNDS, R] int32: tokens that must come, -1 where any may. */
  readonly forced: tf.Tensor;
  /** By round, [ROUNDS, R] in [0, 1). */
  readonly uniforms: tf.Tensor;
  readonly temperature: tf.Tensor;
  /** Of the grammar, [states, V] int32, as in `ChoiceInputs`. */
  readonly transitions: tf.Tensor;
  /** By layer, as `DecodingOperations` has them. */
  readonly memory: readonly KeyValue[];
  /** As `decodingWeights` has them. */
  readonly weights: readonly tf.Tensor[];
}

export interface DecodingInputs {
  readonly carried: Carried;
  readonly fixed: Fixed;
}

/** What a run is asked for; R rows: those of prompt 0, lane by lane, those of prompt 1, … */
export interface Step {
  /** Newest tokens [R]. */
  readonly tokens: Int32Array;
  /** Rows that say nothing [R]. */
  readonly ended: Uint8Array;
  /** States of the grammar [R]. */
  readonly states: Int32Array;
  /** Rounds at most. */
  readonly limit: number;
  /** Tokens of a response at most, and the one that ends it; -1 for none. */
  readonly maxTokens: number;
  readonly end: number;
  /** [ROUNDS · R], round by round: tokens that must come, -1 where any may. */
  readonly forced: Int32Array;
  /** [ROUNDS · R] in [0, 1). */
  readonly uniforms: Float32Array;
  readonly temperature: number;
}

/** A step without rounds. */
export function idleStep(rows: number): Step {
  return {
    tokens: new Int32Array(rows),
    ended: new Uint8Array(rows).fill(1),
    states: new Int32Array(rows),
    limit: 0,
    maxTokens: 1,
    end: -1,
    forced: new Int32Array(ROUNDS * rows),
    uniforms: new Float32Array(ROUNDS * rows),
    temperature: 1,
  };
}

/** What a run works on besides the step. */
export interface Tables extends Pick<Fixed, 'memory' | 'memoryMask' | 'transitions' | 'weights'> {
  readonly past: readonly KeyValue[];
  /** The column that the first round writes, its position, and the column at which each row begins. */
  readonly column: number;
  readonly position: number;
  readonly start: Int32Array;
}

/** The tensors of a step, and `tables`. */
export function decodingInputs(
  { dim, heads }: Pick<ModelConfig, 'dim' | 'heads'>,
  step: Step,
  { past, column, position, start, ...tables }: Tables,
): DecodingInputs {
  const [rows, groups] = [start.length, tables.memoryMask.shape[0]];
  const headDim = dim / heads;
  const positions = Array.from({ length: ROUNDS }, (_, round) => position + round);
  const { cos, sin } = anglesAt(headDim, positions);
  const integer = (value: number): tf.Tensor => tf.scalar(value, 'int32');
  return {
    carried: {
      again: tf.scalar(step.limit > 0, 'bool'),
      round: integer(0),
      tokens: tf.tensor1d(step.tokens, 'int32'),
      ended: tf.tensor1d(step.ended, 'bool'),
      states: tf.tensor1d(step.states, 'int32'),
      chosen: tf.zeros([ROUNDS, rows], 'int32'),
      logProbs: tf.zeros([ROUNDS, rows]),
      past,
    },
    fixed: {
      ...tables,
      column: integer(column),
      start: tf.tensor2d(start, [groups, rows / groups], 'int32'),
      cos: tf.tensor2d(cos, [ROUNDS, headDim]),
      sin: tf.tensor2d(sin, [ROUNDS, headDim]),
      limit: integer(step.limit),
      maxTokens: integer(step.maxTokens),
      end: integer(step.end),
      forced: tf.tensor2d(step.forced, [ROUNDS, rows], 'int32'),
      uniforms: tf.tensor2d(step.uniforms, [ROUNDS, rows]),
      temperature: tf.scalar(step.temperature),
    },
  };
}

const CARRIED = ['again', 'round', 'tokens', 'ended', 'states', 'chosen', 'logProbs'] as const;
const FIXED = [
  'memoryMask',
  'column',
  'start',
  'cos',
  'sin',
  'limit',
  'maxTokens',
  'end',
  'forced',
  'uniforms',
  'temperature',
  'transitions',
] as const;

export function flatten({ carried, fixed }: DecodingInputs): LoopInputs {
  return {
    carried: flattenCarried(carried),
    fixed: [...FIXED.map((name) => fixed[name]), ...pairs(fixed.memory), ...fixed.weights],
  };
}

export function flattenCarried(carried: Carried): tf.Tensor[] {
  return [...CARRIED.map((name) => carried[name]), ...pairs(carried.past)];
}

export function unflatten({ carried, fixed }: LoopInputs, layers: number): DecodingInputs {
  const weightsFrom = FIXED.length + 2 * layers;
  return {
    carried: unflattenCarried(carried),
    fixed: {
      ...named(FIXED, fixed),
      memory: unpaired(fixed.slice(FIXED.length, weightsFrom)),
      weights: fixed.slice(weightsFrom),
    },
  };
}

export function unflattenCarried(list: readonly tf.Tensor[]): Carried {
  return { ...named(CARRIED, list), past: unpaired(list.slice(CARRIED.length)) };
}

function named<K extends string>(
  names: readonly K[],
  list: readonly tf.Tensor[],
): Record<K, tf.Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, list[i]!])) as Record<K, tf.Tensor>;
}

function pairs(layers: readonly KeyValue[]): tf.Tensor[] {
  return layers.flatMap(({ key, value }) => [key, value]);
}

function unpaired(list: readonly tf.Tensor[]): KeyValue[] {
  return Array.from({ length: list.length / 2 }, (_, i) => ({
    key: list[2 * i]!,
    value: list[2 * i + 1]!,
  }));
}
