/** Optimal and solved rates, by mode and by difficulty. */
import * as Plot from '@observablehq/plot';
import {
  combineMetrics,
  computeMetrics,
  type Estimate,
  wilsonInterval,
} from '../evaluation/metrics.ts';
import type { EvaluationRecord } from '../evaluation/records.ts';
import { COLOURS, renderFigure } from './figure.ts';
import { mean } from './mean.ts';
import { modeLegend, modesOf, panelsOf, recordsOf } from './panels.ts';
import type { Result } from './results.ts';
import { quantileEdges } from './studyFigures/groups.ts';

/** Optimal and solved rate of each mode. */
export function ratesFigure(results: readonly Result[]): string | null {
  const panels = panelsOf(results);
  const uncertainty = uncertaintyOf(results);
  const rows = results.flatMap((result) => {
    const { optimalRate, solvedRate } = result.metrics;
    if (optimalRate === null || solvedRate === null) return [];
    const [low, high] = uncertainty.of(optimalRate, result);
    const rates = { optimal: optimalRate.value, solved: solvedRate.value, low, high };
    return [{ ...panels.fields(result), ...rates }];
  });
  if (rows.length === 0) return null;
  return renderFigure({
    title: 'Optimal and solved plans by mode',
    legend: [
      { label: 'optimal', colour: COLOURS.aStar, mark: 'bar' },
      { label: uncertainty.label, colour: 'currentColor', mark: 'tick' },
      { label: 'solved', colour: 'currentColor', mark: 'ring' },
    ],
    plot: {
      height: 300,
      marginBottom: 40,
      fx: panels.columns,
      x: { label: null, domain: modesOf(results), padding: 0.35 },
      y: { label: 'responses (%)', domain: [0, 100], grid: true, percent: true },
      marks: [
        Plot.barY(rows, { fx: 'panel', x: 'mode', y: 'optimal', fill: (row) => row.colour }),
        Plot.ruleX(rows, { fx: 'panel', x: 'mode', y1: 'low', y2: 'high', strokeWidth: 2 }),
        Plot.dot(rows, { fx: 'panel', x: 'mode', y: 'solved', r: 5, strokeWidth: 1.5, dx: 18 }),
        Plot.text(rows, {
          fx: 'panel',
          x: 'mode',
          y: 0,
          dy: -10,
          fill: '#ffffff',
          fontWeight: 600,
          text: (row) => (row.optimal > 0.12 ? (row.optimal * 100).toFixed(1) : ''),
        }),
        Plot.ruleY([0]),
      ],
    },
  });
}

export interface Difficulty {
  readonly title: string;
  readonly label: string;
  readonly of: (record: EvaluationRecord) => number;
}

export const PLAN_LENGTH: Difficulty = {
  title: 'Optimal plans by length of the shortest plan',
  label: 'positions of the shortest plan',
  of: ({ optimalLength }) => optimalLength,
};

export const WALL_SHARE: Difficulty = {
  title: 'Optimal plans by share of walls',
  label: 'cells that are walls (%)',
  of: ({ walls, width, height }) => (100 * walls) / (width * height),
};

/** Optimal rate in up to eight groups of tasks of similar difficulty. */
export function difficultyFigure(
  results: readonly Result[],
  difficulty: Difficulty,
): string | null {
  const panels = panelsOf(results);
  const uncertainty = uncertaintyOf(results);
  const all = results.flatMap(recordsOf).map(difficulty.of);
  const edges = quantileEdges(all, 8);
  if (edges.length < 2) return null;
  const rows = results.flatMap((result) =>
    edges.flatMap((edge, index) => {
      const isInside = (record: EvaluationRecord) =>
        difficulty.of(record) <= edge && difficulty.of(record) > (edges[index - 1] ?? -Infinity);
      const inside = result.evaluations.map(({ records }) => records.filter(isInside));
      const { optimalRate } = combineMetrics(inside.map(computeMetrics));
      if (optimalRate === null) return [];
      const [low, high] = uncertainty.of(optimalRate, result);
      const x = mean(inside.flat().map(difficulty.of));
      return [{ ...panels.fields(result), x, optimal: optimalRate.value, low, high }];
    }),
  );
  const at = { x: 'x', fy: 'panel' };
  return renderFigure({
    title: difficulty.title,
    legend: [
      ...modeLegend(results),
      { label: uncertainty.label, colour: COLOURS.aStar, mark: 'bar' },
    ],
    plot: {
      height: 40 + 240 * panels.count,
      marginBottom: 40,
      fy: panels.rows,
      x: { label: difficulty.label, inset: 12 },
      y: { label: 'optimal (%)', domain: [0, 100], grid: true, percent: true },
      marks: [
        Plot.areaY(rows, {
          ...at,
          z: 'mode',
          y1: 'low',
          y2: 'high',
          fill: (r) => r.colour,
          fillOpacity: 0.12,
        }),
        Plot.lineY(rows, {
          ...at,
          z: 'mode',
          y: 'optimal',
          stroke: (r) => r.colour,
          strokeWidth: 2,
        }),
        Plot.dot(rows, {
          ...at,
          y: 'optimal',
          fill: (r) => r.colour,
          symbol: (r: (typeof rows)[number]) => r.symbol,
          r: 4,
        }),
        Plot.ruleY([0]),
        ...panels.titles,
      ],
    },
  });
}

/**
 * What bars and bands show: where runs are combined one standard error, else 95 % intervals, by
 * Wilson for single responses and by the standard error over tasks for means of several.
 */
function uncertaintyOf(results: readonly Result[]) {
  const combined = results.some(({ evaluations }) => evaluations.length > 1);
  return {
    label: combined ? 'standard error' : '95 % interval',
    of({ value, standardError, n }: Estimate, { samples }: Result): [low: number, high: number] {
      if (!combined && (samples === 1 || standardError === null)) return wilsonInterval(value, n);
      const radius = (combined ? 1 : 1.96) * (standardError ?? 0);
      return [Math.max(0, value - radius), Math.min(1, value + radius)];
    },
  };
}
