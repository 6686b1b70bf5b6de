/** What the model and an objective read of a batch, as tensors. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import { AT_ONCE, type AttentionBlocks } from '../model/attentionBlocks.ts';
import { paddingMask } from '../model/masks.ts';
import { causalAttention, decode, encode, readMemory, type Model } from '../model/transformer.ts';
import type { Columns, Objective, Outputs } from '../objectives/objective.ts';

/** What training needs of a batch. */
export type TokenBatch = Pick<
  Batch,
  | 'B'
  | 'P'
  | 'T'
  | 'prompt'
  | 'promptLengths'
  | 'response'
  | 'responseLengths'
  | 'weights'
  | 'share'
  | 'forced'
  | 'tokenColumns'
  | 'rowColumns'
>;

/** What the model reads; N = T − 1 positions predict the next token. */
export interface ModelInputs {
  /** [B, P] int32 */
  readonly prompt: tf.Tensor;
  /** [B, 1, 1, P], 0 or hidden */
  readonly promptMask: tf.Tensor;
  /** [B, N] int32 */
  readonly inputs: tf.Tensor;
}

/** What the model and an objective read. */
export interface LossInputs extends ModelInputs {
  /** [B, N] int32 */
  readonly targets: tf.Tensor;
  readonly tokens: Columns;
  readonly rows: Columns;
}

/** The names of the columns that an objective reads. */
export type ColumnNames = Pick<Objective, 'tokenColumns' | 'rowColumns'>;

/**
 * Prompts and responses are padded further to whole blocks of attention. The caller disposes the
 * tensors.
 * @throws RangeError if the batch lacks a column
 */
export function lossInputs(
  batch: TokenBatch,
  { tokenColumns, rowColumns }: ColumnNames,
  blocks: AttentionBlocks = AT_ONCE,
): LossInputs {
  const { B, T } = batch;
  const P = roundUp(batch.P, blocks.encoder);
  const N = roundUp(T - 1, blocks.decoder);
  const prompt = new Int32Array(B * P);
  const inputs = new Int32Array(B * N);
  const targets = new Int32Array(B * N);
  for (let row = 0; row < B; row++) {
    const predicted = batch.responseLengths[row]! - 1;
    const response = batch.response.subarray(row * T, row * T + predicted + 1);
    prompt.set(batch.prompt.subarray(row * batch.P, (row + 1) * batch.P), row * P);
    inputs.set(response.subarray(0, predicted), row * N);
    targets.set(response.subarray(1), row * N);
  }
  return {
    prompt: tf.tensor2d(prompt, [B, P], 'int32'),
    promptMask: paddingMask(batch.promptLengths, P),
    inputs: tf.tensor2d(inputs, [B, N], 'int32'),
    targets: tf.tensor2d(targets, [B, N], 'int32'),
    tokens: byName(tokenColumns, (name) => tf.tensor2d(tokenColumn(batch, name, N), [B, N])),
    rows: byName(rowColumns, (name) => tf.tensor1d(rowColumn(batch, name))),
  };
}

/** The tensors in one order, and back. */
export function inputList({ prompt, promptMask, inputs, targets, tokens, rows }: LossInputs) {
  const columns = [...Object.values(tokens), ...Object.values(rows)];
  return [prompt, promptMask, inputs, targets, ...columns];
}

export function inputsOf(
  list: readonly tf.Tensor[],
  { tokenColumns, rowColumns }: ColumnNames,
): LossInputs {
  const [prompt, promptMask, inputs, targets, ...columns] = list as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    ...tf.Tensor[],
  ];
  const named = (names: readonly string[], from: number): Columns =>
    Object.fromEntries(names.map((name, i) => [name, columns[from + i]!]));
  return {
    prompt,
    promptMask,
    inputs,
    targets,
    tokens: named(tokenColumns, 0),
    rows: named(rowColumns, tokenColumns.length),
  };
}

/** What the model says of the responses of a batch. */
export function outputsOf(model: Model, { prompt, promptMask, inputs }: ModelInputs): Outputs {
  const memory = readMemory(model, encode(model, prompt, promptMask));
  const logits = decode(model, inputs, {
    memory,
    memoryMask: promptMask,
    selfAttention: causalAttention(model, inputs.shape[1]!),
  });
  return { logits };
}

/** [B, N] For each predicted token, which is the one after the position. */
function tokenColumn(batch: TokenBatch, name: string, N: number): Float32Array {
  const { B, T, responseLengths, weights, forced } = batch;
  const values = new Float32Array(B * N);
  const given = batch.tokenColumns?.[name];
  for (let row = 0; row < B; row++) {
    const [from, end] = [row * N, row * N + responseLengths[row]! - 1];
    if (name === 'weight') values.fill(weights[row]!, from, end);
    else if (name === 'predicted') values.fill(1, from + (forced?.[row] ?? 0), end);
    else if (given === undefined) throw lacking(name);
    else values.set(given.subarray(row * T + 1, row * T + responseLengths[row]!), from);
  }
  return values;
}

function rowColumn({ B, share, rowColumns }: TokenBatch, name: string): Float32Array {
  if (name === 'share') return new Float32Array(B).fill(share);
  return rowColumns?.[name] ?? refuse(name);
}

function lacking(name: string): RangeError {
  return new RangeError(`the batch has no column ${name}`);
}

function refuse(name: string): never {
  throw lacking(name);
}

function byName<T>(names: readonly string[], column: (name: string) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, column(name)]));
}

function roundUp(length: number, multiple: number): number {
  return Math.ceil(length / multiple) * multiple;
}
