/** Training and validation loss. */
import * as Plot from '@observablehq/plot';
import { type LegendEntry, renderFigure, SERIES_COLOURS } from './figure.ts';
import { mean } from './mean.ts';
import type { LossPoint } from './run.ts';

export interface LossCurve {
  readonly label: string;
  readonly training: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
}

/** Training loss as a dashed line of local means, validation loss as dots on a line. */
export function lossFigure(curves: readonly LossCurve[]): string | null {
  const drawn = curves
    .filter(({ training, validation }) => training.length + validation.length > 0)
    .map((curve, index) => ({
      ...curve,
      training: localMeans(curve.training, 200),
      colour: seriesColour(index),
    }));
  if (drawn.length === 0) return null;
  return renderFigure({
    title: 'Loss by training step',
    legend: [
      { label: 'training', colour: 'currentColor', mark: 'dashed' },
      { label: 'validation', colour: 'currentColor', mark: 'line' },
      ...(drawn.length === 1 ? [] : drawn).map(({ label, colour }): LegendEntry => ({
        label,
        colour,
        mark: 'bar',
      })),
    ],
    plot: {
      marginBottom: 40,
      x: { label: 'training step', nice: true },
      y: { label: 'loss (nats per token)', grid: true, zero: true },
      marks: drawn.flatMap(({ training, validation, colour }) => {
        const at = { x: 'step', y: 'loss' };
        return [
          Plot.lineY(training, { ...at, stroke: colour, strokeDasharray: '4 3' }),
          Plot.lineY(validation, { ...at, stroke: colour, strokeWidth: 2 }),
          Plot.dot(validation, { ...at, fill: colour, r: 2.5 }),
        ];
      }),
    },
  });
}

const seriesColour = (index: number) => SERIES_COLOURS[index % SERIES_COLOURS.length] as string;

/** Means over at most `count` runs of consecutive points. */
function localMeans(points: readonly LossPoint[], count: number): LossPoint[] {
  const size = Math.ceil(points.length / count);
  const means: LossPoint[] = [];
  for (let from = 0; from < points.length; from += size) {
    const part = points.slice(from, from + size);
    means.push({ step: mean(part.map((p) => p.step)), loss: mean(part.map((p) => p.loss)) });
  }
  return means;
}
