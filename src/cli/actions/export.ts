/** `kit export`: a run without what only training needs. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { listEvaluations, readEvaluation, writeEvaluation } from '../../evaluation/evaluation.ts';
import { writeFileAtomic } from '../../files.ts';
import { writeReport } from '../../report/report.ts';
import { listCheckpoints, writeCheckpoint } from '../../training/checkpoint.ts';
import { chooseCheckpoint, EXPORTED_MODEL } from '../../training/runModel.ts';
import { openRun, runPaths } from '../../training/runFolder.ts';
import type { Session } from '../session.ts';
import { readRunExperiment } from '../stages/runFolder.ts';

/** @throws InputError if `out` holds something else */
export async function exportRun(
  run: string,
  { out }: { readonly out: string },
  session: Session,
): Promise<void> {
  const experiment = readRunExperiment(run);
  const checkpoint = chooseCheckpoint(run, experiment);
  if (listCheckpoints(runPaths(out).checkpoints).length > 0) {
    throw new InputError(`${out} holds a run of its own: choose another --out`);
  }
  openRun(out, experiment, { resume: true });
  writeCheckpoint(path.join(out, EXPORTED_MODEL), { ...checkpoint, optimizer: null });
  const [from, to] = [runPaths(run), runPaths(out)];
  for (const file of ['provenance', 'metrics'] as const) {
    if (existsSync(from[file])) writeFileAtomic(to[file], readFileSync(from[file]));
  }
  for (const name of listEvaluations(run)) writeEvaluation(out, readEvaluation(run, name));
  const { file } = writeReport([out], to.report);
  await session.print(
    `${out}: weights of step ${checkpoint.step}, records, ${path.relative(out, file)}`,
  );
}
