/** `kit export`: a run without what only training needs. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { listEvaluations } from '../../evaluation/evaluation.ts';
import { writeFileAtomic } from '../../files.ts';
import { writeReport } from '../../report/report.ts';
import { writeCheckpoint } from '../../training/checkpoint.ts';
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
  const checkpoint = chooseCheckpoint(run);
  openRun(out, experiment, { resume: true });
  writeCheckpoint(path.join(out, EXPORTED_MODEL), { ...checkpoint, optimizer: null });
  const [from, to] = [runPaths(run), runPaths(out)];
  for (const file of ['provenance', 'metrics'] as const) {
    if (existsSync(from[file])) writeFileAtomic(to[file], readFileSync(from[file]));
  }
  for (const name of listEvaluations(run)) {
    for (const file of readdirSync(path.join(from.evaluation, name))) {
      const place = path.join(name, file);
      writeFileAtomic(
        path.join(to.evaluation, place),
        readFileSync(path.join(from.evaluation, place)),
      );
    }
  }
  const { file } = writeReport([out], to.report);
  await session.print(
    `${out}: weights of step ${checkpoint.step}, records, ${path.relative(out, file)}`,
  );
}
