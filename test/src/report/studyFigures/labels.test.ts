import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeLabels, spread } from '../../../../src/report/studyFigures/labels.ts';
import { quantileEdges } from '../../../../src/report/studyFigures/groups.ts';
import { rateDomain } from '../../../../src/report/studyFigures/lines.ts';
import { overSeeds, smoothed } from '../../../../src/report/studyFigures/learning.ts';

const coordinate = fc.integer({ min: 0, max: 300 });

describe('labels at the ends of lines', () => {
  const places = fc.array(coordinate, { maxLength: 12 });
  const bounds = { gap: 14, low: 0, high: 300 };

  it('stay where they belong if they are apart', () => {
    expect(spread([40, 10, 200], bounds)).toEqual([40, 10, 200]);
  });

  it('that meet part evenly, within bounds', () => {
    expect(spread([100, 100], bounds)).toEqual([93, 107]);
    expect(spread([0, 0, 0], bounds)).toEqual([0, 14, 28]);
    expect(spread([300, 296], bounds)).toEqual([300, 286]);
  });

  it('are apart by the gap, in their order, and within bounds', () => {
    fc.assert(
      fc.property(places, (from) => {
        const to = spread(from, bounds);
        const order = [...from.keys()].sort((a, b) => from[a]! - from[b]! || a - b);
        for (const [i, index] of order.entries()) {
          expect(to[index]).toBeGreaterThanOrEqual(-1e-9);
          expect(to[index]).toBeLessThanOrEqual(300 + 1e-9);
          if (i > 0) expect(to[index]! - to[order[i - 1]!]!).toBeGreaterThan(14 - 1e-9);
        }
      }),
    );
  });
});

describe('labels at points', () => {
  const frame = { width: 300, height: 300 };

  it('cover neither points nor each other, nor leave the frame', () => {
    const point = fc.record({
      x: coordinate,
      y: coordinate,
      text: fc.constantFrom('a', 'mix-0.5'),
    });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 15 }), (points) => {
        const boxes = placeLabels(points, frame).flatMap((at, i) => {
          if (at === null) return [];
          const { x, y, text } = points[i]!;
          const width = 6.2 * text.length;
          const shift = { start: 0, middle: -width / 2, end: -width }[at.anchor];
          return [{ own: i, left: x + at.dx + shift, width, middle: y + at.dy }];
        });
        for (const { own, left, width, middle } of boxes) {
          expect(left).toBeGreaterThanOrEqual(0);
          expect(left + width).toBeLessThanOrEqual(300);
          for (const [i, { x, y }] of points.entries()) {
            const covered = x > left && x < left + width && Math.abs(y - middle) < 7;
            expect(covered && i !== own).toBe(false);
          }
          for (const other of boxes) {
            const apart =
              other.left >= left + width ||
              left >= other.left + other.width ||
              Math.abs(other.middle - middle) >= 14;
            expect(other.own === own || apart).toBe(true);
          }
        }
      }),
    );
  });

  it('stand to the right where there is room', () => {
    expect(placeLabels([{ x: 10, y: 100, text: 'a' }], frame)[0]).toMatchObject({
      dx: 8,
      dy: 0,
      anchor: 'start',
    });
  });
});

describe('groups by difficulty', () => {
  it('hold every task, equal ones together, the last edge being the hardest', () => {
    const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 8 }), (tasks, count) => {
        const edges = quantileEdges(tasks, count);
        expect(edges.length).toBeLessThanOrEqual(count);
        expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
        expect(edges.at(-1)).toBe(Math.max(...tasks));
      }),
    );
  });

  it('are of about equal size', () => {
    expect(quantileEdges([1, 2, 3, 4, 5, 6], 3)).toEqual([2, 4, 6]);
    expect(quantileEdges([7, 7, 7], 3)).toEqual([7]);
  });
});

describe('an axis of rates', () => {
  it('holds all points, within [0, 100], and has a length', () => {
    const y = fc.double({ min: 0, max: 100, noNaN: true });
    const points = fc.array(y.map((y) => ({ x: 0, y, low: y, high: y })));
    fc.assert(
      fc.property(points, (points) => {
        const [low, high] = rateDomain(points);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(100);
        expect(high - low).toBeGreaterThanOrEqual(10);
        for (const { y } of points) expect(y >= low && y <= high).toBe(true);
      }),
    );
  });
});

describe('learning curves', () => {
  const curve = (...losses: number[]) => losses.map((loss, i) => ({ step: 10 * (i + 1), loss }));

  it('are means and ranges where every seed has been', () => {
    expect(overSeeds([curve(4, 2, 1), curve(2, 1)])).toEqual([
      { x: 10, y: 3, low: 2, high: 4 },
      { x: 20, y: 1.5, low: 1, high: 2 },
    ]);
    expect(overSeeds([])).toEqual([]);
  });

  it('are smoothed by means over equal parts of the steps', () => {
    const steps = Array.from({ length: 120 }, (_, i) => ({ step: i + 1, loss: i % 2 }));
    const means = smoothed(steps);
    expect(means).toHaveLength(60);
    expect(means[0]).toEqual({ step: 2, loss: 0.5 });
    expect(means.at(-1)).toEqual({ step: 120, loss: 0.5 });
  });
});
