/**
 * Training batches, as a pure function of the step: to resume, a run needs no more than its step.
 *
 * Every pass visits the examples in a fresh order, cut into chunks of some thousand. Within a chunk,
 * traces are dropped (Dualformer, arXiv 2410.09918, section 4.1, drawn anew at every pass), examples
 * sorted by the lengths that they will be padded to and cut into batches, and the batches shuffled:
 * little padding, and neighbouring steps of any length.
 *
 * Sorting does not change what a format of traces weighs: a row's weight depends on no other row,
 * and all batches have as many rows, but for the last of a pass, whose rows no length chooses. Since
 * dropping shortens responses, a sorted batch holds few formats, though, so gradients vary more from
 * step to step, and what is not linear in the gradient, such as clipping it, sees that.
 */
import { createRng } from '../../envs/rng.ts';
import { drawLevel } from '../../traces/drop.ts';
import { dropTrace } from '../../traces/dropTrace.ts';
import { type Batch, padded, type Sequence } from './batch.ts';
import { type Examples, listAt } from './examples.ts';
import { batchLadder, type Ladder, roundUp } from './ladder.ts';
import { type Dropping, meanLength, responseShares } from './lengths.ts';

/**
 * - `sequence`: tokens weigh 1 / (B · predicted tokens of their own row): every sequence weighs the
 *   same, as in the released code, and so a token of a short response more than one of a long
 * - `token`: 1 / (B · predicted tokens of the split's mean response): every token weighs the same.
 *   The mean is the split's, since a batch's own would favour tokens among short neighbours.
 */
export type Weighting = 'sequence' | 'token';

export interface BatchOptions extends Dropping {
  readonly batchSize: number;
  readonly seed: number | string;
  /** `sequence` unless given. */
  readonly weighting?: Weighting;
  /** Fitted to the split unless given. */
  readonly ladder?: Ladder;
  /** False mixes all lengths, at the price of padding: for comparison. */
  readonly sorted?: boolean;
}

export interface Batches {
  /** The last batch of a pass may be smaller than the others. */
  readonly batchesPerPass: number;
  readonly ladder: Ladder;
  /** Steps count from 0 over all passes. Cheapest in ascending order, which is no condition. */
  readonly at: (step: number) => Batch;
}

/** Batches, and examples if that is more, whose lengths are compared with each other. */
const CHUNK_BATCHES = 256;
const CHUNK_EXAMPLES = 4096;

/** @throws RangeError if the split is empty */
export function createBatches(split: Examples, options: BatchOptions): Batches {
  if (split.count === 0) throw new RangeError('batches of a split without examples');
  const { batchSize, strategy, vocabulary } = options;
  const ladder = options.ladder ?? batchLadder(split, options);
  const meanPredicted =
    options.weighting === 'token' ? meanLength(responseShares(split, options)) - 1 : null;
  const rng = createRng(options.seed);

  const fullBatches = Math.floor(split.count / batchSize);
  const batchesPerPass = Math.ceil(split.count / batchSize);
  const chunkLimit = Math.max(CHUNK_BATCHES, Math.floor(CHUNK_EXAMPLES / batchSize));
  const chunksPerPass = Math.ceil(fullBatches / chunkLimit);
  const batchesPerChunk = Math.ceil(fullBatches / chunksPerPass);

  const sequenceOf = (row: number, pass: number): Sequence => {
    const drop = rng.split('drop', strategy.redraw === 'pass' ? pass : 'once', split.id[row]!);
    const level = drawLevel(strategy, drop);
    const full = listAt(split.reasoning, row);
    const reasoning = dropTrace(full, level, drop, { vocabulary, level3: strategy.level3 });
    return {
      row,
      level,
      prompt: listAt(split.prompt, row),
      reasoning,
      plan: listAt(split.plan, row),
    };
  };
  const lengthsOf = (row: number, pass: number): Lengths => {
    const { prompt, reasoning, plan } = sequenceOf(row, pass);
    const response = roundUp(ladder.responses, reasoning.length + plan.length + 2);
    return { row, prompt: prompt.length, response, rank: ladder.responses.indexOf(response) };
  };
  const sortedRows = (rows: Uint32Array, pass: number): Uint32Array => {
    if (options.sorted === false) return rows;
    const lengths = Array.from(rows, (row) => lengthsOf(row, pass)).sort(byLength);
    return Uint32Array.from(lengths, ({ row }) => row);
  };

  const orderOf = memoize((pass) =>
    rng.split('order', pass).shuffle(Uint32Array.from({ length: split.count }, (_, i) => i)),
  );
  /** The rows of the batches of a chunk; chunks count over all passes. */
  const chunkAt = memoize((chunk) => {
    const pass = Math.floor(chunk / chunksPerPass);
    const first = (chunk % chunksPerPass) * batchesPerChunk;
    const end = Math.min(first + batchesPerChunk, fullBatches);
    const rows = orderOf(pass).subarray(first * batchSize, end * batchSize);
    const sorted = sortedRows(rows, pass);
    const batches = Array.from({ length: end - first }, (_, i) =>
      sorted.subarray(i * batchSize, (i + 1) * batchSize),
    );
    return rng.split('batches', chunk).shuffle(batches);
  });

  return {
    batchesPerPass,
    ladder,
    at(step) {
      const pass = Math.floor(step / batchesPerPass);
      const batch = step % batchesPerPass;
      const rows =
        batch === fullBatches
          ? sortedRows(orderOf(pass).subarray(fullBatches * batchSize), pass)
          : chunkAt(pass * chunksPerPass + Math.floor(batch / batchesPerChunk))[
              batch % batchesPerChunk
            ]!;
      // Dropped once more rather than kept: a chunk of long traces would fill the memory.
      const sequences = Array.from(rows, (row) => sequenceOf(row, pass));
      return padded(sequences, { ladder, meanPredicted });
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

interface Lengths {
  readonly row: number;
  readonly prompt: number;
  /** Rounded up, and the number of the rung; −1 above all. */
  readonly response: number;
  readonly rank: number;
}

/**
 * Responses rise; of responses on one rung, prompts rise on even rungs and fall on odd ones, so that
 * a batch that reaches over two rungs holds prompts of one length.
 */
function byLength(a: Lengths, b: Lengths): number {
  const prompts = a.rank % 2 === 0 ? a.prompt - b.prompt : b.prompt - a.prompt;
  return a.response - b.response || prompts || a.row - b.row;
}

/** Remembers the latest result only. */
function memoize<Result>(compute: (key: number) => Result): (key: number) => Result {
  let latest: { readonly key: number; readonly result: Result } | undefined;
  return (key) => {
    if (latest?.key !== key) latest = { key, result: compute(key) };
    return latest.result;
  };
}
