import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { binsOf, type Counts, createCounts, summarise } from '../../../src/data/counts.ts';

function countsOf(values: readonly number[]): Counts {
  const counts = createCounts();
  for (const value of values) counts.add(value);
  return counts;
}

const values = fc.array(fc.oneof(fc.nat({ max: 30 }), fc.nat()), { minLength: 1, maxLength: 200 });

describe('a summary of counts', () => {
  it('is that of the sorted values', () => {
    fc.assert(
      fc.property(values, (list) => {
        const sorted = [...list].sort((a, b) => a - b);
        const at = (quarters: number): number => {
          const place = (quarters * (sorted.length - 1)) / 4;
          const weight = place % 1;
          const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
          return (1 - weight) * low + weight * high;
        };
        const summary = summarise(countsOf(list))!;
        expect(summary.min).toBe(Math.min(...list));
        expect(summary.max).toBe(Math.max(...list));
        expect(summary.lowerQuartile).toBeCloseTo(at(1), 5);
        expect(summary.median).toBeCloseTo(at(2), 5);
        expect(summary.upperQuartile).toBeCloseTo(at(3), 5);
        expect(summary.mean).toBeCloseTo(list.reduce((a, b) => a + b, 0) / list.length, 5);
      }),
    );
  });

  it('lies between values where their number is even', () => {
    expect(summarise(countsOf([4, 1, 3, 2]))).toEqual({
      min: 1,
      lowerQuartile: 1.75,
      median: 2.5,
      upperQuartile: 3.25,
      max: 4,
      mean: 2.5,
    });
  });

  it('of no values is null', () => {
    expect(summarise(createCounts())).toBeNull();
  });
});

describe('bins', () => {
  it('of one nice width hold each value once, and are no more than asked for', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 20 }), (list, most) => {
        const bins = binsOf(countsOf(list), most);
        const width = bins[0]!.to - bins[0]!.from;
        expect(bins.length).toBeLessThanOrEqual(most);
        expect(String(width)).toMatch(/^[125]0*$/);
        for (const [i, { from, to, count }] of bins.entries()) {
          expect([to - from, from % width]).toEqual([width, 0]);
          if (i > 0) expect(from).toBe(bins[i - 1]!.to);
          expect(count).toBe(list.filter((value) => value >= from && value < to).length);
        }
        expect(bins[0]!.count).toBeGreaterThan(0);
        expect(bins.at(-1)!.count).toBeGreaterThan(0);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
      }),
    );
  });

  it('are as narrow as they may be', () => {
    const bins = binsOf(countsOf([3, 4, 4, 21]), 5);
    expect(bins).toEqual([
      { from: 0, to: 5, count: 3 },
      { from: 5, to: 10, count: 0 },
      { from: 10, to: 15, count: 0 },
      { from: 15, to: 20, count: 0 },
      { from: 20, to: 25, count: 1 },
    ]);
    expect(binsOf(countsOf([7, 7]), 5)).toEqual([{ from: 7, to: 8, count: 2 }]);
    expect(binsOf(createCounts(), 5)).toEqual([]);
  });
});
