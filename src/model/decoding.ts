/**
 * Decoding many responses side by side, one token of each a round, as the body of a loop.
 *
 * Rows come in groups of one prompt each, whose lanes are its samples: cross-attention takes the lanes
 * of a group as so many queries, so a prompt's keys and values are there and read once. In
 * self-attention every lane has keys and values of its own, in columns. All rows write the same column
 * in a round, and a row begins at any: rotary positions tell distances only, so a row need not begin
 * at position 0.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LoopBody, LoopInputs } from '../engine/loop.ts';
import { writeRows } from '../engine/inPlace.ts';
import type { KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { rotation } from './layers.ts';
import { HIDDEN } from './masks.ts';
import { splitParams } from './params.ts';
import { chooseTokens, logProbabilityOf, type Choice } from './sampling.ts';
import { decode, type SelfAttention } from './transformer.ts';

/** The most rounds of a run. */
export const ROUNDS = 16;

/** Changes from round to round. R = G · L rows, G groups of L lanes. */
export interface Carried {
  /** Whether there is another round, bool. */
  readonly again: tf.Tensor;
  /** Rounds done, int32. */
  readonly round: tf.Tensor;
  /** Newest tokens [G, L] int32. */
  readonly tokens: tf.Tensor;
  /** Rows that have ended [G, L] bool; they go on, but say nothing. */
  readonly ended: tf.Tensor;
  /** By round, [ROUNDS, R] int32: the tokens chosen. */
  readonly chosen: tf.Tensor;
  /** [ROUNDS, R]: ln p of each under softmax(logits), whatever it was chosen by. */
  readonly logProbs: tf.Tensor;
  /** By layer [G · H · L, columns, d] each. */
  readonly past: readonly KeyValue[];
}

/** Stays. */
export interface Fixed {
  /** By layer [G, H, S, d] each. */
  readonly memory: readonly KeyValue[];
  /** [G, 1, 1, S] */
  readonly memoryMask: tf.Tensor;
  /** The column that the first round writes, int32. */
  readonly column: tf.Tensor;
  /** Position of column 0, int32. */
  readonly offset: tf.Tensor;
  /** The column at which each row begins [G, L] int32. */
  readonly start: tf.Tensor;
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
}

/** @param flat the parameters, of which the loop takes hold */
export function decodingLoop(
  config: ModelConfig,
  flat: tf.Variable,
  { choice, count }: { readonly choice: Choice; readonly count: number },
): LoopBody {
  return {
    count,
    smallest: { groups: 2, lanes: 2, prompt: 2, columns: 2 },
    inputs: ({ groups, lanes, prompt, columns }) => {
      const sizes = { groups: groups!, lanes: lanes!, prompt: prompt!, columns: columns! };
      return flatten(exampleOf(config, sizes));
    },
    body: (inputs) => {
      const { carried, fixed } = unflatten(inputs);
      const model = { config, params: splitParams(config, flat as tf.Tensor1D) };
      const column = tf.add(fixed.column, carried.round); // int32 []
      const past: KeyValue[] = [];
      const logits = decode(model, carried.tokens, {
        memory: fixed.memory,
        memoryMask: fixed.memoryMask,
        positions: rotation(
          config.dim / config.heads,
          tf.reshape(tf.add(fixed.offset, column), [1]),
        ),
        selfAttention: remembering(carried.past, past, { column, start: fixed.start }),
      });
      const rows = tf.reshape(logits, [-1, config.vocabSize]); // [R, V]
      const ofRound = (table: tf.Tensor): tf.Tensor =>
        tf.reshape(tf.gather(table, tf.reshape(carried.round, [1])), [-1]); // [R]
      const free = chooseTokens(rows, choice, {
        temperature: fixed.temperature,
        uniforms: () => ofRound(fixed.uniforms),
      });
      const forced = ofRound(fixed.forced);
      const next = tf.where(tf.less(forced, tf.scalar(0, 'int32')), free, forced); // int32 [R]
      const tokens = tf.reshape(next, carried.tokens.shape);
      const length = tf.add(tf.sub(column, fixed.start), tf.scalar(1, 'int32')); // [G, L]
      const ended = [tf.equal(tokens, fixed.end), tf.greaterEqual(length, fixed.maxTokens)].reduce(
        (any, one) => tf.logicalOr(any, one),
        carried.ended,
      );
      const write = (table: tf.Tensor, row: tf.Tensor): tf.Tensor =>
        tf.tensorScatterUpdate(table, tf.reshape(carried.round, [1, 1]), tf.reshape(row, [1, -1]));
      const round = tf.add(carried.round, tf.scalar(1, 'int32'));
      const more = tf.logicalAnd(tf.less(round, fixed.limit), tf.any(tf.logicalNot(ended)));
      return flattenCarried({
        again: more,
        round,
        tokens,
        ended,
        chosen: write(carried.chosen, next),
        logProbs: write(carried.logProbs, logProbabilityOf(rows, next)),
        past,
      });
    },
  };
}

