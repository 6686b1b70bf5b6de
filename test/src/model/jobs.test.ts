import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divide, rowsFor } from '../../../src/model/jobs.ts';
import { modelConfig } from '../../../src/model/config.ts';

const count = fc.integer({ min: 1, max: 70 });

describe('jobs', () => {
  it('hold every sample of every request once, and fit the rows', () => {
    fc.assert(
      fc.property(
        count,
        count,
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 1, max: 4 }),
        (requests, samples, rows, parts) => {
          const { jobs, groups, lanes } = divide(requests, { samples, rows, parts });
          const all = jobs.flatMap(({ request, waiting }) => waiting.map((one) => [request, one]));
          const expected = Array.from({ length: requests * samples }, (_, i) => [
            Math.floor(i / samples),
            i % samples,
          ]);
          expect(all).toEqual(expected);
          expect(groups * lanes * parts).toBeLessThanOrEqual(Math.max(rows, parts));
          expect(groups).toBeLessThanOrEqual(jobs.length);
          expect(groups).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('of one prompt use all groups that there is room for', () => {
    const shape = (requests: number, samples: number, parts: number): number[] => {
      const { groups, lanes } = divide(requests, { samples, rows: 256, parts });
      return [groups, lanes];
    };
    expect(shape(1, 64, 1)).toEqual([4, 16]);
    expect(shape(1, 64, 2)).toEqual([2, 16]);
    expect(shape(1, 1, 2)).toEqual([1, 1]);
    expect(shape(300, 1, 2)).toEqual([128, 1]);
    expect(shape(16, 64, 1)).toEqual([16, 16]);
  });

  it('have fewer rows the longer the responses of a model may be', () => {
    const config = modelConfig('s', 100);
    expect(rowsFor(config, 500)).toBe(256);
    // 2 · 4 bytes · 192 · 6 layers · 10,000 tokens = 92 MB a row
    expect(rowsFor(config, 10_000)).toBe(23);
    expect(rowsFor(modelConfig('xl-2', 100), 30_000)).toBe(1);
  });
});
