/**
 * What rows under way depend on, kept in the library between runs of a decoding loop: their prompts, and
 * the keys and values of earlier tokens, in a window of columns that grows ahead of the rows and is cut
 * behind them.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LoopInputs } from '../engine/loop.ts';
import { tidied } from '../engine/tidied.ts';
import { zeros } from '../engine/zeros.ts';
import type { KeyValue } from './attention.ts';
import { decodingWeights } from './decoding.ts';
import type { DecodingOperations } from './decodingOperations.ts';
import { decodingInputs, flatten, idleStep, ROUNDS, unflattenCarried } from './decodingInputs.ts';
import type { Step } from './decodingInputs.ts';
import { POSITIONS } from './layers.ts';
import { disposePrompts, emptyPrompts, somePrompts, withPrompts } from './prompts.ts';
import type { PromptReader } from './prompts.ts';
import type { Model } from './transformer.ts';

export interface Stepped {
  readonly rounds: number;
  /** [N · R], of which the first `rounds` · R count. */
  readonly chosen: Int32Array;
  readonly logProbs: Float32Array;
}

/** Rows are those of group 0, lane by lane, those of group 1, … */
export interface Decoder {
  /** Hands prompts, ids without bos and eos, to groups whose rows have all ended. */
  read(groups: readonly number[], prompts: readonly ArrayLike<number>[]): void;
  /** Whether there are positions left for another response of `maxTokens`. */
  hasRoom(maxTokens: number): boolean;
  /** Lets a row begin with the next run. */
  begin(row: number): void;
  /** Makes room for a run. */
  prepare(step: Step): void;
  /** What a run of the loop takes; null for no rounds. The caller tidies. */
  inputs(step: Step | null): LoopInputs;
  /** Takes over what the run carried last. */
  take(carried: readonly tf.Tensor[]): Promise<Stepped>;
  /** Keeps these rows alone, each from now on a group of one lane. */
  keep(rows: readonly number[]): void;
  /** Forgets all rows. */
  reset(): void;
  dispose(): void;
}

export interface DecoderShape {
  readonly groups: number;
  readonly lanes: number;
  /** Longest prompt, bos and eos included. */
  readonly prompt: number;
  /** [states, V] int32, of the grammar. */
  readonly transitions: tf.Tensor;
}

/** What decodes: a model with the operations that its parameters are laid out for. */
export interface DecodingModel {
  readonly model: Model;
  readonly operations: DecodingOperations;
  readonly reader: PromptReader;
}

/** The caller keeps the model and the transitions. */
export function createDecoder(
  { model, operations, reader }: DecodingModel,
  shape: DecoderShape,
): Decoder {
  const { grain } = operations;
  const { transitions } = shape;
  let { groups, lanes } = shape;
  const weights = decodingWeights(model);
  let prompts = emptyPrompts(model, operations, { count: groups, length: shape.prompt });
  let past = Array.from({ length: model.config.decoderLayers }, () =>
    operations.emptyPast(groups * lanes),
  );
  let columns = 0;
  let [column, offset] = [0, 0];
  let start = new Int32Array(groups * lanes);

  const replacePast = (make: (table: tf.Tensor) => tf.Tensor): void => {
    const made = tidied(() =>
      past.map(({ key, value }) => ({ key: make(key), value: make(value) })),
    );
    disposeAll(past);
    past = made;
  };
  const replacePrompts = (made: typeof prompts): void => {
    disposePrompts(prompts);
    prompts = made;
  };
  const cut = (count: number): void => {
    const entries = count / operations.columns;
    replacePast((table) => {
      const zeros = table.shape.slice(2).map(() => 0);
      return tf.slice(
        table,
        [0, entries, ...zeros],
        table.shape.map(() => -1),
      );
    });
    start = start.map((at) => Math.max(0, at - count));
    columns -= count;
    column -= count;
    offset += count;
  };
  const widen = (count: number): void => {
    const entries = count / operations.columns;
    replacePast((table) => {
      const [first, , ...others] = table.shape as [number, number, ...number[]];
      const added = zeros([first, entries, ...others], table.dtype as 'float32' | 'int32');
      return columns === 0 ? added : tf.concat([table, added], 1);
    });
    columns += count;
  };

  return {
    read(some, requested) {
      replacePrompts(withPrompts(prompts, some, requested, reader));
    },
    hasRoom: (maxTokens) => offset + column + maxTokens + ROUNDS <= POSITIONS,
    begin: (row) => void (start[row] = column),
    prepare({ limit, ended }) {
      if (column + limit <= columns) return;
      const first = start.reduce((min, at, row) => (ended[row] ? min : Math.min(min, at)), column);
      const unseen = Math.min(first - (first % grain), columns);
      if (unseen > 0) cut(unseen);
      const missing = Math.ceil((column + limit - columns) / grain) * grain;
      if (missing > 0) widen(missing);
    },
    inputs: (step) =>
      flatten(
        decodingInputs(model.config, step ?? idleStep(start.length), {
          memory: prompts.memory,
          memoryMask: prompts.mask,
          transitions,
          weights,
          past,
          column,
          position: offset + column,
          start,
        }),
      ),
    async take(carried) {
      disposeAll(past);
      const state = unflattenCarried(carried);
      past = [...state.past];
      const { again, round, tokens, ended, states, chosen, logProbs } = state;
      const [[rounds], saidTokens, saidLogProbs] = await Promise.all([
        round.data<'int32'>(),
        chosen.data<'int32'>(),
        logProbs.data<'float32'>(),
      ]);
      tf.dispose([again, round, tokens, ended, states, chosen, logProbs]);
      column += rounds!;
      return { rounds: rounds!, chosen: saidTokens, logProbs: saidLogProbs };
    },
    keep(rows) {
      replacePrompts(
        somePrompts(
          prompts,
          rows.map((row) => Math.floor(row / lanes)),
        ),
      );
      replacePast((table) => {
        const [first, ...others] = table.shape as [number, ...number[]];
        const perRow = first / start.length;
        const byRow = tf.reshape(table, [start.length, -1]);
        const kept = tf.gather(byRow, tf.tensor1d([...rows], 'int32'));
        return tf.reshape(kept, [rows.length * perRow, ...others]);
      });
      start = Int32Array.from(rows, (row) => start[row]!);
      [groups, lanes] = [rows.length, 1];
    },
    reset() {
      disposeAll(past);
      past = past.map(() => operations.emptyPast(start.length));
      [columns, column, offset] = [0, 0, 0];
      start.fill(0);
    },
    dispose() {
      disposeAll(past);
      disposePrompts(prompts);
    },
  };
}

function disposeAll(layers: readonly KeyValue[]): void {
  for (const { key, value } of layers) tf.dispose([key, value]);
}