/** Writes each layer's own keys and values into the column, adds the results to `past`, and reads all. */
function remembering(
  before: readonly KeyValue[],
  past: KeyValue[],
  { column, start }: { readonly column: tf.Tensor; readonly start: tf.Tensor },
): SelfAttention {
  const columns = before[0]!.key.shape[1]!;
  const [groups, lanes] = start.shape as [number, number];
  const all = tf.range(0, columns, 1, 'int32');
  const early = tf.less(all, tf.reshape(start, [groups, lanes, 1])); // [G, L, columns]
  const hidden = tf.logicalOr(tf.greater(all, column), early);
  const mask = tf.reshape(tf.mul(tf.cast(hidden, 'float32'), HIDDEN), [groups, 1, lanes, columns]);
  return (query, own, layer) => {
    const [, heads, , dim] = query.shape as [number, number, number, number];
    const rows = groups * heads * lanes;
    const firsts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(columns, 'int32'));
    const places = tf.add(firsts, column);
    const written = (table: tf.Tensor, x: tf.Tensor): tf.Tensor => {
      const flat = tf.reshape(table, [-1, dim]);
      const updated = writeRows(flat, places, tf.reshape(x, [rows, dim]));
      return tf.reshape(updated, [rows, columns, dim]);
    };
    const { key, value } = before[layer]!;
    const seen = { key: written(key, own.key), value: written(value, own.value) };
    past.push(seen);
    const scaled = tf.mul(tf.reshape(query, [rows, 1, dim]), 1 / Math.sqrt(dim));
    const scores = tf.matMul(scaled, seen.key, false, true); // [rows, 1, columns]
    const shape = [groups, heads, lanes, columns];
    const weights = tf.softmax(tf.add(tf.reshape(scores, shape), mask));
    const attended = tf.matMul(tf.reshape(weights, [rows, 1, columns]), seen.value);
    return tf.reshape(attended, [groups, heads, lanes, dim]);
  };
}

export interface DecodingSizes {
  readonly groups: number;
  readonly lanes: number;
  readonly prompt: number;
  readonly columns: number;
}

/** Zeros of the shapes that the loop takes. */
function exampleOf(
  { dim, heads, decoderLayers }: ModelConfig,
  { groups, lanes, prompt, columns }: DecodingSizes,
): { readonly carried: Carried; readonly fixed: Fixed } {
  const [rows, headDim] = [groups * lanes, dim / heads];
  const layers = (shape: number[]): KeyValue[] =>
    Array.from({ length: decoderLayers }, () => ({ key: tf.zeros(shape), value: tf.zeros(shape) }));
  const integer = (): tf.Tensor => tf.scalar(0, 'int32');
  return {
    carried: {
      again: tf.scalar(true, 'bool'),
      round: integer(),
      tokens: tf.zeros([groups, lanes], 'int32'),
      ended: tf.zeros([groups, lanes], 'bool'),
      chosen: tf.zeros([ROUNDS, rows], 'int32'),
      logProbs: tf.zeros([ROUNDS, rows]),
      past: layers([rows * heads, columns, headDim]),
    },
    fixed: {
      memory: layers([groups, heads, prompt, headDim]),
      memoryMask: tf.zeros([groups, 1, 1, prompt]),
      column: integer(),
      offset: integer(),
      start: tf.zeros([groups, lanes], 'int32'),
      limit: integer(),
      maxTokens: integer(),
      end: integer(),
      forced: tf.zeros([ROUNDS, rows], 'int32'),
      uniforms: tf.zeros([ROUNDS, rows]),
      temperature: tf.scalar(1),
    },
  };
}

export function flatten(inputs: { readonly carried: Carried; readonly fixed: Fixed }): LoopInputs {
  const { memory, memoryMask, column, offset, start, limit } = inputs.fixed;
  const { maxTokens, end, forced, uniforms, temperature } = inputs.fixed;
  return {
    carried: flattenCarried(inputs.carried),
    fixed: [
      memoryMask,
      column,
      offset,
      start,
      limit,
      maxTokens,
      end,
      forced,
      uniforms,
      temperature,
      ...pairs(memory),
    ],
  };
}

function flattenCarried(carried: Carried): tf.Tensor[] {
  const { again, round, tokens, ended, chosen, logProbs, past } = carried;
  return [again, round, tokens, ended, chosen, logProbs, ...pairs(past)];
}

function unflatten({ carried, fixed }: LoopInputs): {
  readonly carried: Carried;
  readonly fixed: Fixed;
} {
  const [memoryMask, column, offset, start, limit, ...more] = fixed;
  const [maxTokens, end, forced, uniforms, temperature, ...memory] = more;
  const of = { memoryMask, column, offset, start, limit, maxTokens, end, forced, uniforms };
  return {
    carried: unflattenCarried(carried),
    fixed: { ...of, temperature, memory: unpaired(memory) } as Fixed,
  };
}

export function unflattenCarried(list: readonly tf.Tensor[]): Carried {
  const [again, round, tokens, ended, chosen, logProbs, ...past] = list;
  return { again, round, tokens, ended, chosen, logProbs, past: unpaired(past) } as Carried;
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
