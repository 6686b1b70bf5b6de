/** The last stage: the report of one run or of several, and its numbers on the terminal. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { chooseExamples, exampleText } from '../../report/examples.ts';
import { describeResult } from '../../report/prose.ts';
import { isForced, probesOf, probeTable } from '../../report/probe.ts';
import { writeReport } from '../../report/report.ts';
import type { Result } from '../../report/results.ts';
import { plansTable, tracesTable } from '../../report/resultTables.ts';
import { toTerminal } from '../../report/table.ts';
import { runPaths } from '../../training/runFolder.ts';
import { writeStudyReport } from '../../report/study/write.ts';
import type { Session } from '../session.ts';
import { holdsStudy, readStudySource } from './studyReport.ts';

/** Writes the report, by default into the run's folder or, of several, into `report`. */
export async function reportRuns(
  folders: readonly string[],
  { out }: { readonly out: string | undefined },
  session: Session,
): Promise<void> {
  const [first = '', ...others] = folders;
  const folder = out ?? (others.length === 0 ? runPaths(first).report : 'report');
  if (existsSync(folder) && readdirSync(folder).length > 0 && !holdsReport(folder)) {
    throw new InputError(`${folder} is not empty and holds no report: choose another --out`);
  }
  if (others.length === 0 && holdsStudy(first)) return reportStudy(first, folder, session);
  const study = folders.find(holdsStudy);
  if (study !== undefined) throw new InputError(`${study}: is a study, which is reported alone`);
  const { page, results } = writeReport(folders, folder);
  await printTables(results, session);
  await session.print(`report: ${path.normalize(page)}`);
}

async function reportStudy(study: string, out: string, session: Session): Promise<void> {
  const { page, claims } = writeStudyReport(readStudySource(study), out);
  for (const { claim, verdict } of claims) await session.print(`${verdict}: ${claim.text}`);
  await session.print(`report: ${path.normalize(page)}`);
}

function holdsReport(folder: string): boolean {
  return ['report.md', 'tables.md'].every((name) => existsSync(path.join(folder, name)));
}

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
  const tables = [
    ...(own.length === 0 ? [] : [plansTable(own), tracesTable(own)]),
    ...(probes.length === 0 ? [] : [probeTable(probes)]),
  ];
  for (const table of tables) await session.print(toTerminal(table).trimEnd());
}
