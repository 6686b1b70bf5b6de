import { beforeAll, describe, expect, it } from 'vitest';
import { exampleAt, type Examples, readManifest, readSplit } from '../../../src/data/dataset.ts';
import { generateDataset } from '../../../src/data/generate.ts';
import { meanLength, promptShares, responseShares } from '../../../src/data/lengths.ts';
import { dropStrategy, type DropSettings } from '../../../traces/drop.ts';
import { CLOSE, createVocabulary, type Vocabulary } from '../../../traces/vocabulary.ts';
import { freshFolder, mazeSettings } from '../../helpers/datasets.ts';
import { toExamples, toRows } from '../../helpers/examples.ts';

let split: Examples;
let vocabulary: Vocabulary;
beforeAll(async () => {
  const out = freshFolder();
  await generateDataset(mazeSettings({ trainCount: 300 }), { out });
  split = readSplit(out, 'train');
  vocabulary = createVocabulary(readManifest(out).vocabulary);
});

const shares = (settings: DropSettings, of = split): Float64Array =>
  responseShares(of, { strategy: dropStrategy(settings, 'maze'), vocabulary });
const lengthsOf = (name: 'prompt' | 'plan' | 'reasoning'): number[] =>
  Array.from(split.id, (_, row) => exampleAt(split, row)[name].length);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('the lengths of a split', () => {
  it('of prompts are counted', () => {
    const counted = promptShares(split);
    for (const [length, share] of counted.entries()) {
      const rows = lengthsOf('prompt').filter((prompt) => prompt + 2 === length);
      expect(share).toBeCloseTo(rows.length / split.count, 12);
    }
  });

  it('of responses are an expectation over levels', () => {
    // A clause is an operation, a cell of two tokens and two costs; level 1 keeps the create clauses.
    const plan = mean(lengthsOf('plan')) + 2;
    const full = mean(lengthsOf('reasoning'));
    const closed = mean(
      Array.from(
        split.id,
        (_, row) => exampleAt(split, row).reasoning.filter((id) => id === CLOSE).length,
      ),
    );
    const created = (full - 5 * closed) / 5;
    const of = [full, 5 * created, 3 * created, 0.7 * 3 * created, 0].map((kept) => kept + plan);
    const expected = (levels: readonly number[]): number =>
      levels.reduce((sum, p, level) => sum + p * of[level]!, 0);
    for (const levels of [
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0, 0, 1, 0, 0],
      [0, 0, 0, 0, 1],
      [0.4, 0.3, 0.2, 0, 0.1],
    ] as [number, number, number, number, number][]) {
      expect(meanLength(shares({ levels }))).toBeCloseTo(expected(levels), 6);
    }
    const thinned = meanLength(shares({ levels: [0, 0, 0, 1, 0] }));
    expect(Math.abs(thinned / expected([0, 0, 0, 1, 0]) - 1)).toBeLessThan(0.03);
  });

  it('sum to 1 and end with the longest full response, whatever is dropped', () => {
    const longest = Math.max(
      ...lengthsOf('reasoning').map((length, row) => length + 2 + lengthsOf('plan')[row]!),
    );
    for (const settings of ['dualformer', 'complete-trace', 'solution-only'] as const) {
      const found = shares(settings);
      expect(found.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9);
      expect(found.length - 1).toBe(longest);
    }
  });

  it('are found from rows all over a split that is too large to drop as a whole', () => {
    const rows = toRows(split);
    const [shortest, longest] = rows
      .toSorted((a, b) => a.reasoning.length - b.reasoning.length)
      .filter((_, i) => i === 0 || i === rows.length - 1) as [(typeof rows)[0], (typeof rows)[0]];
    const large = toExamples([
      ...Array.from({ length: 3_000 }, (_, id) => ({ ...shortest, id })),
      ...Array.from({ length: 3_000 }, (_, id) => ({ ...longest, id: 3_000 + id })),
    ]);
    const halfway = (shortest.reasoning.length + longest.reasoning.length) / 2;
    const plans = (shortest.plan.length + longest.plan.length) / 2 + 2;
    expect(meanLength(shares('complete-trace', large))).toBeCloseTo(halfway + plans, 6);
    expect(shares('dualformer', large)).toEqual(shares('dualformer', large));
  });
});
