/** What tells the cells of a study apart, and what they have in common. */
import { settingTable } from '../prose.ts';
import type { Run } from '../run.ts';
import type { Table } from '../table.ts';
import type { CellSource, Settings } from './source.ts';

/** In words, and given to each cell by the study. */
const LEFT_OUT = /^(name|seed|description|notes)$/;

/** What was the same in all runs, two columns. */
export function commonSettings(runs: readonly Run[]): Table {
  const { rows } = settingTable(
    runs,
    runs.map(() => ''),
  );
  return {
    columns: [{ title: '' }, { title: 'in all cells' }],
    rows: rows
      .filter(([, first, ...others]) => others.every((other) => other === first))
      .map(([name, value]) => [name!, value!]),
  };
}

/** The settings in which the cells differ, one row a cell; empty if they do not. */
export function differingSettings(
  cells: readonly Pick<CellSource, 'study' | 'cell' | 'settings'>[],
  nameOf: (study: string, cell: string) => string,
): Table {
  const byName = new Map(
    cells.map(({ study, cell, settings }) => [nameOf(study, cell), flattened(settings)]),
  );
  const all = [...byName.values()];
  const paths = [...new Set(all.flatMap((settings) => [...settings.keys()]))];
  const differing = paths.filter(
    (path) => new Set(all.map((settings) => settings.get(path))).size > 1,
  );
  return {
    columns: ['cell', ...differing].map((title) => ({ title })),
    rows:
      differing.length === 0
        ? []
        : [...byName].map(([name, settings]) => [
            name,
            ...differing.map((path) => settings.get(path) ?? '–'),
          ]),
  };
}

/** Dotted paths with their values; choices that come in several forms stay whole. */
function flattened(settings: Settings, at = ''): Map<string, string> {
  return new Map(
    Object.entries(settings).flatMap(([key, value]): (readonly [string, string])[] => {
      if (value === undefined || (at === '' && LEFT_OUT.test(key))) return [];
      const path = at === '' ? key : `${at}.${key}`;
      const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
      if (isRecord && path !== 'training.dropping') return [...flattened(value as Settings, path)];
      return [[path, valueText(value)]];
    }),
  );
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.map(([key, each]) => `${key} ${valueText(each)}`).join(', ');
}
