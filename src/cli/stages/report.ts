/** The last stage: the report of a run, and numbers on the terminal. */
import path from 'node:path';
import { chooseExamples, exampleText } from '../../report/examples.ts';
import { describeResult } from '../../report/prose.ts';
import { controlsAlone, isForced, probesOf, probeTable } from '../../report/probe.ts';
import { writeReport } from '../../report/report.ts';
import type { Result } from '../../report/results.ts';
import { plansTable, tracesTable } from '../../report/resultTables.ts';
import { toTerminal } from '../../report/table.ts';
import { runPaths } from '../../training/runFolder.ts';
import type { Session } from '../session.ts';

/** The end of a run: some tasks with what each mode answered, a line for each mode, the report. */
export async function concludeRun(
  run: string,
  { drawings }: { readonly drawings: number },
  session: Session,
): Promise<void> {
  const { page, results } = writeReport([run], runPaths(run).report);
  const own = results.filter((result) => !isForced(result));
  const evaluations = own.flatMap((result) => result.evaluations);
  for (const example of chooseExamples(evaluations, drawings)) {
    await session.print(exampleText(example));
    await session.print();
  }
  for (const result of own) await session.print(describeResult(result));
  await session.print(`report: ${path.normalize(page)}`);
}

export async function printTables(results: readonly Result[], session: Session): Promise<void> {
  const own = results.filter((result) => !isForced(result));
  const probes = probesOf(results);
  const controls = controlsAlone(results, probes);
  const tables = [
    ...(own.length === 0 ? [] : [plansTable(own), tracesTable(own)]),
    ...(probes.length === 0 ? [] : [probeTable(probes)]),
    ...(controls.length === 0 ? [] : [plansTable(controls)]),
  ];
  for (const table of tables) await session.print(toTerminal(table).trimEnd());
}
