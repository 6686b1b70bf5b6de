/** How methods do on tasks of other kinds than they were trained on. */
import * as Plot from '@observablehq/plot';
import { MODES } from '../../../traces/modes.ts';
import { renderFigure } from '../figure.ts';
import type { Row } from '../study/rows.ts';
import { percentBounds } from './groups.ts';
import { MARKS, type Palette } from './palette.ts';

const OWN = 'trained on';

/**
 * A line of marks for each kind of tasks, a panel for each mode.
 * @param labels in order, null for the cells' own tasks
 */
export function kindsFigure(
  rows: readonly Row[],
  palette: Palette,
  labels: readonly (string | null)[],
): string | null {
  const shown = rows.filter(({ label }) => labels.includes(label));
  if (new Set(shown.map(({ label }) => label)).size < 2) return null;
  const modes = MODES.filter((mode) => shown.some((row) => row.mode === mode));
  const names = [...new Set(shown.map(({ name }) => name))];
  const gap = Math.min(6, 30 / Math.max(1, names.length));
  const height = Math.max(28, gap * names.length + 14);
  const points = shown.flatMap((row) => {
    const { optimalRate } = row.metrics;
    if (optimalRate === null) return [];
    const { y: x, low, high } = percentBounds(optimalRate);
    const kind = row.label ?? OWN;
    return [{ x, low, high, kind, mode: row.mode, name: row.name }];
  });
  const kinds = labels.map((label) => label ?? OWN).filter((k) => points.some((p) => p.kind === k));
  const marks = names.flatMap((name, i) => {
    const own = points.filter((point) => point.name === name);
    const colour = palette.colourOf(name);
    const dy = (i - (names.length - 1) / 2) * gap;
    const at = { y: 'kind', fx: 'mode', dy };
    return [
      Plot.ruleY(own, { ...at, x1: 'low', x2: 'high', stroke: colour, strokeWidth: 1.5 }),
      Plot.dot(own, {
        ...at,
        x: 'x',
        fill: colour,
        r: 3.5,
        symbol: (point: (typeof points)[number]) => MARKS[point.mode].symbol,
      }),
    ];
  });
  return renderFigure({
    title: 'Optimal responses to tasks of other kinds',
    legend: palette.legend(names),
    plot: {
      height: 70 + kinds.length * height,
      marginLeft: 20 + 6.6 * Math.max(...kinds.map((kind) => kind.length)),
      marginBottom: 40,
      fx: { label: null, domain: modes, padding: 0.1 },
      x: { label: 'optimal (%)', domain: [0, 100], grid: true, ticks: 5, inset: 6 },
      y: { label: null, domain: kinds, type: 'band' },
      marks: [
        Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.2 }),
        Plot.ruleY(kinds.slice(1), { dy: -height / 2, strokeOpacity: 0.12 }),
        ...marks,
      ],
    },
  });
}
