/** Arbitrary rows of batches and ladders. */
import fc from 'fast-check';
import type { Sequence } from '../../src/data/batch.ts';
import type { Ladder } from '../../src/data/ladder.ts';

const ids = fc.array(fc.integer({ min: 2, max: 99 }), { maxLength: 12 });
const list = ids.map((ids) => Uint16Array.from(ids));

export const sequences: fc.Arbitrary<Sequence[]> = fc.array(
  fc.record({
    row: fc.nat({ max: 999 }),
    level: fc.nat({ max: 4 }),
    prompt: list,
    reasoning: list,
    plan: list,
  }),
  { minLength: 1, maxLength: 12 },
);

/** Any rungs, also none, and such that some lengths are above all of them. */
const rungs = fc
  .uniqueArray(fc.integer({ min: 2, max: 30 }), { maxLength: 5 })
  .map((rungs) => rungs.toSorted((a, b) => a - b));

export const ladder: fc.Arbitrary<Ladder> = fc.record({ prompts: rungs, responses: rungs });
