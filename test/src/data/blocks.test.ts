import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proposeBlocks } from '../../../src/data/blocks.ts';
import { createAhead } from '../../../src/data/ahead.ts';
import { beginning } from '../../../src/data/progress.ts';
import { BEGINNING, type Part } from '../../../src/data/proposals.ts';
import { freshFolder, mazeSettings } from '../../helpers/datasets.ts';

const READ = 12;

async function read(jobs: number, first: number, lacking: () => number): Promise<Part[]> {
  const ahead = createAhead(freshFolder(), beginning({}));
  const options = { first, start: BEGINNING, lacking, onWait: () => undefined };
  const blocks: Part[] = [];
  for await (const block of proposeBlocks(mazeSettings(), { jobs, ahead, ...options })) {
    blocks.push(block);
    if (blocks.length === READ) break;
  }
  return blocks;
}

describe('blocks of proposals', () => {
  it('are the same by one thread and by several, whatever the reader says that it lacks', async () => {
    const lacks = fc.array(fc.integer({ min: -10, max: 5000 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 1000 }),
        fc.integer({ min: 2, max: 3 }),
        lacks,
        async (...args) => {
          const [first, jobs, lacks] = args;
          let asked = 0;
          const lacking = (): number => lacks[asked++ % lacks.length]!;
          const alone = await read(1, first, lacking);
          expect(alone.map(({ block }) => block)).toEqual(alone.map((_, i) => first + i));
          expect(await read(jobs, first, lacking)).toEqual(alone);
        },
      ),
      { numRuns: 10 },
    );
  });
});
