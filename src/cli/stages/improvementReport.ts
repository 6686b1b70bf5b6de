/** The end of rounds of self-improvement: what each model is worth, and what each round took. */
import path from 'node:path';
import { readLedger } from '../../improvement/rounds.ts';
import { writeReport } from '../../report/report.ts';
import { collectResults } from '../../report/results.ts';
import { ledgerTable } from '../../report/rounds/ledger.ts';
import { readRun } from '../../report/run.ts';
import { toTerminal } from '../../report/table.ts';
import { runPaths } from '../../training/runFolder.ts';
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
  await session.print(toTerminal(ledgerTable([ledger])).trimEnd());
  const { page } = writeReport([run, ...rounds], runPaths(out).report);
  await session.print(`report: ${path.normalize(page)}`);
}

function nameOf({ evaluations }: ReturnType<typeof collectResults>[number]): string {
  return evaluations[0]!.name;
}
