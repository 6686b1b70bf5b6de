/** Losses by training step: mean and range over seeds, one line a cell. */
import { mean } from '../mean.ts';
import type { LossPoint } from '../run.ts';
import type { CellRuns } from '../study/cost.ts';
import { lineFigure, type LinePoint } from './lines.ts';
import type { Palette } from './palette.ts';

export function learningFigure(
  cells: readonly CellRuns[],
  palette: Palette,
  which: 'training' | 'validation',
): string | null {
  const series = cells.flatMap(({ name, runs }) => {
    const curves = runs.map((run) =>
      which === 'validation' ? run.validation : smoothed(run.training),
    );
    const points = overSeeds(curves.filter((curve) => curve.length > 0));
    return points.length < 2 ? [] : [{ label: name, colour: palette.colourOf(name), points }];
  });
  if (series.length === 0) return null;
  const all = series.flatMap(({ points }) => points);
  const low = Math.min(...all.map((point) => point.low));
  const high = Math.max(...all.map((point) => point.high));
  const isLog = low > 0 && high / low > 4;
  return lineFigure({
    title: which === 'validation' ? 'Validation loss by step' : 'Training loss by step',
    legend: [],
    panels: [{ title: '', series }],
    columns: 1,
    x: { label: 'training step' },
    y: {
      label: 'loss (nats per token)',
      domain: isLog ? [low * 0.95, high * 1.05] : [0, high * 1.05],
      ...(isLog && { type: 'log' as const }),
    },
  });
}

/** Steps that every curve has: mean, lowest and highest. */
export function overSeeds(curves: readonly (readonly LossPoint[])[]): LinePoint[] {
  const [first = [], ...others] = curves.map(
    (curve) => new Map(curve.map(({ step, loss }) => [step, loss])),
  );
  return [...first].flatMap(([step, loss]) => {
    const rest = others.map((other) => other.get(step));
    if (rest.includes(undefined)) return [];
    const losses = [loss, ...(rest as number[])];
    return [{ x: step, y: mean(losses), low: Math.min(...losses), high: Math.max(...losses) }];
  });
}

const PARTS = 60;

/** Means over equal parts of the steps, at their ends. */
export function smoothed(points: readonly LossPoint[]): LossPoint[] {
  const last = points.at(-1)?.step ?? 0;
  const parts = new Map<number, number[]>();
  for (const { step, loss } of points) {
    const part = Math.max(1, Math.ceil((step / last) * PARTS));
    parts.set(part, [...(parts.get(part) ?? []), loss]);
  }
  return [...parts].map(([part, losses]) => ({
    step: (part / PARTS) * last,
    loss: mean(losses),
  }));
}
