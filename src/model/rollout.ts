/**
 * Responses of a model to prompts: greedy or sampled, many rows at once, with the keys and values of
 * earlier tokens kept. Rows that have ended leave the batch.
 *
 * Every row draws from a stream named by seed, task and sample, so a sample does not depend on which
 * others it is computed with, beyond the rounding of the arithmetic.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createRng, type Rng } from '../../envs/rng.ts';
import { BOS, EOS } from '../../traces/vocabulary.ts';
import type { KeyValue } from './attention.ts';
import { rotationFrom, type Rotation } from './layers.ts';
import { paddingMask } from './masks.ts';
import { argmax, sample } from './sampling.ts';
import { tidied } from './tidied.ts';
import { decode, encode, positionsOf, readMemory, type Model } from './transformer.ts';

export interface RolloutRequest {
  /** Names the task in the seeds of its samples. */
  readonly id: string;
  /** Token ids without bos and eos. */
  readonly prompt: ArrayLike<number>;
}

export interface RolloutOptions {
  /** Tokens that every response begins with, after bos. */
  readonly prefix: readonly number[];
  /** Responses per request. */
  readonly samples: number;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** Longest response in tokens, prefix and eos included. */
  readonly maxTokens: number;
  readonly seed: string | number;
  /** The token that ends a response, eos unless given; null goes on to `maxTokens`. */
  readonly end?: number | null;
  /** Most rows computed at once. */
  readonly rows?: number;
  readonly signal?: AbortSignal;
}

/** Responses by request and sample: ids after bos, prefix included, eos included if it was reached. */
export type Responses = readonly (readonly Uint16Array[])[];

const DEFAULT_ROWS = 256;

/** @throws the signal's reason if it is aborted */
export async function rollout(
  model: Model,
  requests: readonly RolloutRequest[],
  options: RolloutOptions,
): Promise<Responses> {
  const { samples, rows = DEFAULT_ROWS } = options;
  const perBatch = Math.max(1, Math.floor(rows / samples));
  const responses: Uint16Array[][] = [];
  for (let from = 0; from < requests.length; from += perBatch) {
    const batch = requests.slice(from, from + perBatch);
    const own = batch.map((): Uint16Array[] => []);
    for (let first = 0; first < samples; first += rows) {
      const range = { first, count: Math.min(rows, samples - first) };
      const drawn = await rolloutBatch(model, batch, range, options);
      drawn.forEach((some, i) => own[i]!.push(...some));
    }
    responses.push(...own);
  }
  return responses;
}

/** A response under way. */
interface Row {
  readonly tokens: number[];
  readonly rng: Rng;
  ended: boolean;
}

/** What the next token of each live row depends on. */
interface DecodingState {
  /** [B, H, P, d] and [B, H, L, d] per layer. */
  readonly memory: readonly KeyValue[];
  readonly past: readonly KeyValue[];
  /** [B, 1, 1, P] */
  readonly memoryMask: tf.Tensor;
  /** Of all positions that a response can have. */
  readonly positions: Rotation;
}

/** The samples `first` … first + count − 1 of each request. */
async function rolloutBatch(
  model: Model,
  requests: readonly RolloutRequest[],
  { first, count }: { readonly first: number; readonly count: number },
  options: RolloutOptions,
): Promise<Uint16Array[][]> {
  const { prefix, temperature, maxTokens, end = EOS, signal } = options;
  const all = requests.map(({ id }) =>
    Array.from({ length: count }, (_, i): Row => ({
      tokens: [...prefix],
      rng: createRng(options.seed).split('rollout', id, first + i),
      ended: prefix.length >= maxTokens,
    })),
  );
  let live = all.flat();
  let { state, logits } = tidied(() =>
    prefill(model, requests, { samples: count, prefix, maxTokens }),
  );
  try {
    for (;;) {
      const values = await logits.data<'float32'>();
      logits.dispose();
      chooseTokens(live, values, { temperature, maxTokens, end });
      const kept = live.flatMap((row, i) => (row.ended ? [] : [i]));
      if (kept.length === 0) break;
      signal?.throwIfAborted();
      await tf.nextFrame();
      if (kept.length <= live.length / 2) {
        live = kept.map((i) => live[i]!);
        state = replace(state, () => selectRows(state, kept));
      }
      const next = tidied(() => advance(model, state, live));
      disposeKeyValues(state.past);
      state = { ...state, past: next.past };
      logits = next.logits;
    }
  } finally {
    logits.dispose();
    disposeState(state);
  }
  return all.map((rows) => rows.map((row) => Uint16Array.from(row.tokens)));
}

