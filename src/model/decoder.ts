/**
 * What rows under way depend on, kept in the library between runs of a decoding loop: the keys and values
 * of prompts and of earlier tokens, in a window of columns that grows ahead of the rows and is cut behind
 * them.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BOS, EOS } from '../../traces/vocabulary.ts';
import type { LoopInputs } from '../engine/loop.ts';
import { tidied } from '../engine/tidied.ts';
import type { KeyValue } from './attention.ts';
import { flatten, ROUNDS, unflattenCarried } from './decoding.ts';
import { POSITIONS } from './layers.ts';
import { paddingMask } from './masks.ts';
import { encode, readMemory, type Model } from './transformer.ts';

/** R rows: those of group 0, lane by lane, those of group 1, … */
export interface Step {
  /** Newest tokens [R]. */
  readonly tokens: Int32Array;
  /** Rows that say nothing [R]. */
  readonly ended: Uint8Array;
  /** Tokens of each row at most, in this run. */
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

export interface Stepped {
  readonly rounds: number;
  /** [ROUNDS · R], of which the first `rounds` · R count. */
  readonly chosen: Int32Array;
  readonly logProbs: Float32Array;
}

export interface Decoder {
  /** Hands prompts, ids without bos and eos, to groups whose rows have all ended. */
  read(groups: readonly number[], prompts: readonly ArrayLike<number>[]): void;
  /** Whether there are positions left for another response of `maxTokens`. */
  hasRoom(maxTokens: number): boolean;
  /** Lets a row begin with the next run. */
  begin(row: number): void;
  /** What a run of the loop takes; null for no rounds. The caller tidies. */
  inputs(step: Step | null): LoopInputs;
  /** Takes over what the run carried last. */
  take(carried: readonly tf.Tensor[]): Stepped;
  /** Keeps these rows alone, each from now on a group of one lane. */
  keep(rows: readonly number[]): void;
  /** Forgets all rows. */
  reset(): void;
  dispose(): void;
}

/** Columns are added and cut by as many. */
const GRAIN = 32;

export interface DecoderShape {
  readonly groups: number;
  readonly lanes: number;
  /** Longest prompt, bos and eos included. */
  readonly prompt: number;
}

/** The caller keeps the model. */
export function createDecoder(model: Model, shape: DecoderShape): Decoder {
  const { dim, heads, decoderLayers } = model.config;
  let { groups, lanes } = shape;
  const layers = (shape: number[]): KeyValue[] =>
    Array.from({ length: decoderLayers }, () => ({
      key: zeros(shape),
      value: zeros(shape),
    }));
  let prompts = tidied(() => ({
    memory: layers([groups, heads, shape.prompt, dim / heads]),
    mask: zeros([groups, 1, 1, shape.prompt]),
  }));
  let past = layers([groups * heads * lanes, 0, dim / heads]);
  let [column, offset] = [0, 0];
  let start = new Int32Array(groups * lanes);

  const replacePast = (make: (table: tf.Tensor) => tf.Tensor): void => {
    const made = tidied(() => past.map((layer) => eachOf(layer, make)));
    disposeAll(past);
    past = made.map((layer) => eachOf(layer, (table) => tf.keep(table)));
  };
  const replacePrompts = (make: () => typeof prompts): void => {
    const made = tidied(make);
    disposeAll(prompts.memory);
    prompts.mask.dispose();
    prompts = made;
  };
  const columns = (): number => past[0]!.key.shape[1]!;

  /** Cuts columns that no row sees any more, and adds some if `needed` from here on are not there. */
  const makeRoom = (needed: number, ended: Uint8Array): void => {
    if (column + needed <= columns()) return;
    const first = start.reduce((min, at, row) => (ended[row] ? min : Math.min(min, at)), column);
    const cut = Math.min(first - (first % GRAIN), columns());
    if (cut > 0) {
      replacePast((table) => tf.slice(table, [0, cut, 0], [-1, columns() - cut, -1]));
      start = start.map((at) => Math.max(0, at - cut));
      column -= cut;
      offset += cut;
    }
    const missing = Math.ceil((column + needed - columns()) / GRAIN) * GRAIN;
    if (missing <= 0) return;
    replacePast((table) => {
      const [rows, , dim] = table.shape as [number, number, number];
      return tf.concat([table, zeros([rows, missing, dim])], 1);
    });
  };

  return {
    read(some, requested) {
      replacePrompts(() => {
        const distinct = [...new Set(requested)];
        const fresh = readPrompts(model, distinct, shape.prompt);
        const which = tf.tensor1d(
          requested.map((prompt) => distinct.indexOf(prompt)),
          'int32',
        );
        const places = tf.tensor2d([...some], [some.length, 1], 'int32');
        const put = (table: tf.Tensor, rows: tf.Tensor): tf.Tensor =>
          tf.tensorScatterUpdate(table, places, tf.gather(rows, which));
        return {
          memory: prompts.memory.map(({ key, value }, layer) => ({
            key: put(key, fresh.memory[layer]!.key),
            value: put(value, fresh.memory[layer]!.value),
          })),
          mask: put(prompts.mask, fresh.mask),
        };
      });
    },
    hasRoom: (maxTokens) => offset + column + maxTokens + ROUNDS <= POSITIONS,
    begin: (row) => void (start[row] = column),
    inputs(step) {
      const rows = groups * lanes;
      const { tokens, ended, limit, maxTokens, end, forced, uniforms, temperature } =
        step ?? nothing(rows);
      makeRoom(limit, ended);
      const integer = (value: number): tf.Tensor => tf.scalar(value, 'int32');
      return flatten({
        carried: {
          again: tf.scalar(step !== null, 'bool'),
          round: integer(0),
          tokens: tf.tensor2d(tokens, [groups, lanes], 'int32'),
          ended: tf.tensor2d(ended, [groups, lanes], 'bool'),
          chosen: tf.zeros([ROUNDS, rows], 'int32'),
          logProbs: tf.zeros([ROUNDS, rows]),
          past,
        },
        fixed: {
          memory: prompts.memory,
          memoryMask: prompts.mask,
          column: integer(column),
          offset: integer(offset),
          start: tf.tensor2d(start, [groups, lanes], 'int32'),
          limit: integer(limit),
          maxTokens: integer(maxTokens),
          end: integer(end),
          forced: tf.tensor2d(forced, [ROUNDS, rows], 'int32'),
          uniforms: tf.tensor2d(uniforms, [ROUNDS, rows]),
          temperature: tf.scalar(temperature),
        },
      });
    },
    take(carried) {
      disposeAll(past);
      const state = unflattenCarried(carried);
      past = [...state.past];
      const { again, round, tokens, ended, chosen, logProbs } = state;
      const stepped = {
        rounds: round.dataSync()[0]!,
        chosen: chosen.dataSync<'int32'>(),
        logProbs: logProbs.dataSync<'float32'>(),
      };
      column += stepped.rounds;
      tf.dispose([again, round, tokens, ended, chosen, logProbs]);
      return stepped;
    },
    keep(rows) {
      const which = tf.tensor1d([...rows], 'int32');
      const ofGroup = tf.tensor1d(
        rows.map((row) => Math.floor(row / lanes)),
        'int32',
      );
      replacePrompts(() => ({
        memory: prompts.memory.map((layer) => eachOf(layer, (table) => tf.gather(table, ofGroup))),
        mask: tf.gather(prompts.mask, ofGroup),
      }));
      replacePast((table) => {
        const [, columns, dim] = table.shape as [number, number, number];
        const parts = tf.reshape(table, [groups, heads, lanes, columns * dim]);
        const byRow = tf.reshape(tf.transpose(parts, [0, 2, 1, 3]), [
          groups * lanes,
          heads * columns * dim,
        ]);
        return tf.reshape(tf.gather(byRow, which), [rows.length * heads, columns, dim]);
      });
      tf.dispose([which, ofGroup]);
      start = Int32Array.from(rows, (row) => start[row]!);
      [groups, lanes] = [rows.length, 1];
    },
    reset() {
      replacePast((table) => tf.slice(table, [0, 0, 0], [-1, 0, -1]));
      [column, offset] = [0, 0];
      start.fill(0);
    },
    dispose() {
      disposeAll(past);
      disposeAll(prompts.memory);
      prompts.mask.dispose();
    },
  };
}

function nothing(rows: number): Step {
  return {
    tokens: new Int32Array(rows),
    ended: new Uint8Array(rows).fill(1),
    limit: 0,
    maxTokens: 1,
    end: -1,
    forced: new Int32Array(ROUNDS * rows),
    uniforms: new Float32Array(ROUNDS * rows),
    temperature: 1,
  };
}

/** Keys and values of prompts for the decoder, padded to `size` tokens, and what hides the padding. */
function readPrompts(
  model: Model,
  prompts: readonly ArrayLike<number>[],
  size: number,
): { readonly memory: KeyValue[]; readonly mask: tf.Tensor } {
  const lengths = prompts.map(({ length }) => length + 2);
  const ids = new Int32Array(prompts.length * size).fill(BOS);
  prompts.forEach((prompt, row) => {
    ids.set(Array.from(prompt), row * size + 1);
    ids[row * size + lengths[row]! - 1] = EOS;
  });
  const mask = paddingMask(lengths, size);
  const encoded = encode(model, tf.tensor2d(ids, [prompts.length, size], 'int32'), mask);
  return { memory: [...readMemory(model, encoded)], mask };
}

/** Made in the library, where `tf.zeros` would hand them over. */
function zeros(shape: number[]): tf.Tensor {
  return tf.fill(shape, 0);
}

function eachOf({ key, value }: KeyValue, make: (table: tf.Tensor) => tf.Tensor): KeyValue {
  return { key: make(key), value: make(value) };
}

function disposeAll(layers: readonly KeyValue[]): void {
  for (const { key, value } of layers) tf.dispose([key, value]);
}
