import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTupleTable } from '../../../envs/sokoban/tupleTable.ts';

it('numbers tuples in the order in which they are first seen, and gives them back', () => {
  const arbitrary = fc.integer({ min: 1, max: 9 }).chain((stride) =>
    fc.record({
      stride: fc.constant(stride),
      tuples: fc.array(
        fc.array(fc.oneof(fc.nat(2), fc.nat(9999)), { minLength: stride, maxLength: stride }),
        { size: '+1' },
      ),
    }),
  );
  fc.assert(
    fc.property(arbitrary, ({ stride, tuples }) => {
      const table = createTupleTable(stride);
      const model = new Map<string, number>();
      for (const tuple of tuples) {
        const key = tuple.join();
        if (!model.has(key)) model.set(key, model.size);
        if (table.intern(Int32Array.from(tuple)) !== model.get(key)) return false;
      }
      const into = new Int32Array(stride);
      const readBack = Array.from({ length: table.size }, (_, id) => {
        table.read(id, into);
        return into.join();
      });
      expect(readBack).toEqual([...model.keys()]);
      return true;
    }),
    { numRuns: 1000 },
  );
});

it('tells a hundred thousand states apart', () => {
  const table = createTupleTable(3);
  const tuple = new Int32Array(3);
  const internAll = (): number => {
    let wrong = 0;
    for (let id = 0; id < 100_000; id++) {
      tuple.set([id % 100, Math.floor(id / 100) % 100, Math.floor(id / 10_000)]);
      if (table.intern(tuple) !== id) wrong++;
    }
    return wrong;
  };
  expect(internAll()).toBe(0);
  expect(internAll()).toBe(0);
  expect(table.size).toBe(100_000);
});