/** Reads the prompts, once per request, and the forced tokens. */
function prefill(
  model: Model,
  requests: readonly RolloutRequest[],
  { samples, prefix, maxTokens }: { samples: number; prefix: readonly number[]; maxTokens: number },
): { state: DecodingState; logits: tf.Tensor } {
  const count = requests.length;
  const lengths = requests.map(({ prompt }) => prompt.length + 2);
  const size = Math.max(...lengths);
  const ids = new Int32Array(count * size).fill(BOS);
  requests.forEach(({ prompt }, row) => {
    ids.set(Array.from(prompt), row * size + 1);
    ids[row * size + lengths[row]! - 1] = EOS;
  });
  const mask = paddingMask(lengths, size);
  const memory = readMemory(model, encode(model, tf.tensor2d(ids, [count, size], 'int32'), mask));

  const requestOfRow = tf.tensor1d(
    Int32Array.from({ length: count * samples }, (_, row) => Math.floor(row / samples)),
    'int32',
  );
  const start = [BOS, ...prefix];
  const startIds = Int32Array.from(
    { length: count * samples * start.length },
    (_, i) => start[i % start.length]!,
  );
  const perRow = {
    memory: memory.map((layer) => gatherRows(layer, requestOfRow)),
    memoryMask: tf.gather(mask, requestOfRow),
  };
  const positions = positionsOf(model.config, Math.max(start.length, maxTokens));
  const { logits, keyValues } = decode(
    model,
    tf.tensor2d(startIds, [count * samples, start.length], 'int32'),
    {
      ...perRow,
      selfMask: 'causal',
      positions: rotationFrom(positions, 0, start.length),
    },
  );
  return { state: { ...perRow, past: keyValues, positions }, logits: lastPosition(logits) };
}

/** One more token for each live row. */
function advance(
  model: Model,
  { memory, memoryMask, past, positions }: DecodingState,
  live: readonly Row[],
): { past: readonly KeyValue[]; logits: tf.Tensor } {
  const position = past[0]!.key.shape[2]!;
  const newest = Int32Array.from(live, (row) => row.tokens.at(-1)!);
  const { logits, keyValues } = decode(model, tf.tensor2d(newest, [live.length, 1], 'int32'), {
    memory,
    memoryMask,
    past,
    selfMask: null,
    positions: rotationFrom(positions, position, 1),
  });
  return { past: keyValues, logits: lastPosition(logits) };
}

/** Appends a token to every row that has not ended. @param logits [B, V] row by row */
function chooseTokens(
  live: readonly Row[],
  logits: Float32Array,
  { temperature, maxTokens, end }: { temperature: number; maxTokens: number; end: number | null },
): void {
  const vocabSize = logits.length / live.length;
  live.forEach((row, i) => {
    if (row.ended) return;
    const own = logits.subarray(i * vocabSize, (i + 1) * vocabSize);
    const token = temperature === 0 ? argmax(own) : sample(own, temperature, row.rng);
    row.tokens.push(token);
    row.ended = token === end || row.tokens.length >= maxTokens;
  });
}

/** logits [B, T, V] -> [B, V] */
function lastPosition(logits: tf.Tensor): tf.Tensor {
  const [batch, length, vocabSize] = logits.shape as [number, number, number];
  return tf.reshape(tf.slice(logits, [0, length - 1, 0], [batch, 1, vocabSize]), [
    batch,
    vocabSize,
  ]);
}

function gatherRows({ key, value }: KeyValue, rows: tf.Tensor1D): KeyValue {
  return { key: tf.gather(key, rows), value: tf.gather(value, rows) };
}

function selectRows(state: DecodingState, rows: readonly number[]): DecodingState {
  const indices = tf.tensor1d(rows as number[], 'int32');
  return {
    memory: state.memory.map((layer) => gatherRows(layer, indices)),
    past: state.past.map((layer) => gatherRows(layer, indices)),
    memoryMask: tf.gather(state.memoryMask, indices),
    positions: state.positions,
  };
}

function replace(state: DecodingState, make: () => DecodingState): DecodingState {
  const next = tidied(make);
  disposeRows(state);
  return next;
}

function disposeState(state: DecodingState): void {
  disposeRows(state);
  const { cos, sin, quarterTurn } = state.positions;
  tf.dispose([cos, sin, quarterTurn]);
}

function disposeRows(state: DecodingState): void {
  disposeKeyValues(state.memory);
  disposeKeyValues(state.past);
  state.memoryMask.dispose();
}

function disposeKeyValues(layers: readonly KeyValue[]): void {
  for (const { key, value } of layers) tf.dispose([key, value]);
}
