/** Lines with bands in one panel or in several of the same axes. */
import * as Plot from '@observablehq/plot';
import { type LegendEntry, renderFigure } from '../figure.ts';
import { spread } from './labels.ts';

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

export interface Series {
  /** At the end of the line, in a figure of one panel. */
  readonly label: string;
  readonly colour: string;
  readonly dashes?: string | null;
  /** Marks the points. */
  readonly symbol?: 'circle' | 'triangle' | 'square';
  readonly points: readonly LinePoint[];
}

export interface LineFigure {
  readonly title: string;
  readonly legend: readonly LegendEntry[];
  readonly panels: readonly { readonly title: string; readonly series: readonly Series[] }[];
  /** Panels side by side. */
  readonly columns: number;
  readonly x: { readonly label: string; readonly type?: 'log'; readonly ticks?: readonly number[] };
  readonly y: {
    readonly label: string;
    readonly type?: 'log';
    readonly domain: readonly [low: number, high: number];
  };
}

/** Null if there is no line of two points or more. */
export function lineFigure(figure: LineFigure): string | null {
  const { title, legend, panels, x, y } = figure;
  const series = panels.flatMap((panel) => panel.series);
  if (!series.some(({ points }) => new Set(points.map((point) => point.x)).size > 1)) return null;
  const columns = Math.min(figure.columns, panels.length);
  const rows = Math.ceil(panels.length / columns);
  const single = panels.length === 1;
  const height = single ? 320 : 70 + 180 * rows;
  const right = single ? 24 + 6.6 * Math.max(...series.map(({ label }) => label.length)) : 12;
  const margins = { marginTop: 28, marginBottom: 40, marginLeft: 44, marginRight: right };
  const place = (index: number) => ({ fx: index % columns, fy: Math.floor(index / columns) });
  return renderFigure({
    title,
    legend,
    plot: {
      height,
      ...margins,
      // A single band would shrink by the padding between bands.
      fx: { axis: null, paddingInner: columns === 1 ? 0 : 0.08, paddingOuter: 0 },
      fy: { axis: null, paddingInner: rows === 1 ? 0 : 0.24, paddingOuter: 0 },
      x: {
        label: x.label,
        type: x.type ?? 'linear',
        inset: 8,
        ...(x.ticks && { ticks: [...x.ticks], tickFormat: thousands }),
        ...(!x.ticks && !single && { ticks: 4 }),
      },
      y: {
        label: y.label,
        grid: true,
        type: y.type ?? 'linear',
        domain: [...y.domain],
        ...(y.type === 'log' ? { ticks: 6, tickFormat: '~g' } : { ticks: 5 }),
      },
      marks: [
        ...panels.flatMap((panel, index) => panel.series.flatMap((s) => marksOf(s, place(index)))),
        Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.25 }),
        ...(single
          ? endLabels(panels[0]!.series, y, height - margins.marginTop - margins.marginBottom)
          : panels.map((panel, index) =>
              Plot.text([panel.title], {
                ...fixed(place(index)),
                frameAnchor: 'top',
                dy: -12,
                fontWeight: 600,
              }),
            )),
      ],
    },
  });
}

const fixed = ({ fx, fy }: { fx: number; fy: number }) => ({ fx: [fx], fy: [fy] });

function marksOf(
  { colour, dashes, symbol, points }: Series,
  place: { fx: number; fy: number },
): Plot.Markish[] {
  const at = { x: 'x', fx: points.map(() => place.fx), fy: points.map(() => place.fy) };
  const stroke = { stroke: colour, strokeWidth: 2 };
  return [
    Plot.areaY(points, { ...at, y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.13 }),
    Plot.lineY(points, { ...at, y: 'y', ...stroke, ...(dashes && { strokeDasharray: dashes }) }),
    ...(symbol === undefined
      ? []
      : [Plot.dot(points, { ...at, y: 'y', fill: colour, symbol, r: 3.5 })]),
  ];
}

/** Beside the last point of each line, moved apart where they would overlap. */
function endLabels(
  series: readonly Series[],
  { domain: [low, high], type }: LineFigure['y'],
  height: number,
): Plot.Markish[] {
  const scale = type === 'log' ? Math.log : (value: number) => value;
  const share = (y: number): number => (scale(high) - scale(y)) / (scale(high) - scale(low));
  const ends = series.flatMap(({ label, colour, points }) => {
    const last = points.at(-1);
    return last === undefined ? [] : [{ label, colour, last, at: share(last.y) * height }];
  });
  const moved = spread(
    ends.map(({ at }) => at),
    { gap: 14, low: 0, high: height },
  );
  return ends.map(({ label, colour, last, at }, i) =>
    Plot.text([last], {
      x: 'x',
      y: 'y',
      fx: [0],
      fy: [0],
      text: [label],
      dx: 8,
      dy: moved[i]! - at,
      textAnchor: 'start',
      fill: colour,
      fontWeight: 600,
    }),
  );
}

/** `4k` for 4000. */
export const thousands = (value: number): string =>
  value >= 1000 ? `${Number((value / 1000).toPrecision(3))}k` : String(value);

/** Round numbers around all points, of rates in per cent. */
export function rateDomain(points: readonly LinePoint[]): [low: number, high: number] {
  const low = Math.min(100, ...points.map((point) => point.low));
  const high = Math.max(0, ...points.map((point) => point.high));
  const step = high - low > 40 ? 20 : 10;
  const top = Math.min(100, Math.max(step, Math.ceil(high / step) * step));
  return [Math.max(0, Math.min(top - step, Math.floor(low / step) * step)), top];
}
