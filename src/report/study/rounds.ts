/** What rounds of self-improvement changed, in the cells of a study that improve. */
import { originOf } from '../rounds/lineages.ts';
import { collectResults, type Result } from '../results.ts';
import { readRun } from '../run.ts';
import type { StudySource } from './source.ts';

/** Of those cells and their rounds, by their own evaluations. @throws InputError if something is damaged */
export function readRoundResults({ cells }: StudySource): Result[] {
  const improved = cells.filter(({ settings }) => settings['improvement'] !== undefined);
  const origins = new Set(improved.map(({ settings }) => originOf(settings)));
  const runs = cells.flatMap(({ folder, settings, evaluations }) => {
    if (folder === null || !origins.has(originOf(settings))) return [];
    const own = evaluations.filter(({ label }) => label === null).map(({ name }) => name);
    return [readRun(folder, (name) => own.includes(name))];
  });
  return collectResults(runs);
}
