/**
 * One training batch: sequences padded to common lengths, and its parts for threads that work side
 * by side. Lengths are rounded up to a ladder, since a native library prepares its kernels anew for
 * every length that it has not met.
 */
import { BOS, EOS } from '../../traces/vocabulary.ts';
import { type Ladder, roundUp } from './ladder.ts';

/** Rows, and tokens per prompt and response, bos and eos included. */
export interface Shape {
  readonly B: number;
  readonly P: number;
  readonly T: number;
}

export interface Batch extends Shape {
  /** [B, P] row by row: bos prompt eos, padding (bos). */
  readonly prompt: Int32Array;
  /** [B] Without padding. */
  readonly promptLengths: Int32Array;
  /** [B, T] row by row: bos reasoning plan eos, padding (bos). */
  readonly response: Int32Array;
  /** [B] Without padding. */
  readonly responseLengths: Int32Array;
  /** [B] What each predicted token of the row, all but bos, weighs in the loss; see `Weighting`. */
  readonly weights: Float32Array;
  /** 1 / rows of the whole batch, of which this may be a part. */
  readonly share: number;
  /** [B] Tokens after bos that were given to the model; none unless given. */
  readonly forced?: Int32Array;
  /** [B, T] by name: a number for each token of the responses, 0 on padding. */
  readonly tokenColumns?: Columns;
  /** [B] by name: a number for each row. */
  readonly rowColumns?: Columns;
  /** In prompts and responses together, without padding. */
  readonly tokens: number;
  /** [B] Rows of the split. */
  readonly rows: Uint32Array;
  /** [B] What was dropped, 0–4. */
  readonly levels: Uint8Array;
  /** What P and T are rounded up to. */
  readonly ladder: Ladder;
}

/** Numbers by the name of their column. */
export type Columns = Readonly<Record<string, Float32Array>>;

/** One row of a batch. */
export interface Sequence {
  readonly row: number;
  readonly level: number;
  /** Ids without bos and eos. */
  readonly prompt: Uint16Array;
  readonly reasoning: Uint16Array;
  readonly plan: Uint16Array;
  /** Tokens of reasoning and plan that were given to the model; none unless given. */
  readonly forced?: number;
  /** A number for each token of reasoning and plan, and for eos; rows of a batch have the same columns. */
  readonly tokenColumns?: Columns;
  readonly rowColumns?: Readonly<Record<string, number>>;
}

export interface PaddingOptions {
  readonly ladder: Ladder;
  /**
   * Predicted tokens of the mean response, by which all rows are weighted; null weights a row by its
   * own.
   */
  readonly meanPredicted: number | null;
}

/** Rows keep their order. */
export function padded(
  sequences: readonly Sequence[],
  { ladder, meanPredicted }: PaddingOptions,
): Batch {
  const lengths = measured(
    Int32Array.from(sequences, ({ prompt }) => prompt.length + 2),
    Int32Array.from(sequences, ({ reasoning, plan }) => reasoning.length + plan.length + 2),
    ladder,
  );
  const { B, P, T, promptLengths, responseLengths } = lengths;
  const prompts = new Int32Array(B * P).fill(BOS);
  const responses = new Int32Array(B * T).fill(BOS);
  for (const [b, { prompt, reasoning, plan }] of sequences.entries()) {
    prompts.set(prompt, b * P + 1);
    prompts[b * P + promptLengths[b]! - 1] = EOS;
    responses.set(reasoning, b * T + 1);
    responses.set(plan, b * T + 1 + reasoning.length);
    responses[b * T + responseLengths[b]! - 1] = EOS;
  }
  return {
    ...lengths,
    prompt: prompts,
    response: responses,
    weights: Float32Array.from(
      responseLengths,
      (length) => 1 / (B * (meanPredicted ?? length - 1)),
    ),
    share: 1 / B,
    rows: Uint32Array.from(sequences, ({ row }) => row),
    levels: Uint8Array.from(sequences, ({ level }) => level),
    ...columnsOf(sequences, T),
  };
}

