import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionBlocks } from '../../../src/model/attentionBlocks.ts';
import { modelConfig, MODEL_SIZES, type ModelSize } from '../../../src/model/config.ts';
import { checkLeastMemory, checkMemory, updateBytes } from '../../../src/training/memory.ts';

const sizes = fc.constantFrom(...(Object.keys(MODEL_SIZES) as ModelSize[]));
const shapes = fc.record({
  B: fc.integer({ min: 1, max: 64 }),
  P: fc.integer({ min: 2, max: 1_500 }),
  T: fc.integer({ min: 3, max: 10_000 }),
});
const count = fc.integer({ min: 1, max: 8 });

describe('the memory of an update', () => {
  it('grows with rows, lengths and parts, as long as attention is computed in the same way', () => {
    fc.assert(
      fc.property(sizes, shapes, count, (size, shape, parts) => {
        const config = modelConfig(size, 100);
        const bytes = updateBytes(config, shape, parts);
        for (const key of ['B', 'P', 'T'] as const) {
          const larger = { ...shape, [key]: shape[key] + 1 };
          const [ways, others] = [shape, larger].map(({ P, T }) => attentionBlocks(P, T - 1));
          fc.pre(isDeepStrictEqual(ways, others));
          expect(updateBytes(config, larger, parts)).toBeGreaterThan(bytes);
        }
        expect(updateBytes(config, shape, parts + 1)).toBeGreaterThan(bytes);
      }),
    );
  });

  // MiB at the peak of whole processes, TensorFlow 2.21, Linux x64, vocabulary 938 (tiny: 38).
  it.each([
    ['tiny', 1, { B: 16, P: 60, T: 1_600 }, 3_383],
    ['tiny', 1, { B: 64, P: 60, T: 400 }, 1_410],
    ['s', 1, { B: 16, P: 16, T: 601 }, 2_751],
    ['s', 1, { B: 16, P: 600, T: 16 }, 2_433],
    ['s', 2, { B: 8, P: 200, T: 301 }, 1_442],
    ['s', 1, { B: 2, P: 100, T: 2_001 }, 2_036],
    ['m-s', 1, { B: 4, P: 200, T: 501 }, 3_008],
    ['s', 1, { B: 1, P: 93, T: 10_001 }, 1_530],
  ] as const)(
    'is within a fifth of what was measured: %s, %i parts, %o',
    (size, parts, shape, mib) => {
      const config = modelConfig(size, size === 'tiny' ? 38 : 938);
      const measured = mib * 2 ** 20;
      expect(Math.abs(updateBytes(config, shape, parts) / measured - 1)).toBeLessThan(0.2);
    },
  );
});

describe('a batch that does not fit', () => {
  it('is refused with settings that fit, or as one that never will', () => {
    const available = fc.integer({ min: 1e9, max: 64e9 });
    const plan = fc.tuple(sizes, shapes, count, count, available);
    fc.assert(
      fc.property(plan, ([size, longest, parts, rounds, available]) => {
        const own = { config: modelConfig(size, 100), longest, parts, rounds };
        const complaint = complaintOf(own, available);
        if (complaint === null) return;
        if (complaint.startsWith('model: ')) {
          // No batch is small enough.
          const least = { ...own, longest: { B: 1, P: 6, T: 8 }, parts: 1, rounds: 1 };
          expect(complaintOf(least, available)).toBe(complaint);
          return;
        }
        expect(complaint).toMatch(/^training\.batchSize: .* need about [\d.]+ GB, and [\d.]+ GB/);
        const [, batchSize] = /training\.batchSize=(\d+)/.exec(complaint) ?? [];
        const [, more] = /training\.rounds=(\d+)/.exec(complaint) ?? [];
        if (batchSize === undefined) {
          expect(complaint).toContain('do not even single ones');
          const single = { ...own, longest: { ...longest, B: 1 }, rounds: 1 };
          expect(complaintOf(single, available)).not.toBeNull();
          return;
        }
        const smaller = { ...own, longest: { ...longest, B: Number(batchSize) } };
        expect(complaintOf(smaller, available)).toBeNull();
        expect(complaintOf({ ...own, rounds: Number(more) }, available)).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('what is told without data', () => {
  it('never refuses what data could make possible, and at once whatever the size of a batch', () => {
    const batches = fc.integer({ min: 1, max: 1_000_000_000 });
    const available = fc.integer({ min: 1e9, max: 64e9 });
    const plan = fc.tuple(sizes, shapes, count, count, available, batches);
    fc.assert(
      fc.property(plan, ([size, { P, T }, parts, rounds, free, batchSize]) => {
        const own = { config: modelConfig(size, 100), parts, rounds };
        const longest = { B: batchSize, P: Math.max(6, P), T: Math.max(8, T) };
        const [early, late] = [
          complaintBy(() => checkLeastMemory({ ...own, batchSize }, free)),
          complaintBy(() => checkMemory({ ...own, longest }, free)),
        ];
        if (early !== null) expect(late).not.toBeNull();
      }),
    );
  });

  it('names the model where its weights alone are too many', () => {
    const config = modelConfig('xl-2', 100);
    const refuse = (): void => checkLeastMemory({ config, parts: 4, rounds: 1, batchSize: 1 }, 8e9);
    expect(complaintBy(refuse)).toMatch(/^model: [\d,]+ parameters and their optimiser need about/);
  });
});

function complaintOf(plan: Parameters<typeof checkMemory>[0], available: number): string | null {
  return complaintBy(() => checkMemory(plan, available));
}

function complaintBy(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
