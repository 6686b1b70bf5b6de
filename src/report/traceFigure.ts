/** How long the model thinks. */
import * as Plot from '@observablehq/plot';
import { COLOURS, renderFigure } from './figure.ts';
import { modeLegend, panelsOf, recordsOf } from './panels.ts';
import type { Result } from './results.ts';

/** The distribution of trace lengths, against the A* traces of the same tasks. */
export function traceLengthFigure(results: readonly Result[]): string | null {
  const panels = panelsOf(results);
  const thinking = results.filter(({ metrics }) => (metrics.traceRate?.value ?? 0) > 0);
  if (thinking.length === 0) return null;
  const lengths = thinking.map((result) => ({
    fields: panels.fields(result),
    own: recordsOf(result).flatMap(({ samples }) =>
      samples.map(({ traceLength }) => traceLength).filter((length) => length > 0),
    ),
    aStar: recordsOf(result).map(({ aStarTraceLength }) => aStarTraceLength),
  }));
  const longest = lengths.reduce(
    (most, { own, aStar }) => [...own, ...aStar].reduce((a, b) => Math.max(a, b), most),
    1,
  );
  const own = lengths.flatMap((l) =>
    histogram(l.own, longest).map((bin) => ({ ...l.fields, ...bin })),
  );
  const aStar = firstOfEachPanel(lengths).flatMap((l) =>
    histogram(l.aStar, longest).map((bin) => ({ ...l.fields, ...bin })),
  );
  const at = { x: 'length', y: 'share', fy: 'panel', z: 'mode' };
  return renderFigure({
    title: 'Length of the reasoning trace',
    legend: [{ label: 'A*', colour: COLOURS.aStar, mark: 'bar' }, ...modeLegend(thinking, 'line')],
    plot: {
      height: 40 + 240 * panels.count,
      marginBottom: 40,
      fy: panels.rows,
      x: { label: 'trace length (tokens)' },
      y: { label: 'responses (%)', grid: true, percent: true },
      marks: [
        Plot.areaY(aStar, {
          ...at,
          z: null,
          fill: COLOURS.aStar,
          fillOpacity: 0.35,
          curve: 'step',
        }),
        Plot.lineY(own, {
          ...at,
          stroke: (bin) => bin.colour,
          strokeWidth: 2,
          curve: 'step',
        }),
        Plot.ruleY([0]),
        ...panels.titles,
      ],
    },
  });
}

/** Every mode of a panel was measured on the same tasks, so A* is drawn once. */
function firstOfEachPanel<T extends { fields: { panel: string } }>(items: readonly T[]): T[] {
  const isFirst = (item: T) =>
    items.find(({ fields }) => fields.panel === item.fields.panel) === item;
  return items.filter(isFirst);
}

/** Shares of 30 bins of equal width from 0 to `longest`, at their middles, closed by zeros. */
function histogram(values: readonly number[], longest: number) {
  const bins = 30;
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value / longest) * bins));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({
    length: ((bin + 0.5) * longest) / bins,
    share: count / Math.max(1, values.length),
  }));
}
