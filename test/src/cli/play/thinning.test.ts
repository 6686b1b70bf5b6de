import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meansByPart, minimaByPart } from '../../../../src/cli/play/thinning.ts';
import type { LossPoint } from '../../../../src/pageApi.ts';

/** By ascending step, as logs are. */
const points = fc
  .uniqueArray(fc.integer({ min: 1, max: 2000 }), { maxLength: 200 })
  .chain((steps) =>
    fc
      .array(fc.double({ min: 0, max: 9, noNaN: true }), {
        minLength: steps.length,
        maxLength: steps.length,
      })
      .map((losses) =>
        steps.sort((a, b) => a - b).map((step, i): LossPoint => ({ step, loss: losses[i]! })),
      ),
  );
const course = fc.tuple(points, fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 1, max: 40 }));

describe('thinning', () => {
  it('leaves a bounded number of points, all of them of the curve, its minimum and its last among them', () => {
    fc.assert(
      fc.property(course, ([points, total, parts]) => {
        const thin = minimaByPart(points, total, parts);
        expect(thin.length).toBeLessThanOrEqual(parts + 1);
        expect(points.filter((point) => thin.includes(point))).toEqual(thin);
        const lowest = Math.min(...points.map(({ loss }) => loss));
        expect(Math.min(...thin.map(({ loss }) => loss))).toBe(lowest);
        expect(thin.at(-1)).toBe(points.at(-1));
      }),
    );
  });

  it('by means keeps within the curve, and its sum where parts are counted', () => {
    fc.assert(
      fc.property(course, ([points, total, parts]) => {
        const thin = meansByPart(points, total, parts);
        expect(thin.length).toBeLessThanOrEqual(parts);
        const steps = points.map(({ step }) => step);
        let sum = 0;
        let before = 0;
        for (const { step, loss } of thin) {
          const count = steps.filter((one) => one > before && one <= step).length;
          expect(count).toBeGreaterThan(0);
          sum += count * loss;
          before = step;
        }
        expect(sum).toBeCloseTo(
          points.reduce((all, { loss }) => all + loss, 0),
          6,
        );
      }),
    );
  });

  it('moves no point but the last while a run trains on', () => {
    fc.assert(
      fc.property(points, fc.nat(200), fc.integer({ min: 1, max: 40 }), (points, cut, parts) => {
        const earlier = meansByPart(points.slice(0, cut), 2000, parts);
        const later = meansByPart(points, 2000, parts);
        expect(later.slice(0, Math.max(0, earlier.length - 1))).toEqual(earlier.slice(0, -1));
      }),
    );
  });

  it('of few points leaves them as they are', () => {
    const few = [
      { step: 100, loss: 2 },
      { step: 200, loss: 1 },
    ];
    expect([meansByPart(few, 200), minimaByPart(few, 200)]).toEqual([few, few]);
  });
});
