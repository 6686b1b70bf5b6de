import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRepetitionCounter } from '../../../src/data/repetitions.ts';
import { example, toExamples } from '../../helpers/examples.ts';

describe('repetitions', () => {
  const row = fc.record({ layout: fc.bigInt({ min: 0n, max: 4n }), first: fc.nat({ max: 4 }) });
  const shards = fc.array(fc.array(row, { maxLength: 8 }), { maxLength: 3 });
  const splits = fc.array(shards, { minLength: 1, maxLength: 3 });

  it('are those that sets of prompts and layouts find', () => {
    fc.assert(
      fc.property(splits, example, (splits, template) => {
        const counter = createRepetitionCounter(splits.map((shards) => shards.flat().length));
        for (const [split, shards] of splits.entries()) {
          for (const rows of shards) {
            const examples = rows.map(({ layout, first }) => ({
              ...template,
              layout,
              prompt: Uint16Array.of(first, 7),
            }));
            counter.add(toExamples(examples), split);
          }
        }
        const rows = splits.flat(2);
        const layouts = splits.map((shards) => new Set(shards.flat().map(({ layout }) => layout)));
        const all = [...new Set(rows.map(({ layout }) => layout))];
        expect(counter.repetitions()).toEqual({
          repeatedTasks: rows.length - new Set(rows.map(({ first }) => first)).size,
          layouts: all.length,
          sharedLayouts: all.filter(
            (layout) => layouts.filter((each) => each.has(layout)).length > 1,
          ).length,
        });
      }),
    );
  });
});
