/** Optimal rates by how hard a task is: of all methods, and of fast beside slow in each model. */
import { MODES } from '../../../traces/modes.ts';
import type { Row } from '../study/rows.ts';
import { type Difficulty, groupEdges, OPTIMAL, ratesByGroup } from './groups.ts';
import { lineFigure, rateDomain, type Series } from './lines.ts';
import { MARKS, modeMarks, type Palette } from './palette.ts';

/** A panel for each mode, a line for each cell. */
export function difficultyFigure(
  rows: readonly Row[],
  palette: Palette,
  difficulty: Difficulty,
): string | null {
  const panels = MODES.flatMap((mode) => {
    const own = rows.filter((row) => row.mode === mode);
    return own.length === 0 ? [] : [{ title: mode, rows: own }];
  });
  return figureOf(panels, palette, {
    difficulty,
    title: `Optimal responses ${difficulty.title}`,
    legend: palette.legend(rows.map(({ name }) => name)),
    of: ({ name }) => name,
  });
}

/** A panel for each cell that has both modes. */
export function fastSlowFigure(
  rows: readonly Row[],
  palette: Palette,
  difficulty: Difficulty,
): string | null {
  const compared = rows.filter(({ mode }) => mode !== 'auto');
  const names = [...new Set(compared.map(({ name }) => name))];
  const panels = names
    .map((title) => ({ title, rows: compared.filter(({ name }) => name === title) }))
    .filter(({ rows }) => rows.length === 2);
  return figureOf(panels, palette, {
    difficulty,
    title: `Fast and slow of the same model, ${difficulty.title}`,
    legend: modeMarks(['slow', 'fast']),
    of: ({ mode }) => mode,
  });
}

interface Panel {
  readonly title: string;
  readonly rows: readonly Row[];
}

function figureOf(
  panels: readonly Panel[],
  palette: Palette,
  {
    difficulty,
    title,
    legend,
    of,
  }: {
    readonly difficulty: Difficulty;
    readonly title: string;
    readonly legend: ReturnType<Palette['legend']>;
    /** What a line is called. */
    readonly of: (row: Row) => string;
  },
): string | null {
  const all = panels.flatMap(({ rows }) => rows);
  if (all.length === 0) return null;
  const edges = groupEdges(all, difficulty);
  const drawn = panels.map(({ title, rows }) => ({
    title,
    series: rows.map((row): Series => ({
      label: of(row),
      colour: palette.colourOf(row.name),
      dashes: MARKS[row.mode].dashes,
      symbol: MARKS[row.mode].symbol,
      points: ratesByGroup(row, { difficulty, edges, rate: OPTIMAL }),
    })),
  }));
  const points = drawn.flatMap(({ series }) => series.flatMap((each) => each.points));
  return lineFigure({
    title,
    legend,
    panels: drawn,
    columns: 3,
    x: { label: difficulty.label },
    y: { label: 'optimal (%)', domain: rateDomain(points) },
  });
}
