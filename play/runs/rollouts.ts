/** The responses of an evaluation as rows: read from columns, filtered, and put in order. */
import type { Coded, RolloutTable } from '../../src/pageApi.ts';
import { isCorrect } from '../../src/evaluation/correct.ts';
import type { SampleRecord } from '../../src/evaluation/records.ts';

export interface RolloutRow extends Pick<
  SampleRecord,
  'outcome' | 'trace' | 'reason' | 'planLength' | 'traceLength'
> {
  /** Unique in its table. */
  readonly key: string;
  readonly task: number;
  /** From 0. */
  readonly sample: number;
  /** Positions beyond those of a shortest plan; null if the plan is not correct. */
  readonly excess: number | null;
  /** Tokens of A*'s trace. */
  readonly searchLength: number;
  /** Of the tasks by how long A* searches, from 0, the easiest, to 3. */
  readonly quarter: number;
}

/** Task by task. */
export function rowsOf(table: RolloutTable): RolloutRow[] {
  const quarters = quartersOf(table.searchLengths);
  return table.ids.flatMap((task, at) =>
    Array.from({ length: table.samples }, (_, sample) => {
      const i = at * table.samples + sample;
      const outcome = valueAt(table.outcomes, i);
      const planLength = table.planLengths[i]!;
      const correct = isCorrect({ outcome }) && planLength !== null;
      return {
        key: `${task}.${sample}`,
        task,
        sample,
        outcome,
        planLength,
        trace: valueAt(table.traces, i),
        reason: valueAt(table.reasons, i),
        traceLength: table.traceLengths[i]!,
        excess: correct ? planLength - table.optimalLengths[at]! : null,
        searchLength: table.searchLengths[at]!,
        quarter: quarters[at]!,
      };
    }),
  );
}

function valueAt<Value>({ values, indices }: Coded<Value>, i: number): Value {
  return values[indices[i]!]!;
}

/** Of each value, how many quarters of all are lower; equal values share one. */
export function quartersOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  const lower = new Map<number, number>();
  for (const [count, value] of sorted.entries()) if (!lower.has(value)) lower.set(value, count);
  return values.map((value) => Math.floor((4 * lower.get(value)!) / values.length));
}

type Test = (row: RolloutRow) => boolean;

/** By what a plan is worth. */
export const PLAN_FILTERS = {
  any: () => true,
  optimal: ({ outcome }) => outcome === 'optimal',
  solved: isCorrect,
  longer: ({ outcome }) => outcome === 'solved',
  unsolved: (row) => !isCorrect(row),
} as const satisfies Readonly<Record<string, Test>>;

/** By what a trace is worth. */
export const TRACE_FILTERS = {
  any: () => true,
  illegal: ({ trace }) => trace === 'illegal',
  legal: ({ trace }) => trace === 'legal',
  consistent: ({ trace }) => trace === 'consistent',
  none: ({ trace }) => trace === 'none',
} as const satisfies Readonly<Record<string, Test>>;

/** What comes first is lower; rows without it come last. */
export const ORDERS = {
  task: () => 0,
  hardest: ({ searchLength }) => -searchLength,
  easiest: ({ searchLength }) => searchLength,
  longest: ({ traceLength }) => -traceLength,
  shortest: ({ traceLength }) => traceLength,
  excess: ({ excess }) => (excess === null ? Infinity : -excess),
} as const satisfies Readonly<Record<string, (row: RolloutRow) => number>>;

export interface Choice {
  readonly plan: keyof typeof PLAN_FILTERS;
  readonly trace: keyof typeof TRACE_FILTERS;
  readonly quarter: number | null;
  readonly order: keyof typeof ORDERS;
}

export const EVERYTHING: Choice = { plan: 'any', trace: 'any', quarter: null, order: 'task' };

/** Rows that are equal in the order stay as they are in the table. */
export function chosenRows(rows: readonly RolloutRow[], choice: Choice): RolloutRow[] {
  const { plan, trace, quarter, order } = choice;
  const kept = rows.filter(
    (row) =>
      PLAN_FILTERS[plan](row) &&
      TRACE_FILTERS[trace](row) &&
      (quarter === null || row.quarter === quarter),
  );
  const rank: (row: RolloutRow) => number = ORDERS[order];
  return kept.sort((a, b) => compare(rank(a), rank(b)));
}

/** Also of two that are infinite. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
