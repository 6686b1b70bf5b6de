import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { divide, rowsFor } from '../../../src/model/jobs.ts';
import { modelConfig } from '../../../src/model/config.ts';

const count = fc.integer({ min: 1, max: 70 });

describe('jobs', () => {
  it('hold every sample of every request once, and fit the rows', () => {
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 300 }), (requests, samples, rows) => {
        const { jobs, shape } = divide(requests, samples, rows);
        const all = jobs.flatMap(({ request, waiting }) => waiting.map((one) => [request, one]));
        const expected = Array.from({ length: requests * samples }, (_, i) => [
          Math.floor(i / samples),
          i % samples,
        ]);
        expect(all).toEqual(expected);
        expect(shape.groups * shape.lanes).toBeLessThanOrEqual(rows);
        expect(shape.groups).toBeLessThanOrEqual(jobs.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('of one prompt use all groups that there is room for', () => {
    expect(divide(1, 64, 256).shape).toEqual({ groups: 4, lanes: 16 });
    expect(divide(1, 1, 256).shape).toEqual({ groups: 1, lanes: 1 });
    expect(divide(300, 1, 256).shape).toEqual({ groups: 256, lanes: 1 });
    expect(divide(16, 64, 256).shape).toEqual({ groups: 16, lanes: 16 });
  });

  it('have fewer rows the longer the responses of a model may be', () => {
    const config = modelConfig('s', 100);
    expect(rowsFor(config, 500)).toBe(256);
    // 2 · 4 bytes · 192 · 6 layers · 10,000 tokens = 92 MB a row
    expect(rowsFor(config, 10_000)).toBe(23);
    expect(rowsFor(modelConfig('xl-2', 100), 30_000)).toBe(1);
  });
});
