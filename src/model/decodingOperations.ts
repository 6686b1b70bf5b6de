/**
 * The operations that the newest position of each row needs while decoding: attention to what the row
 * remembers and to its prompt, in tables as they need them, and the choice of the next token. Those below
 * work on every backend.
 */
import * as tf from '@tensorflow/tfjs-core';
import { writeRows } from '../engine/inPlace.ts';
import { attend, attendAcross, splitProjections, type KeyValue } from './attention.ts';
import type { ModelConfig } from './config.ts';
import type { Carried, Fixed } from './decodingInputs.ts';
import { LAYERS, quarterTurn, type LayerFunctions } from './layers.ts';
import { HIDDEN } from './masks.ts';
import { paramSpecs } from './params.ts';
import { type Params } from './paramTensors.ts';
import { endRound } from './rounds.ts';
import { chooseTokens } from './sampling.ts';
import type { CrossAttention, SelfAttention } from './transformer.ts';

export interface DecodingOperations {
  /** Columns of one entry of a past table along its axis 1. */
  readonly columns: number;
  /** How many columns past tables grow by. */
  readonly grain: number;
  /** Keys and values of one layer that remembers nothing; their first axis is a multiple of `rows`. */
  readonly emptyPast: (rows: number) => KeyValue;
  /** The keys and values of a prompt [G, H, S, d], as `crossAttention` takes them: [G, …]. */
  readonly memoryOf: (keyValue: KeyValue) => KeyValue;
  /** Writes each layer's newest keys and values into the column, and adds the tables to `past`. */
  readonly selfAttention: (
    before: readonly KeyValue[],
    past: KeyValue[],
    at: Newest,
  ) => SelfAttention;
  /** Of queries [R, 1, D] to prompts that L = R / G of them share. */
  readonly crossAttention: CrossAttention;
  /** A matrix [I, O], as `layers` take it. */
  readonly weightOf: (matrix: tf.Tensor, name: string) => tf.Tensor;
  readonly layers: LayerFunctions;
  readonly chooseTokens: typeof chooseTokens;
  readonly endRound: typeof endRound;
}

/** Where the newest positions are: by `column` + `round`, the same for all rows. */
export type Newest = Pick<Fixed, 'column' | 'start' | 'cos' | 'sin'> &
  Pick<Carried, 'round' | 'ended'>;

/** Parameters as the operations take them. */
export function laidOut(
  config: ModelConfig,
  params: Params,
  { weightOf }: Pick<DecodingOperations, 'weightOf'>,
): Params {
  return Object.fromEntries(
    paramSpecs(config).map(({ name, init }) => {
      const param = params[name]!;
      return [name, init === 'linear' ? weightOf(param, name) : tf.clone(param)];
    }),
  );
}

/** Past [R · H, columns, d], memory [G, H, S, d]. */
export function plainOperations({ dim, heads }: ModelConfig): DecodingOperations {
  const headDim = dim / heads;
  return {
    columns: 1,
    // All columns that there are take part in every round.
    grain: 32,
    emptyPast: (rows) => ({
      key: tf.zeros([rows * heads, 0, headDim]),
      value: tf.zeros([rows * heads, 0, headDim]),
    }),
    memoryOf: (keyValue) => keyValue,
    selfAttention(before, past, { round, ended, ...first }) {
      const [count, columns] = before[0]!.key.shape as [number, number, number];
      const rows = ended.shape[0];
      const column = tf.add(first.column, round);
      // What has ended sees itself alone.
      const start = tf.where(ended, column, tf.reshape(first.start, [rows]));
      const all = tf.range(0, columns, 1, 'int32');
      const early = tf.less(all, tf.reshape(start, [rows, 1])); // [R, columns]
      const hidden = tf.logicalOr(tf.greater(all, column), early);
      const mask = tf.reshape(tf.mul(tf.cast(hidden, 'float32'), HIDDEN), [rows, 1, 1, columns]);
      const firsts = tf.mul(tf.range(0, count, 1, 'int32'), tf.scalar(columns, 'int32'));
      const places = tf.add(firsts, column);
      const written = (table: tf.Tensor, x: tf.Tensor): tf.Tensor => {
        const flat = tf.reshape(table, [-1, headDim]);
        const updated = writeRows(flat, places, tf.reshape(x, [count, headDim]));
        return tf.reshape(updated, [count, columns, headDim]);
      };
      const [cos, sin] = [first.cos, first.sin].map((table) =>
        tf.gather(table, tf.reshape(round, [1])),
      ) as [tf.Tensor2D, tf.Tensor2D];
      const positions = { cos, sin, quarterTurn: quarterTurn(headDim) };
      return (joint, layer) => {
        const { query, key, value } = splitProjections(joint, { heads, positions });
        const { key: keys, value: values } = before[layer]!;
        const seen = { key: written(keys, key), value: written(values, value) };
        past.push(seen);
        const ofRow = (table: tf.Tensor): tf.Tensor =>
          tf.reshape(table, [rows, heads, columns, headDim]);
        const own = { key: ofRow(seen.key), value: ofRow(seen.value) };
        return attend(query, own, { mask, blocks: 1 });
      };
    },
    crossAttention(query, memory, options) {
      const groups = memory.key.shape[0];
      const lanes = tf.reshape(query, [groups, query.shape[0] / groups, dim]);
      return tf.reshape(attendAcross(lanes, memory, options), query.shape);
    },
    weightOf: (matrix) => tf.clone(matrix),
    layers: LAYERS,
    chooseTokens,
    endRound,
  };
}