/** Nothing where the rows have no columns. */
function columnsOf(
  sequences: readonly Sequence[],
  T: number,
): Pick<Batch, 'forced' | 'tokenColumns' | 'rowColumns'> {
  const [first] = sequences;
  if (first === undefined) return {};
  const byName = <T>(names: object, column: (name: string) => T): Record<string, T> =>
    Object.fromEntries(Object.keys(names).map((name) => [name, column(name)]));
  const { tokenColumns, rowColumns } = first;
  return {
    ...(sequences.some(({ forced }) => forced !== undefined) && {
      forced: Int32Array.from(sequences, ({ forced = 0 }) => forced),
    }),
    ...(tokenColumns !== undefined && {
      tokenColumns: byName(tokenColumns, (name) => {
        const values = new Float32Array(sequences.length * T);
        for (const [b, each] of sequences.entries()) {
          values.set(each.tokenColumns![name]!, b * T + 1);
        }
        return values;
      }),
    }),
    ...(rowColumns !== undefined && {
      rowColumns: byName(rowColumns, (name) =>
        Float32Array.from(sequences, (each) => each.rowColumns![name]!),
      ),
    }),
  };
}

/**
 * The batch as neighbouring rows, each part padded for itself, for threads that work side by side:
 * numbers of rows differ by one group at most, so that sorted rows take about equal time. Weights stay
 * those of the whole batch: the losses of the parts add up to its loss, and so do their gradients.
 *
 * @param groupSize neighbouring rows that stay together
 * @returns `parts` batches, or one per group if there are fewer groups
 * @throws RangeError if the batch holds a part of a group
 */
export function splitBatch(batch: Batch, parts: number, groupSize = 1): Batch[] {
  const groups = batch.B / groupSize;
  if (!Number.isInteger(groups)) {
    throw new RangeError(`${batch.B} rows in groups of ${groupSize}`);
  }
  const count = Math.min(parts, groups);
  const bound = (part: number): number => Math.round((part * groups) / count) * groupSize;
  return Array.from({ length: count }, (_, part) => sliced(batch, bound(part), bound(part + 1)));
}

function sliced(batch: Batch, from: number, to: number): Batch {
  const lengths = measured(
    batch.promptLengths.slice(from, to),
    batch.responseLengths.slice(from, to),
    batch.ladder,
  );
  const { B, P, T } = lengths;
  const narrowed = <Values extends Int32Array | Float32Array>(
    values: Values,
    width: number,
    narrow: number,
  ): Values => {
    const rows = new (values.constructor as new (length: number) => Values)(B * narrow);
    for (let b = 0; b < B; b++) {
      const first = (from + b) * width;
      rows.set(values.subarray(first, first + narrow), b * narrow);
    }
    return rows;
  };
  const each = (columns: Columns, cut: (values: Float32Array) => Float32Array): Columns =>
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, cut(values)]));
  const { forced, tokenColumns, rowColumns } = batch;
  return {
    ...lengths,
    prompt: narrowed(batch.prompt, batch.P, P),
    response: narrowed(batch.response, batch.T, T),
    weights: batch.weights.slice(from, to),
    share: batch.share,
    rows: batch.rows.slice(from, to),
    levels: batch.levels.slice(from, to),
    ...(forced && { forced: forced.slice(from, to) }),
    ...(tokenColumns && {
      tokenColumns: each(tokenColumns, (values) => narrowed(values, batch.T, T)),
    }),
    ...(rowColumns && { rowColumns: each(rowColumns, (values) => values.slice(from, to)) }),
  };
}

type Measures = Pick<
  Batch,
  'B' | 'P' | 'T' | 'promptLengths' | 'responseLengths' | 'tokens' | 'ladder'
>;

function measured(
  promptLengths: Int32Array,
  responseLengths: Int32Array,
  ladder: Ladder,
): Measures {
  return {
    B: promptLengths.length,
    P: roundUp(ladder.prompts, longest(promptLengths)),
    T: roundUp(ladder.responses, longest(responseLengths)),
    promptLengths,
    responseLengths,
    tokens: sum(promptLengths) + sum(responseLengths),
    ladder,
  };
}

/** Share of the computed tokens, prompts and responses together, that is padding. */
export function paddingOf(parts: Iterable<Shape & { readonly tokens: number }>): number {
  let tokens = 0;
  let computed = 0;
  for (const part of parts) {
    tokens += part.tokens;
    computed += part.B * (part.P + part.T);
  }
  return 1 - tokens / computed;
}

function longest(lengths: Int32Array): number {
  return lengths.reduce((a, b) => Math.max(a, b));
}

function sum(values: Int32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
