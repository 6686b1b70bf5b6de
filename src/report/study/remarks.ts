/** What a reader of a study's page must know before believing it. */
import { isSmall, SMALL_MAZES } from '../prose.ts';
import type { Run } from '../run.ts';
import type { Row } from './rows.ts';
import { cellNames } from './rows.ts';
import type { StudySource } from './source.ts';

/** Empty if nothing is missing. */
export function missingText(source: StudySource): string {
  const names = cellNames(source);
  const open = source.cells.filter(({ missing }) => missing > 0);
  const whole = source.cells.length - open.length;
  const seeds = [...new Set(open.map(({ seed }) => seed))].sort((a, b) => a - b);
  const bySeed = seeds.map((seed) => {
    const all = source.cells.filter((cell) => cell.seed === seed);
    const missing = open.filter((cell) => cell.seed === seed);
    const named = missing.map(({ study, cell, folder, missing }) =>
      folder === null
        ? names(study, cell)
        : `${names(study, cell)} (${missing} of its evaluations)`,
    );
    const nothing = missing.length === all.length && missing.every(({ folder }) => folder === null);
    return `of seed ${seed} ${nothing ? 'all' : named.join(', ')}`;
  });
  const lines = [
    ...(open.length === 0
      ? []
      : [
          `This study is not finished: it has ${whole} of ${source.cells.length} runs. Missing: ${bySeed.join('; ')}.`,
        ]),
    ...source.absent.map((name) => `There are no records of ${name}, which belongs beside it.`),
  ];
  return lines.join(' ');
}

/** As list items. */
export function studyCaveats(rows: readonly Row[], runs: readonly Run[], seeds: number): string[] {
  if (rows.length === 0) return [];
  const uneven = new Set(rows.map((row) => row.seeds.length)).size > 1;
  const saturated = rows.some(
    ({ metrics: { optimalRate } }) => optimalRate?.value === 0 || optimalRate?.value === 1,
  );
  return [
    seeds === 1
      ? '± is one standard error over tasks. There is one seed, so the numbers do not tell how much ' +
        'another would change them.'
      : '± is one standard error over seeds, of which there are few: it is itself uncertain.',
    ...(uneven && seeds > 1 ? ['Where a row has one seed only, ± is over tasks.'] : []),
    ...(saturated
      ? [
          'A share of 0 or 100 % has a standard error of 0 by its formula; the true share may differ.',
        ]
      : []),
    'Claims are judged one by one: of many, some come out by chance.',
    ...(runs.some(({ experiment }) => isSmall(experiment)) ? [SMALL_MAZES] : []),
  ];
}
