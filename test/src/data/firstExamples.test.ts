import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstExamples } from '../../../src/data/examples.ts';
import { example, toExamples, toRows } from '../../helpers/examples.ts';

describe('the first examples of a split', () => {
  it('are what a split of these alone would hold', () => {
    fc.assert(
      fc.property(fc.array(example, { maxLength: 8 }), fc.nat({ max: 8 }), (rows, asked) => {
        const count = Math.min(asked, rows.length);
        const first = firstExamples(toExamples(rows), count);
        expect(first).toEqual(toExamples(rows.slice(0, count)));
        expect(toRows(first)).toEqual(rows.slice(0, count));
      }),
    );
  });

  it('are no more than there are', () => {
    fc.assert(
      fc.property(fc.array(example, { maxLength: 3 }), fc.integer({ min: 1 }), (rows, more) => {
        expect(() => firstExamples(toExamples(rows), rows.length + more)).toThrow(RangeError);
      }),
    );
  });
});
