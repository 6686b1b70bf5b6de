/**
 * How cells and modes look on every figure of a study: a cell has a colour, a mode a shape and a dash.
 * Cells that differ only in their number of training tasks are of one family and share its colour.
 */
import type { LegendEntry } from '../figure.ts';
import type { Mode } from '../../evaluation/rollouts.ts';
import type { CellSource, Settings } from '../study/source.ts';

/** As `SERIES_COLOURS`, and more of them: contrast of 3 or more to light and dark pages. */
const COLOURS = [
  '#2f7fd0',
  '#d55e00',
  '#009e73',
  '#b0699a',
  '#a8790a',
  '#7c6fd6',
  '#c4506b',
  '#3b98a8',
  '#7a8f2a',
  '#8a8f98',
  '#9c6b4f',
  '#5b86a6',
];

export const MARKS = {
  slow: { symbol: 'circle', dashes: null, legend: 'circle' },
  fast: { symbol: 'triangle', dashes: '6 3', legend: 'triangle' },
  auto: { symbol: 'square', dashes: '2 3', legend: 'square' },
} as const;

export interface Member {
  readonly name: string;
  /** Training tasks. */
  readonly examples: number;
}

export interface Family {
  readonly name: string;
  /** By number of training tasks. */
  readonly members: readonly Member[];
}

export interface Palette {
  readonly families: readonly Family[];
  colourOf(cell: string): string;
  /** A colour for each family that has one of these cells. */
  legend(cells: Iterable<string>): LegendEntry[];
}

export function paletteOf(
  cells: readonly Pick<CellSource, 'study' | 'cell' | 'settings'>[],
  nameOf: (study: string, cell: string) => string,
): Palette {
  const groups = new Map<string, Map<string, Member>>();
  for (const { study, cell, settings } of cells) {
    const { data, model, training } = settings as Record<string, Settings>;
    const { examples, ...others } = training ?? {};
    const key = JSON.stringify({ data, model, others });
    const name = nameOf(study, cell);
    const group = groups.get(key) ?? new Map<string, Member>();
    group.set(name, { name, examples: Number(examples ?? data?.['trainCount'] ?? 0) });
    groups.set(key, group);
  }
  const families = [...groups.values()].map((group): Family => {
    const members = [...group.values()].sort((a, b) => a.examples - b.examples);
    return { name: commonName(members.map(({ name }) => name)), members };
  });
  const familyOf = (cell: string): number =>
    families.findIndex(({ members }) => members.some(({ name }) => name === cell));
  const colour = (family: number): string => COLOURS[Math.max(0, family) % COLOURS.length]!;
  return {
    families,
    colourOf: (cell) => colour(familyOf(cell)),
    legend: (cells) =>
      [...new Set([...cells].map(familyOf))]
        .filter((family) => family >= 0)
        .sort((a, b) => a - b)
        .map((family) => ({
          label: families[family]!.name,
          colour: colour(family),
          mark: 'bar',
        })),
  };
}

export const modeMarks = (modes: Iterable<Mode>, mark?: 'line'): LegendEntry[] =>
  [...new Set(modes)].map((mode) => ({
    label: mode,
    colour: 'currentColor',
    mark: mark === 'line' && mode === 'slow' ? 'line' : MARKS[mode].legend,
  }));

/** What the names begin with, if that says something; else the first of them. */
function commonName(names: readonly string[]): string {
  const [first = '', ...others] = names;
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length).replace(/[-_. ]+$/, '') || first;
}
