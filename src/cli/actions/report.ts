/** `kit report`: the page of one run, of several side by side, or of a study. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { MARKDOWN } from '../../report/page/write.ts';
import { runPaths } from '../../training/runFolder.ts';
import type { Session } from '../session.ts';
import { checkHoldsRun, holdsStudy, isEmptyFolder } from '../stages/runFolder.ts';
import { readStudySource } from '../stages/studyReport.ts';

/** Writes the report, by default into the run's folder or, of several, into `report`. */
export async function reportRuns(
  folders: readonly string[],
  { out }: { readonly out: string | undefined },
  session: Session,
): Promise<void> {
  const [first = '', ...others] = folders;
  const folder = out ?? (others.length === 0 ? runPaths(first).report : 'report');
  if (!isEmptyFolder(folder) && !holdsReport(folder)) {
    throw new InputError(`${folder} is not empty and holds no report: choose another --out`);
  }
  if (others.length === 0 && holdsStudy(first)) return reportStudy(first, folder, session);
  const study = folders.find(holdsStudy);
  if (study !== undefined) throw new InputError(`${study}: is a study, which is reported alone`);
  folders.forEach(checkHoldsRun);

  const { writeReport } = await import('../../report/report.ts');
  const { printTables } = await import('../stages/report.ts');
  const { page, results, doubts } = writeReport(folders, folder);
  doubts.forEach((each) => session.note(each));
  await printTables(results, session);
  await session.print(`report: ${path.normalize(page)}`);
}

async function reportStudy(study: string, out: string, session: Session): Promise<void> {
  const source = readStudySource(study);
  const { writeStudyReport } = await import('../../report/study/write.ts');
  const { verdictText } = await import('../../report/study/claims.ts');
  const { page, claims, doubts } = writeStudyReport(source, out);
  doubts.forEach((each) => session.note(each));
  for (const each of claims) await session.print(`${verdictText(each)}: ${each.claim.text}`);
  await session.print(`report: ${path.normalize(page)}`);
}

const holdsReport = (folder: string): boolean => existsSync(path.join(folder, MARKDOWN));
