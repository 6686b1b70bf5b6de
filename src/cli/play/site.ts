/** The page and its models as a folder that any web host can serve. */
import { readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { RUNS_PATH, weightsPath } from '../../pageApi.ts';
import { InputError } from '../../../envs/inputError.ts';
import { explainWriteError, writeFileAtomic } from '../../files.ts';
import { isEmptyFolder } from '../stages/runFolder.ts';
import { findRuns, listOf, type FoundRun } from './runs.ts';
import { POLICY, type Site } from './server.ts';
import { runFiles } from './siteRuns.ts';
import { weightsReader } from './weights.ts';

/**
 * Makes the site beside the folder and then gives it its name, so that no half of it is taken for the whole.
 * @returns the runs that it holds
 * @throws InputError if there is something in the folder, or it can't be written
 */
export async function exportSite(folder: string, site: Site): Promise<FoundRun[]> {
  if (!isEmptyFolder(folder)) throw new InputError(`--export: ${folder} is not empty`);
  const unfinished = `${path.resolve(folder)}.unfinished-${process.pid}`;
  try {
    const runs = await writeSite(unfinished, site);
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
    return runs;
  } catch (error) {
    throw explainWriteError(error, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function writeSite(folder: string, { files, places }: Site): Promise<FoundRun[]> {
  const runs = findRuns(places).filter(({ summary }) => summary.plans);
  for (const [name, file] of files) {
    const content = readFileSync(file);
    const isPage = name === 'index.html';
    writeFileAtomic(path.join(folder, name), isPage ? withPolicy(content.toString()) : content);
  }
  const open = weightsReader();
  for (const run of runs) {
    const weights = await open(run);
    try {
      const parts: Uint8Array[] = [];
      for await (const piece of weights.pieces()) parts.push(piece);
      writeFileAtomic(path.join(folder, weightsPath(run.summary.id)), ...parts);
    } finally {
      await weights.close();
    }
  }
  for (const [name, content] of runFiles(runs)) {
    writeFileAtomic(path.join(folder, name), `${JSON.stringify(content)}\n`);
  }
  writeFileAtomic(
    path.join(folder, RUNS_PATH),
    `${JSON.stringify(listOf(runs, { live: false }))}\n`,
  );
  return runs;
}

/** What the server says in a header, for hosts that say nothing. */
function withPolicy(html: string): string {
  const tag = `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`;
  return html.replace('<meta charset="utf-8" />', `$&\n    ${tag}`);
}
