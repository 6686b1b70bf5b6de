/** Whether plans follow from traces, in each cell of a study. */
import { type Probe, probesOf } from '../probe.ts';
import { collectResults } from '../results.ts';
import { readRun } from '../run.ts';
import { cellNames } from './rows.ts';
import type { StudySource } from './source.ts';

/** Cell by cell, so that no more records are held at once. @throws InputError if something is damaged */
export function readProbes(source: StudySource): Probe[] {
  const names = cellNames(source);
  const folders = new Map<string, { folder: string; probes: readonly string[] }[]>();
  for (const { study, cell, folder, probes } of source.cells) {
    if (folder === null || probes.length === 0) continue;
    const name = names(study, cell);
    folders.set(name, [...(folders.get(name) ?? []), { folder, probes }]);
  }
  return [...folders].flatMap(([experiment, runs]) => {
    const read = runs.map(({ folder, probes }) => readRun(folder, (name) => probes.includes(name)));
    return probesOf(collectResults(read)).map((probe) => ({ ...probe, experiment }));
  });
}
