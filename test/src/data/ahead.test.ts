import fc from 'fast-check';
import { mkdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { createAhead } from '../../../src/data/ahead.ts';
import { beginning, type Progress, removeLeftovers } from '../../../src/data/progress.ts';
import { BLOCK, endOf, type Part } from '../../../src/data/proposals.ts';
import { freshFolder } from '../../helpers/datasets.ts';
import { example, toExamples } from '../../helpers/examples.ts';

const BLOCKS = 3;

/** The parts of some blocks, two or more each. */
const blocks: fc.Arbitrary<Part[][]> = fc
  .array(
    fc
      .uniqueArray(fc.integer({ min: 1, max: BLOCK - 1 }), { minLength: 1, maxLength: 4 })
      .chain((cuts) =>
        fc.tuple(
          ...[0, ...cuts.toSorted((a, b) => a - b)].map((from, i, all) =>
            fc
              .array(example, { maxLength: 3 })
              .map((rows) => ({ from, to: all[i + 1] ?? BLOCK, rows })),
          ),
        ),
      ),
    { minLength: BLOCKS, maxLength: BLOCKS },
  )
  .map((blocks) => blocks.map((parts, block) => parts.map((part) => toPart(block, part))));

function toPart(
  block: number,
  { from, to, rows }: { from: number; to: number; rows: Parameters<typeof toExamples>[0] },
): Part {
  const counts = (first: number): Uint16Array =>
    Uint16Array.of(first, ...Array(to - from - 1).fill(0));
  const rng = createRng(`${block} ${to}`);
  return {
    block,
    from,
    to,
    examples: toExamples(rows),
    kept: counts(rows.length),
    unsolvable: counts(1),
    tooLong: counts(2),
    streams: to === BLOCK ? null : { layouts: rng.state(), searches: null },
  };
}

it('parts that were saved before their turn are there again, as long as they wait', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('add' as const), block: fc.nat({ max: BLOCKS - 1 }) }),
      fc.record({ kind: fc.constantFrom('take' as const, 'save' as const) }),
    ),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(blocks, steps, (blocks, steps) => {
      const folder = freshFolder();
      mkdirSync(folder);
      const progress = beginning({});
      const ahead = createAhead(folder, progress);
      const waiting: Part[][] = blocks.map(() => []);
      const coming = blocks.map((parts) => [...parts]);
      const expectWaiting = (ahead: ReturnType<typeof createAhead>): void => {
        const last = waiting.flatMap((parts) => parts.slice(-1));
        expect(ahead.starts()).toEqual(new Map(last.map((part) => [part.block, endOf(part)])));
        for (const part of waiting.flat()) expect(ahead.take(part.block, part.from)).toEqual(part);
      };
      for (const step of steps) {
        if (step.kind === 'add') {
          const part = coming[step.block]!.shift();
          if (part === undefined) continue;
          ahead.add(part);
          waiting[step.block]!.push(part);
        } else if (step.kind === 'take') {
          const { block, start } = progress;
          const part = ahead.take(block, start.offset);
          expect(part).toBe(waiting[block]?.shift());
          if (part === undefined) continue;
          const isLast = part.to === BLOCK;
          Object.assign(progress, isLast ? { block: block + 1 } : {});
          progress.start = isLast ? { offset: 0, streams: null } : endOf(part);
        } else {
          ahead.save();
          removeLeftovers(folder, progress);
          expect(ahead.hasUnsaved()).toBe(false);
        }
      }
      ahead.save();
      expectWaiting(createAhead(folder, JSON.parse(JSON.stringify(progress)) as Progress));
      expectWaiting(ahead);
    }),
    { numRuns: 30 },
  );
});
