/** `kit compare`: runs side by side, and by how much they differ from the first on the same tasks. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../../envs/inputError.ts';
import { listEvaluations } from '../../evaluation/evaluation.ts';
import { compareToFirst, differencesTable } from '../../report/differences.ts';
import { plansColumns, plansTable, tracesTable } from '../../report/resultTables.ts';
import { checkSeeds, collectResults } from '../../report/results.ts';
import { readRun } from '../../report/run.ts';
import { toTerminal } from '../../report/table.ts';
import { runPaths } from '../../training/runFolder.ts';
import { checkComparison, isWanted, type ComparisonFlags } from '../comparisonChoice.ts';
import { readStudy } from '../loadStudy.ts';
import type { Session } from '../session.ts';
import { checkExists, checkIsFolder, holdsStudy } from '../stages/runFolder.ts';
import { namesBelow, subfolders } from '../stages/runFolder.ts';

/** @throws InputError if runs were evaluated on different tasks, or nothing is left to compare */
export async function compareRuns(
  folders: readonly string[],
  flags: ComparisonFlags,
  session: Session,
): Promise<void> {
  const evaluated = folders
    .flatMap(runFolders)
    .map((folder) => ({ folder, names: listEvaluations(folder) }));
  if (evaluated.every(({ names }) => names.length === 0)) {
    throw new InputError(`${folders.join(', ')}: there is no evaluation to compare`);
  }
  checkComparison(evaluated, flags);
  const wanted = (name: string): boolean => isWanted(name, flags);
  const runs = evaluated.map(({ folder }) => readRun(folder, wanted));
  for (const folder of folders) {
    const studies = studiesBelow(folder);
    if (studies.length > 0)
      session.note(`left out, since studies are compared alone: ${studies.join(', ')}`);
  }
  const results = collectResults(runs);
  results.forEach(checkSeeds);
  const columns = [
    ...plansColumns(results),
    ['traceLength', 'trace tokens'] as const,
    ['traceRate', 'with trace %'] as const,
  ];
  const names = columns.map(([name]) => name);
  const comparisons = compareToFirst(results, names, flags.to);
  for (const table of [plansTable(results), tracesTable(results)]) {
    await session.print(toTerminal(table).trimEnd());
  }
  if (comparisons.length === 0) return;
  await session.print(toTerminal(differencesTable(comparisons, columns)).trimEnd());
  await session.print(
    'Differences on the same tasks, with 95 % intervals over tasks (paired bootstrap); shares in points.',
  );
}

function studiesBelow(folder: string): string[] {
  const isPlain = !holdsStudy(folder) && !existsSync(runPaths(folder).experiment);
  return isPlain ? subfolders(folder).filter(holdsStudy) : [];
}

/** The folder of a run itself, or those of a study's cells. @throws InputError if it is neither */
function runFolders(folder: string): string[] {
  if (existsSync(runPaths(folder).experiment)) return [folder];
  checkExists(folder);
  checkIsFolder(folder);
  const held = readdirSync(folder).filter((name) =>
    existsSync(runPaths(path.join(folder, name)).experiment),
  );
  if (held.length === 0) {
    throw new InputError(`${folder}: holds neither a run nor a study${namesBelow(folder)}`);
  }
  const order = holdsStudy(folder) ? readStudy(folder).cells.map((cell) => cell.folder) : [];
  const place = (name: string): number =>
    (order.indexOf(name) + order.length + 1) % (order.length + 1);
  held.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return held.map((name) => path.join(folder, name));
}
