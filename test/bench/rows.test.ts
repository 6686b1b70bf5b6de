import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, spread } from '../../bench/rows.ts';

const figures = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });

describe('the median', () => {
  it('has at most half of the values below it, and at most half above', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it('of two values lies halfway', () => {
    expect(median([1, 4])).toBe(2.5);
  });
});

describe('a spread', () => {
  it('orders least, median and most, whatever the order of the values', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const { least, median, most } = spread(values);
        expect(least).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(most);
        expect(spread(values.toReversed())).toEqual({ least, median, most });
      }),
    );
  });
});
