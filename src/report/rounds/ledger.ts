/** What rounds of self-improvement took and gave, by their ledgers. */
import path from 'node:path';
import { type LedgerEntry, readLedger } from '../../improvement/rounds.ts';
import { mean } from '../mean.ts';
import { tableOf, type Table } from '../table.ts';
import { roundOf, type Lineage } from './lineages.ts';

export type Ledger = readonly LedgerEntry[];

/** Of the same rounds of one model, by seed. */
export interface Ledgers {
  /** Of the lineage. */
  readonly name: string;
  readonly ledgers: readonly Ledger[];
}

/** Each once, however many modes show it; rounds that lie apart from their ledger have none. */
export function readLedgers(lineages: readonly Lineage[]): Ledgers[] {
  const found = new Map<string, Ledgers>();
  for (const { name, models } of lineages) {
    const last = models.at(-1)!;
    const folders = last.result.runs.map(({ folder }) => path.dirname(folder));
    const rounds = roundOf(last.result);
    const ledgers = folders
      .map((folder) => readLedger(folder).filter(({ round }) => round <= rounds))
      .filter((ledger) => ledger.length > 0);
    if (ledgers.length === 0) continue;
    found.set(folders.join('\n'), { name, ledgers });
  }
  return [...found.values()];
}

/** A row for each round, with means over the ledgers that have it. */
export function ledgerTable(ledgers: readonly Ledger[]): Table {
  const rounds = [...new Set(ledgers.flatMap((ledger) => ledger.map(({ round }) => round)))];
  const rows = rounds
    .toSorted((a, b) => a - b)
    .map((round) => ledgers.flatMap((ledger) => ledger.filter((entry) => entry.round === round)));
  return tableOf(rows, {
    title: 'round',
    name: ([entry]) => String(entry!.round),
    columns: COLUMNS.map(([title, of, format]) => [title, (row) => format(meanOf(row.map(of)))]),
  });
}

type Column = readonly [
  title: string,
  of: (entry: LedgerEntry) => number | null,
  format: (mean: number | null) => string,
];

const written = (write: (value: number) => string) => (mean: number | null) =>
  mean === null ? '–' : write(mean);
const asCount = written((value) => Math.round(value).toLocaleString('en'));
const asMean = written((value) => value.toFixed(1));

const percent = (part: number, whole: number): number | null =>
  whole === 0 ? null : (100 * part) / whole;

const COLUMNS: readonly Column[] = [
  ['tasks', ({ tasks }) => tasks, asCount],
  ['responses', ({ responses }) => responses, asCount],
  ['their tokens', ({ responseTokens }) => responseTokens, asCount],
  ['optimal %', (entry) => percent(entry.optimalResponses, entry.responses), asMean],
  ['tasks with one %', (entry) => percent(entry.optimalTasks, entry.tasks), asMean],
  ['new answers %', (entry) => percent(entry.newRows, entry.rows), asMean],
  ['stored trace', ({ storedTraceTokens }) => storedTraceTokens, asMean],
  ['selected trace', ({ traceTokens }) => traceTokens, asMean],
  ['training tokens', ({ training }) => training?.tokens ?? null, asCount],
];

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}
