/**
 * Curves of few points. Their parts are of the whole training, so that what was drawn of a run stays where
 * it is while the run trains on.
 */
import type { LossPoint } from '../../pageApi.ts';

/** Means over at most `parts` parts of the steps up to `total`, at the last step of each. */
export function meansByPart(points: readonly LossPoint[], total: number, parts = 300): LossPoint[] {
  return byPart(points, total, parts).map((part) => ({
    step: part.at(-1)!.step,
    loss: part.reduce((sum, { loss }) => sum + loss, 0) / part.length,
  }));
}

/** The lowest point of each of at most `parts` parts, the first one of the lowest, and the last point. */
export function minimaByPart(
  points: readonly LossPoint[],
  total: number,
  parts = 300,
): LossPoint[] {
  const minima = byPart(points, total, parts).map((part) =>
    part.reduce((lowest, point) => (point.loss < lowest.loss ? point : lowest)),
  );
  const last = points.at(-1);
  return last === undefined || minima.at(-1) === last ? minima : [...minima, last];
}

/** Parts that hold none are left out. */
function byPart(points: readonly LossPoint[], total: number, parts: number): LossPoint[][] {
  // Training may have gone on for longer than was asked for at first.
  const whole = Math.max(1, total, points.at(-1)?.step ?? 0);
  const held = new Map<number, LossPoint[]>();
  for (const point of points) {
    const part = Math.min(parts - 1, Math.floor((point.step / whole) * parts));
    const before = held.get(part);
    if (before === undefined) held.set(part, [point]);
    else before.push(point);
  }
  return [...held.values()];
}
