/**
 * What a loop that decodes works on, and how it is handed over. N rounds, R rows, G prompts of L rows
 * each.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LoopInputs } from '../engine/loop.ts';
import type { KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { anglesAt } from './layers.ts';

/** The most rounds of a run. */
export const ROUNDS = 64;

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
  /** By round, [N, R] int32: the tokens chosen. */
  readonly chosen: tf.Tensor;
  /** [N, R]: ln p of each under softmax(logits), whatever it was chosen by. */
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
  /** Of the angles of each round's position, [N, d]. */
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
  /** Rounds at most, int32; up to N. */
  readonly limit: tf.Tensor;
  /** The run ends when as many rows have, int32. */
  readonly enough: tf.Tensor;
  /** Tokens of a response at most, int32. */
  readonly maxTokens: tf.Tensor;
  /** The token that ends a response, int32; -1 for none. */
  readonly end: tf.Tensor;
  /** By round, [N, R] int32: tokens that must come, -1 where any may. */
  readonly forced: tf.Tensor;
  /** By round, [N, R] in [0, 1). */
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
  /** The run ends when as many rows have. */
  readonly enough: number;
  /** Tokens of a response at most, and the one that ends it; -1 for none. */
  readonly maxTokens: number;
  readonly end: number;
  /** [N · R], round by round: tokens that must come, -1 where any may. */
  readonly forced: Int32Array;
  /** [N · R] in [0, 1). */
  readonly uniforms: Float32Array;
  readonly temperature: number;
}

/** A step without rounds, with tables for some. */
export function idleStep(rows: number, rounds = 1): Step {
  return {
    tokens: new Int32Array(rows),
    ended: new Uint8Array(rows).fill(1),
    states: new Int32Array(rows),
    limit: 0,
    enough: rows,
    maxTokens: 1,
    end: -1,
    forced: new Int32Array(rounds * rows),
    uniforms: new Float32Array(rounds * rows),
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
  const rounds = step.forced.length / rows;
  const positions = Array.from({ length: rounds }, (_, round) => position + round);
  const { cos, sin } = anglesAt(headDim, positions);
  const integer = (value: number): tf.Tensor => tf.scalar(value, 'int32');
  return {
    carried: {
      again: tf.scalar(step.limit > 0, 'bool'),
      round: integer(0),
      tokens: tf.tensor1d(step.tokens, 'int32'),
      ended: tf.tensor1d(step.ended, 'bool'),
      states: tf.tensor1d(step.states, 'int32'),
      chosen: tf.zeros([rounds, rows], 'int32'),
      logProbs: tf.zeros([rounds, rows]),
      past,
    },
    fixed: {
      ...tables,
      column: integer(column),
      start: tf.tensor2d(start, [groups, rows / groups], 'int32'),
      cos: tf.tensor2d(cos, [rounds, headDim]),
      sin: tf.tensor2d(sin, [rounds, headDim]),
      limit: integer(step.limit),
      enough: integer(step.enough),
      maxTokens: integer(step.maxTokens),
      end: integer(step.end),
      forced: tf.tensor2d(step.forced, [rounds, rows], 'int32'),
      uniforms: tf.tensor2d(step.uniforms, [rounds, rows]),
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
  'enough',
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

export function pairs(layers: readonly KeyValue[]): tf.Tensor[] {
  return layers.flatMap(({ key, value }) => [key, value]);
}

export function unpaired(list: readonly tf.Tensor[]): KeyValue[] {
  return Array.from({ length: list.length / 2 }, (_, i) => ({
    key: list[2 * i]!,
    value: list[2 * i + 1]!,
  }));
}
