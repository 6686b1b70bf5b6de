/** `kit export`: a run without what only training needs. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { copyEvaluation, evaluationFolder, listEvaluations } from '../../evaluation/evaluation.ts';
import { removeLeftovers, writeFileAtomic } from '../../files.ts';
import { ledgerFile, listImprovements, readLedger } from '../../improvement/rounds.ts';
import { readBytes } from '../../reading.ts';
import { listCheckpoints, writeCheckpoint } from '../../training/checkpoint.ts';
import { chooseCheckpoint, EXPORTED_MODEL } from '../../training/runModel.ts';
import { openRun, runPaths } from '../../training/runFolder.ts';
import type { Session } from '../session.ts';
import { checkHoldsRun, checkIsFolder, readRunExperiment } from '../stages/runFolder.ts';

export interface ExportOptions {
  readonly out: string;
  /** Leaves out weights and report: what a command can make again, or nobody needs twice. */
  readonly recordsOnly: boolean;
}

/** With the rounds that its own folder holds. @throws InputError if `out` holds something else */
export async function exportRun(
  run: string,
  { out, recordsOnly }: ExportOptions,
  session: Session,
): Promise<void> {
  const copy = async (from: string, to: string): Promise<void> => {
    const what = recordsOnly ? exportRecords(from, to) : exportModel(from, to);
    await session.print(`${to}: ${what}`);
  };
  const report = async (folders: readonly string[], to: string): Promise<void> => {
    if (recordsOnly) return;
    const { writeReport } = await import('../../report/report.ts');
    const { page } = writeReport(folders, runPaths(to).report);
    await session.print(`report: ${path.normalize(page)}`);
  };
  checkHoldsRun(run);
  checkIsFolder(out);
  await copy(run, out);
  await report([out], out);
  for (const { folder, rounds } of listImprovements(run)) {
    const to = path.join(out, path.basename(folder));
    const copies = rounds.map((round) => path.join(to, path.basename(round)));
    for (const [i, round] of rounds.entries()) await copy(round, copies[i]!);
    exportLedger(folder, to);
    await report([out, ...copies], to);
  }
}

/** Records, and the weights that the run plans with; in words. */
function exportModel(run: string, out: string): string {
  const checkpoint = chooseCheckpoint(run, readRunExperiment(run));
  const records = exportRecords(run, out);
  writeCheckpoint(path.join(out, EXPORTED_MODEL), { ...checkpoint, optimizer: null });
  return `weights of step ${checkpoint.step}, ${records}`;
}

/** What rounds of self-improvement took. */
export function exportLedger(from: string, to: string): void {
  readLedger(from);
  writeFileAtomic(ledgerFile(to), readBytes(ledgerFile(from)));
}

/**
 * Settings first and records of responses last, so that a copy with all records is whole.
 * @returns what was copied, in words
 * @throws InputError if `out` holds something else
 */
export function exportRecords(run: string, out: string): string {
  const experiment = readRunExperiment(run);
  if (listCheckpoints(runPaths(out).checkpoints).length > 0) {
    throw new InputError(`${out} holds a run of its own: choose another --out`);
  }
  const names = listEvaluations(run);
  removeLeftovers(out, ...names.map((name) => evaluationFolder(out, name)));
  openRun(out, experiment, { resume: true });
  const [from, to] = [runPaths(run), runPaths(out)];
  for (const file of ['provenance', 'metrics'] as const) {
    if (existsSync(from[file])) writeFileAtomic(to[file], readBytes(from[file]));
  }
  for (const name of names) copyEvaluation(run, out, name);
  return 'settings and records';
}
