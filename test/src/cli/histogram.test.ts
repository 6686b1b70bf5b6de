import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawHistogram } from '../../../src/cli/histogram.ts';

describe('a histogram', () => {
  it('has a bar for each bin, to an eighth of a character', () => {
    const counts = [16, 8, 3, 0, 1];
    const bins = counts.map((count, i) => ({ from: 5 * i, to: 5 * i + 5, count }));
    expect(drawHistogram(bins, { format: String, width: 4 })).toEqual([
      ' 0 ████ 16',
      ' 5 ██ 8',
      '10 ▊ 3',
      '15 0',
      '20 ▎ 1',
    ]);
  });

  it('shows whatever is more than nothing, and no bar longer than the highest', () => {
    const bin = fc.record({ from: fc.constant(0), to: fc.constant(1), count: fc.nat() });
    fc.assert(
      fc.property(
        fc.array(bin, { minLength: 1 }),
        fc.integer({ min: 1, max: 60 }),
        (bins, width) => {
          const lines = drawHistogram(bins, { format: String, width });
          for (const [i, { count }] of bins.entries()) {
            const [, bar] = /^0 ([█▏▎▍▌▋▊▉]*) ?[\d,]+(?:\.\d+)?$/.exec(lines[i]!)!;
            expect(bar === '').toBe(count === 0);
            expect(bar!.length).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});
