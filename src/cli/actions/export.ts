/** `kit export`: a run without what only training needs. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import {
  evaluationFolder,
  listEvaluations,
  readEvaluation,
  writeEvaluation,
} from '../../evaluation/evaluation.ts';
import { removeLeftovers, writeFileAtomic } from '../../files.ts';
import { writeReport } from '../../report/report.ts';
import { listCheckpoints, writeCheckpoint } from '../../training/checkpoint.ts';
import { chooseCheckpoint, EXPORTED_MODEL } from '../../training/runModel.ts';
import { openRun, runPaths } from '../../training/runFolder.ts';
import type { Session } from '../session.ts';
import { readRunExperiment } from '../stages/runFolder.ts';

export interface ExportOptions {
  readonly out: string;
  /** Leaves out weights and report: what a command can make again, or nobody needs twice. */
  readonly recordsOnly: boolean;
}

/** @throws InputError if `out` holds something else */
export async function exportRun(
  run: string,
  { out, recordsOnly }: ExportOptions,
  session: Session,
): Promise<void> {
  if (recordsOnly) {
    exportRecords(run, out);
    await session.print(`${out}: settings and records`);
    return;
  }
  const checkpoint = chooseCheckpoint(run, readRunExperiment(run));
  exportRecords(run, out);
  writeCheckpoint(path.join(out, EXPORTED_MODEL), { ...checkpoint, optimizer: null });
  const { file } = writeReport([out], runPaths(out).report);
  await session.print(
    `${out}: weights of step ${checkpoint.step}, records, ${path.relative(out, file)}`,
  );
}

/**
 * Settings first and records of responses last, so that a copy with all records is whole.
 * @throws InputError if `out` holds something else
 */
export function exportRecords(run: string, out: string): void {
  const experiment = readRunExperiment(run);
  if (listCheckpoints(runPaths(out).checkpoints).length > 0) {
    throw new InputError(`${out} holds a run of its own: choose another --out`);
  }
  const names = listEvaluations(run);
  removeLeftovers(out, ...names.map((name) => evaluationFolder(out, name)));
  openRun(out, experiment, { resume: true });
  const [from, to] = [runPaths(run), runPaths(out)];
  for (const file of ['provenance', 'metrics'] as const) {
    if (existsSync(from[file])) writeFileAtomic(to[file], readFileSync(from[file]));
  }
  for (const name of names) writeEvaluation(out, readEvaluation(run, name));
}
