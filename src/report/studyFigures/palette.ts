/**
 * How cells and modes look on every figure of a study: a cell has a colour, a mode a shape and a dash.
 * Cells of one family share its colour.
 */
import type { LegendEntry } from '../figure.ts';
import type { Mode } from '../../../traces/modes.ts';
import type { Family } from '../study/families.ts';

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

export interface Palette {
  readonly families: readonly Family[];
  colourOf(cell: string): string;
  /** A colour for each family that has one of these cells. */
  legend(cells: Iterable<string>): LegendEntry[];
}

export function paletteOf(families: readonly Family[]): Palette {
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
