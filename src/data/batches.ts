/**
 * Training batches, as a pure function of the step: to resume, a run needs no more than its step.
 *
 * Every pass visits the examples in a fresh order, cut into chunks of about 512. Within a chunk,
 * traces are dropped (Dualformer, arXiv 2410.09918, section 4.1, drawn anew at every pass),
 * examples sorted by length and cut into batches, and the batches shuffled: little padding, and
 * neighbouring steps of any length. Since dropping shortens responses, a sorted batch tends to hold
 * one level of dropping only; `sorted: false` mixes them, at the price of more padding.
 */
import { createRng, type Rng } from '../../envs/rng.ts';
import { drawLevel, type DropStrategy, dropTrace } from '../../traces/drop.ts';
import { BOS, EOS, type Vocabulary } from '../../traces/vocabulary.ts';
import { type Examples, listAt } from './examples.ts';

/** Sequences padded to common lengths by bos. */
export interface Batch {
  /** [B, P] row by row: bos prompt eos, padding. */
  readonly prompt: Int32Array;
  /** [B] Without padding. */
  readonly promptLengths: Int32Array;
  /** [B, T] row by row: bos reasoning plan eos, padding. */
  readonly response: Int32Array;
  /** [B] Without padding. */
  readonly responseLengths: Int32Array;
  readonly B: number;
  readonly P: number;
  readonly T: number;
  /** In prompts and responses together, without padding. */
  readonly tokens: number;
  /** [B] Rows of the split. */
  readonly rows: Uint32Array;
  /** [B] What was dropped, 0–4. */
  readonly levels: Uint8Array;
}

export interface BatchOptions {
  readonly batchSize: number;
  readonly seed: number | string;
  readonly strategy: DropStrategy;
  readonly vocabulary: Vocabulary;
  readonly sorted?: boolean;
}

export interface Batches {
  /** The last batch of a pass may be smaller than the others. */
  readonly batchesPerPass: number;
  /** Steps count from 0 over all passes. Cheapest in ascending order, which is no condition. */
  readonly at: (step: number) => Batch;
}

/** Examples whose lengths are compared with each other. */
const CHUNK = 512;

/** @throws RangeError if the split is empty */
export function createBatches(split: Examples, options: BatchOptions): Batches {
  if (split.count === 0) throw new RangeError('batches of a split without examples');
  const { batchSize } = options;
  const rng = createRng(options.seed);
  const batchesPerChunk = Math.max(1, Math.floor(CHUNK / batchSize));
  const batchesPerPass = Math.ceil(split.count / batchSize);

  const orderOf = memoize((pass) =>
    rng.split('order', pass).shuffle(Uint32Array.from({ length: split.count }, (_, i) => i)),
  );
  const chunksPerPass = Math.ceil(batchesPerPass / batchesPerChunk);
  const chunkAt = memoize((chunk) => {
    const pass = Math.floor(chunk / chunksPerPass);
    const first = (chunk % chunksPerPass) * batchesPerChunk * batchSize;
    const rows = orderOf(pass).subarray(first, first + batchesPerChunk * batchSize);
    const sequences = Array.from(rows, (row) => dropped(split, row, { pass, rng, ...options }));
    if (options.sorted ?? true) sequences.sort((a, b) => a.length - b.length || a.row - b.row);
    const groups = Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, i) =>
      sequences.slice(i * batchSize, (i + 1) * batchSize),
    );
    return rng.split('batches', chunk).shuffle(groups);
  });

  return {
    batchesPerPass,
    at(step) {
      const pass = Math.floor(step / batchesPerPass);
      const batch = step % batchesPerPass;
      const chunk = Math.floor(batch / batchesPerChunk);
      return pad(split, chunkAt(pass * chunksPerPass + chunk)[batch % batchesPerChunk]!);
    },
  };
}

/** Every example once, always dropped alike, so that losses at different steps can be compared. */
export function* validationBatches(
  split: Examples,
  options: Omit<BatchOptions, 'seed'>,
): Generator<Batch, void, undefined> {
  const { batchesPerPass, at } = createBatches(split, { ...options, seed: 'validation' });
  for (let step = 0; step < batchesPerPass; step++) yield at(step);
}

interface Sequence {
  readonly row: number;
  readonly level: number;
  readonly reasoning: Uint16Array;
  /** Tokens of the response, bos and eos included. */
  readonly length: number;
}

interface Draw {
  readonly pass: number;
  readonly rng: Rng;
  readonly strategy: DropStrategy;
  readonly vocabulary: Vocabulary;
}

function dropped(split: Examples, row: number, draw: Draw): Sequence {
  const { strategy, vocabulary } = draw;
  const pass = strategy.redraw === 'pass' ? draw.pass : 'once';
  const rng = draw.rng.split('drop', pass, split.id[row]!);
  const level = drawLevel(strategy, rng);
  const full = listAt(split.reasoning, row);
  const reasoning = dropTrace(full, level, rng, { vocabulary, level3: strategy.level3 });
  return { row, level, reasoning, length: reasoning.length + listAt(split.plan, row).length + 2 };
}

function pad(split: Examples, sequences: readonly Sequence[]): Batch {
  const B = sequences.length;
  const promptLengths = Int32Array.from(
    sequences,
    ({ row }) => listAt(split.prompt, row).length + 2,
  );
  const responseLengths = Int32Array.from(sequences, ({ length }) => length);
  const P = promptLengths.reduce((a, b) => Math.max(a, b));
  const T = responseLengths.reduce((a, b) => Math.max(a, b));
  const prompt = new Int32Array(B * P).fill(BOS);
  const response = new Int32Array(B * T).fill(BOS);
  let tokens = 0;
  for (const [b, { row, reasoning }] of sequences.entries()) {
    const plan = listAt(split.plan, row);
    prompt.set(listAt(split.prompt, row), b * P + 1);
    prompt[b * P + promptLengths[b]! - 1] = EOS;
    response.set(reasoning, b * T + 1);
    response.set(plan, b * T + 1 + reasoning.length);
    response[b * T + responseLengths[b]! - 1] = EOS;
    tokens += promptLengths[b]! + responseLengths[b]!;
  }
  return {
    prompt,
    promptLengths,
    response,
    responseLengths,
    B,
    P,
    T,
    tokens,
    rows: Uint32Array.from(sequences, ({ row }) => row),
    levels: Uint8Array.from(sequences, ({ level }) => level),
  };
}

/** Remembers the latest result only. */
function memoize<Result>(compute: (key: number) => Result): (key: number) => Result {
  let latest: { readonly key: number; readonly result: Result } | undefined;
  return (key) => {
    if (latest?.key !== key) latest = { key, result: compute(key) };
    return latest.result;
  };
}
