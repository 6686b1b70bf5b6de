/** What thinking buys: optimal rate against trace length, one point for each method. */
import * as Plot from '@observablehq/plot';
import type { MetricName } from '../../evaluation/metrics.ts';
import { PLOT_WIDTH, renderFigure } from '../figure.ts';
import type { Row } from '../study/rows.ts';
import { percentBounds } from './groups.ts';
import { placeLabels } from './labels.ts';
import { rateDomain } from './lines.ts';
import { MARKS, modeMarks, type Palette } from './palette.ts';

const MARGIN = { top: 16, right: 20, bottom: 44, left: 48 };
const HEIGHT = 420;
const INNER = {
  width: PLOT_WIDTH - MARGIN.left - MARGIN.right,
  height: HEIGHT - MARGIN.top - MARGIN.bottom,
};

/** @param metric a share */
export function paretoFigure(
  rows: readonly Row[],
  palette: Palette,
  { metric, title, label }: { readonly metric: MetricName; title: string; label: string },
): string | null {
  const points = rows.flatMap((row) => {
    const { [metric]: rate, traceLength } = row.metrics;
    if (rate === null || traceLength === null) return [];
    const { value: x, standardError: radius } = traceLength;
    return [
      {
        x,
        left: Math.max(0, x - (radius ?? 0)),
        right: x + (radius ?? 0),
        ...percentBounds(rate),
        name: row.name,
        mode: row.mode,
        colour: palette.colourOf(row.name),
      },
    ];
  });
  if (points.length < 2) return null;
  const most = Math.max(...points.map(({ right }) => right));
  // Room for points at 0, which fast mode has, to be seen apart from the axis.
  const [from, to] = [-0.03 * most || -1, 1.06 * most || 1];
  const [low, high] = rateDomain(points);
  const labels = placeLabels(
    points.map(({ x, y, name }) => ({
      x: ((x - from) / (to - from)) * INNER.width,
      y: ((high - y) / (high - low)) * INNER.height,
      text: name,
    })),
    INNER,
  );
  return renderFigure({
    title,
    legend: [
      ...modeMarks(points.map(({ mode }) => mode)),
      ...palette.legend(points.map((p) => p.name)),
    ],
    plot: {
      height: HEIGHT,
      marginTop: MARGIN.top,
      marginRight: MARGIN.right,
      marginBottom: MARGIN.bottom,
      marginLeft: MARGIN.left,
      x: { label: 'mean trace length (tokens)', domain: [from, to], ticks: 6 },
      y: { label, domain: [low, high], grid: true, ticks: 6 },
      marks: [
        Plot.ruleX(points, { x: 'x', y1: 'low', y2: 'high', stroke: (p) => p.colour }),
        Plot.ruleY(points, { y: 'y', x1: 'left', x2: 'right', stroke: (p) => p.colour }),
        Plot.dot(points, {
          x: 'x',
          y: 'y',
          fill: (p) => p.colour,
          symbol: (p: (typeof points)[number]) => MARKS[p.mode].symbol,
          r: 5,
        }),
        ...points.flatMap((point, i) => {
          const at = labels[i];
          if (!at) return [];
          const { dx, dy, anchor: textAnchor } = at;
          const place = { x: 'x', y: 'y', dx, dy, textAnchor };
          return [
            Plot.text([point], {
              ...place,
              text: ['name'].map(() => point.name),
              fill: point.colour,
            }),
          ];
        }),
      ],
    },
  });
}
