/** The end of rounds of self-improvement: what each model is worth, and what each round took. */
import path from 'node:path';
import { readLedger, type LedgerEntry } from '../../improvement/rounds.ts';
import { writeReport } from '../../report/report.ts';
import { collectResults } from '../../report/results.ts';
import { readRun } from '../../report/run.ts';
import { tableOf, toTerminal, type Table } from '../../report/table.ts';
import { runPaths } from '../../training/runFolder.ts';
import { formatNumber } from '../progress.ts';
import type { Session } from '../session.ts';
import { printTables } from './report.ts';

export interface ImprovedRun {
  /** Folder of the first model. */
  readonly run: string;
  /** Of the models after each round. */
  readonly rounds: readonly string[];
  /** Of the evaluations that all of them have. */
  readonly names: readonly string[];
  /** Where the ledger is, and a report will be. */
  readonly out: string;
}

/** Tables of all models and of the ledger, and the report of the first model and the rounds. */
export async function concludeImprovement(
  { run, rounds, names, out }: ImprovedRun,
  session: Session,
): Promise<void> {
  const all = [run, ...rounds].map((folder) => readRun(folder, (name) => names.includes(name)));
  const order = collectResults(all).toSorted(
    (a, b) => names.indexOf(nameOf(a)) - names.indexOf(nameOf(b)),
  );
  await printTables(order, session);
  const ledger = readLedger(out).filter(({ round }) => round <= rounds.length);
  await session.print(toTerminal(ledgerTable(ledger)).trimEnd());
  const { page } = writeReport([run, ...rounds], runPaths(out).report);
  await session.print(`report: ${path.normalize(page)}`);
}

function nameOf({ evaluations }: ReturnType<typeof collectResults>[number]): string {
  return evaluations[0]!.name;
}

function ledgerTable(entries: readonly LedgerEntry[]): Table {
  const share = (part: number, whole: number): string =>
    whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
  const mean = (value: number | null): string => (value === null ? '–' : value.toFixed(1));
  const columns: readonly (readonly [string, (entry: LedgerEntry) => string])[] = [
    ['tasks', ({ tasks }) => formatNumber(tasks)],
    ['responses', ({ responses }) => formatNumber(responses)],
    ['their tokens', ({ responseTokens }) => formatNumber(responseTokens)],
    ['optimal', ({ optimalResponses, responses }) => share(optimalResponses, responses)],
    ['tasks with one', ({ optimalTasks, tasks }) => share(optimalTasks, tasks)],
    ['new answers', ({ newRows, rows }) => share(newRows, rows)],
    ['stored trace', ({ storedTraceTokens }) => mean(storedTraceTokens)],
    ['selected trace', ({ traceTokens }) => mean(traceTokens)],
    ['training tokens', ({ training }) => formatNumber(training?.tokens ?? 0)],
  ];
  return tableOf(entries, { title: 'round', name: ({ round }) => String(round), columns });
}
