/** Optimal rate by number of training tasks, one line for each family of cells and mode. */
import type { Row } from '../study/rows.ts';
import { percentBounds } from './groups.ts';
import { lineFigure, rateDomain, type Series } from './lines.ts';
import { MARKS, modeMarks, type Palette } from './palette.ts';
import { MODES } from '../../../traces/modes.ts';

/** Null if no family has cells with different numbers. */
export function dataCurveFigure(rows: readonly Row[], palette: Palette): string | null {
  const series = palette.families.flatMap(({ name, members }) =>
    MODES.flatMap((mode): Series[] => {
      const points = members.flatMap((member) => {
        const row = rows.find((each) => each.name === member.name && each.mode === mode);
        const rate = row?.metrics.optimalRate ?? null;
        return rate === null ? [] : [{ x: member.examples, ...percentBounds(rate) }];
      });
      if (points.length < 2) return [];
      const { dashes, symbol } = MARKS[mode];
      const colour = palette.colourOf(members[0]!.name);
      return [{ label: `${name} ${mode}`, colour, dashes, symbol, points }];
    }),
  );
  const points = series.flatMap((each) => each.points);
  const modes = MODES.filter((mode) => series.some(({ label }) => label.endsWith(` ${mode}`)));
  return lineFigure({
    title: 'Optimal responses by number of training tasks',
    legend: modeMarks(modes),
    panels: [{ title: '', series }],
    columns: 1,
    x: {
      label: 'training tasks',
      type: 'log',
      ticks: [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b),
    },
    y: { label: 'optimal (%)', domain: rateDomain(points) },
  });
}
