/** What speaks against believing the files of a run: nothing, as a rule. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { evaluationFiles, listEvaluations } from '../evaluation/evaluation.ts';
import { readEvaluationSettings } from '../evaluation/evaluation.ts';
import { ledgerFile } from '../improvement/rounds.ts';
import { isSealed } from '../sealed.ts';
import { readLog } from '../sealedLog.ts';
import { runPaths } from '../training/runFolder.ts';
import type { Run } from './run.ts';

/**
 * One sentence for each kind of doubt.
 * @param files of a study, besides those of its runs
 */
export function doubtsOf(runs: readonly Run[], files: readonly string[] = []): string[] {
  const ofRuns = new Set(runs.flatMap(({ folder }) => filesOf(folder)));
  const records = [...files, ...ofRuns].filter((file) => existsSync(file) && !isSealed(file));
  const logs = runs.map(({ folder }) => runPaths(folder).metrics);
  const unsealed = [...records, ...logs.filter((file) => !readLog(file).isSealed)];
  const short = runs.flatMap((run) => shortLog(run) ?? []);
  return [
    ...(unsealed.length === 0
      ? []
      : [
          `These files have no checksum of their own, so nobody can tell whether they were edited: ${listed(unsealed)}.`,
        ]),
    ...(short.length === 0 ? [] : [`These logs of training were cut short: ${listed(short)}.`]),
  ];
}

/** The records that a run consists of, whether they are there or not. */
function filesOf(run: string): string[] {
  const { experiment, provenance } = runPaths(run);
  const settings = listEvaluations(run).map((name) => evaluationFiles(run, name).settings);
  // A round of self-improvement has its ledger beside it.
  return [experiment, provenance, ...settings, ledgerFile(path.dirname(run))];
}

/** The log, if it ends before the weights that were evaluated. */
function shortLog({ folder, training }: Run): string | null {
  const steps = listEvaluations(folder).map((name) => {
    const { source, step } = readEvaluationSettings(folder, name)!.checkpoint;
    return source === undefined ? step : 0;
  });
  const { metrics } = runPaths(folder);
  const last = training.at(-1)?.step ?? 0;
  return existsSync(metrics) && last < Math.max(0, ...steps) ? metrics : null;
}

const MOST_NAMED = 3;

function listed(files: readonly string[]): string {
  const others = files.length - MOST_NAMED;
  const named = files.slice(0, MOST_NAMED).map((file) => `\`${file}\``);
  return named.join(', ') + (others > 0 ? ` and ${others} more` : '');
}
