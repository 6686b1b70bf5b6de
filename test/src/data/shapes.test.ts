import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createBatches } from '../../../src/data/batches.ts';
import { type Examples, readManifest, readSplit } from '../../../src/data/dataset.ts';
import { generateDataset } from '../../../src/data/generate.ts';
import { batchShapes } from '../../../src/data/shapes.ts';
import { dropStrategy } from '../../../traces/drop.ts';
import { createVocabulary, type Vocabulary } from '../../../traces/vocabulary.ts';
import { freshFolder, mazeSettings } from '../../helpers/datasets.ts';

let split: Examples;
let vocabulary: Vocabulary;
beforeAll(async () => {
  const out = freshFolder();
  await generateDataset(mazeSettings({ trainCount: 300 }), { out });
  split = readSplit(out, 'train');
  vocabulary = createVocabulary(readManifest(out).vocabulary);
});

describe('the shapes of batches', () => {
  it('hold every batch, none padded by more than the ladder’s step', () => {
    const strategies = fc.constantFrom(
      ...(['dualformer', 'complete-trace', 'solution-only'] as const),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        strategies,
        fc.nat({ max: 500 }),
        (batchSize, name, step) => {
          const strategy = dropStrategy(name, 'maze');
          const options = { batchSize, seed: 1, strategy, vocabulary };
          const { B, P, T } = createBatches(split, options).at(step);
          const fitting = batchShapes(split, batchSize).find((shape) => shape.T >= T)!;
          expect(fitting.B >= B && fitting.P >= P).toBe(true);
          expect(T).toBeGreaterThan(0.85 * fitting.T);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('rise strictly, up to the longest full response', () => {
    const lengths = batchShapes(split, 8).map(({ T }) => T);
    expect(lengths).toEqual([...new Set(lengths)].toSorted((a, b) => a - b));
    const { reasoning, plan } = split;
    const full = Array.from(split.id, (_, row) =>
      [reasoning, plan].reduce((sum, { offsets }) => sum + offsets[row + 1]! - offsets[row]!, 2),
    );
    expect(lengths.at(-1)).toBe(Math.max(...full));
  });
});
