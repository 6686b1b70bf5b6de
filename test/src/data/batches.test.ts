import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { type Batch, paddingOf, splitBatch } from '../../../src/data/batch.ts';
import { type BatchOptions, createBatches, validationBatches } from '../../../src/data/batches.ts';
import { exampleAt, type Examples, readManifest, readSplit } from '../../../src/data/dataset.ts';
import { generateDataset } from '../../../src/data/generate.ts';
import { batchLadder, type Ladder } from '../../../src/data/ladder.ts';
import { meanLength, responseShares } from '../../../src/data/lengths.ts';
import { dropStrategy } from '../../../traces/drop.ts';
import { dropTrace } from '../../../traces/dropTrace.ts';
import { BOS, createVocabulary, EOS, type Vocabulary } from '../../../traces/vocabulary.ts';
import { freshFolder, mazeSettings } from '../../helpers/datasets.ts';
import { toExamples } from '../../helpers/examples.ts';

let split: Examples;
let vocabulary: Vocabulary;
/** Fitted once: most tests are about other things. */
let ladder: Ladder;
beforeAll(async () => {
  const out = freshFolder();
  await generateDataset(mazeSettings({ trainCount: 1300 }), { out });
  split = readSplit(out, 'train');
  vocabulary = createVocabulary(readManifest(out).vocabulary);
  ladder = batchLadder(split, { strategy: dualformer, vocabulary });
});

const dualformer = dropStrategy('dualformer', 'maze');
const options = (changes: Partial<BatchOptions> = {}): BatchOptions => ({
  batchSize: 16,
  seed: 1,
  strategy: dualformer,
  vocabulary,
  ladder,
  ...changes,
});
const passOf = (changes: Partial<BatchOptions>, pass = 0): Batch[] => {
  const { batchesPerPass, at } = createBatches(split, options(changes));
  return Array.from({ length: batchesPerPass }, (_, i) => at(pass * batchesPerPass + i));
};

const anyOptions = fc.record({
  batchSize: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 400, max: 1500 })),
  seed: fc.nat(),
  sorted: fc.boolean(),
  weighting: fc.constantFrom('sequence' as const, 'token' as const),
});
/** The weight in the loss that rows have together, by level of dropping. */
const weightByLevel = (batches: readonly Batch[], weightOf = ownWeight): number[] => {
  const sums = [0, 0, 0, 0, 0];
  for (const batch of batches) {
    batch.levels.forEach((level, b) => (sums[level]! += weightOf(batch, b)));
  }
  return sums;
};
const predicted = ({ responseLengths }: Batch, b: number): number => responseLengths[b]! - 1;
const ownWeight = (batch: Batch, b: number): number => batch.weights[b]! * predicted(batch, b);

describe('batches', () => {
  it('show every example once per pass, the last batch alone being smaller', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat({ max: 5 }), (changes, pass) => {
        const batches = passOf(changes, pass);
        const rows = batches.flatMap((batch) => [...batch.rows]);
        expect(rows.sort((a, b) => a - b)).toEqual(Array.from(split.id));
        const small = batches.filter(({ B }) => B !== changes.batchSize);
        expect(small.length).toBeLessThanOrEqual(1);
        expect(batches.every(({ B }) => B <= changes.batchSize)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('depend on the step alone, not on the steps asked for before', () => {
    const { batchesPerPass } = createBatches(split, options());
    const history = fc.array(fc.nat({ max: 3 * batchesPerPass }), { maxLength: 4 });
    fc.assert(
      fc.property(
        anyOptions,
        history,
        fc.nat({ max: 3 * batchesPerPass }),
        (changes, before, step) => {
          const batches = createBatches(split, options(changes));
          for (const other of before) batches.at(other);
          expect(textOf(batches.at(step))).toBe(
            textOf(createBatches(split, options(changes)).at(step)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('hold prompt and plan of each of their rows', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat({ max: 200 }), (changes, step) => {
        const batch = createBatches(split, options(changes)).at(step);
        const { P, T, promptLengths, responseLengths } = batch;
        batch.rows.forEach((row, b) => {
          const example = exampleAt(split, row);
          const prompt = batch.prompt.subarray(b * P, b * P + promptLengths[b]!);
          expect(prompt.join()).toBe([BOS, ...example.prompt, EOS].join());
          const response = batch.response.subarray(b * T, b * T + responseLengths[b]!);
          const plan = response.subarray(-1 - example.plan.length);
          expect(plan.join()).toBe([...example.plan, EOS].join());
        });
      }),
      { numRuns: 60 },
    );
  });

  it('have lengths of one ladder, whose top holds every prompt and every full response', () => {
    const { ladder } = createBatches(split, {
      batchSize: 16,
      seed: 1,
      strategy: dualformer,
      vocabulary,
    });
    const rows = Array.from(split.id, (_, row) => exampleAt(split, row));
    expect(ladder.prompts.at(-1)).toBe(Math.max(...rows.map(({ prompt }) => prompt.length + 2)));
    expect(ladder.responses.at(-1)).toBe(
      Math.max(...rows.map(({ reasoning, plan }) => reasoning.length + plan.length + 2)),
    );
    for (const { P, T } of passOf({}).flatMap((batch) => splitBatch(batch, 2))) {
      expect(ladder.prompts).toContain(P);
      expect(ladder.responses).toContain(T);
    }
  });

  it('hold what their level leaves of each trace', () => {
    for (const batch of passOf({})) {
      for (let b = 0; b < batch.B; b++) {
        const { reasoning, plan } = exampleAt(split, batch.rows[b]!);
        const kept = batch.responseLengths[b]! - 2 - plan.length;
        const trace = batch.response.subarray(b * batch.T + 1, b * batch.T + 1 + kept);
        const level = batch.levels[b]!;
        const { level3 } = dualformer;
        const level2 = dropTrace(reasoning, 2, createRng(''), { vocabulary, level3 });
        if (level === 3) expect(isSubsequence(trace, level2)).toBe(true);
        else {
          const expected = dropTrace(reasoning, level, createRng(''), { vocabulary, level3 });
          expect(trace.join()).toBe(expected.join());
        }
      }
    }
  });

  it('draw levels with the probabilities of the strategy', () => {
    const counts = [0, 0, 0, 0, 0];
    const passes = 10;
    for (let pass = 0; pass < passes; pass++) {
      for (const { levels } of passOf({}, pass)) for (const level of levels) counts[level]!++;
    }
    const n = passes * split.count;
    for (const [level, p] of dualformer.probabilities.entries()) {
      expect(Math.abs(counts[level]! - n * p)).toBeLessThan(4 * Math.sqrt(n * p * (1 - p)));
    }
  });

  it('draw anew at every pass, or once where the strategy says so', () => {
    const levelsOf = (strategy: BatchOptions['strategy'], pass: number): number[] => {
      const levels: number[] = [];
      for (const batch of passOf({ strategy }, pass)) {
        batch.rows.forEach((row, b) => (levels[row] = batch.levels[b]!));
      }
      return levels;
    };
    const frozen = dropStrategy('released-sokoban', 'sokoban');
    expect(levelsOf(frozen, 3)).toEqual(levelsOf(frozen, 0));
    expect(levelsOf(dualformer, 3)).not.toEqual(levelsOf(dualformer, 0));
  });

  it('come in another order at every pass and for every seed', () => {
    const order = (changes: Partial<BatchOptions>, pass: number): string =>
      passOf(changes, pass)
        .map(({ rows }) => rows.join())
        .join();
    const orders = [order({}, 0), order({}, 1), order({ seed: 2 }, 0), order({ seed: 2 }, 1)];
    expect(new Set(orders).size).toBe(4);
  });

  it('in two parts are padding by less than 5 %, whatever is dropped', () => {
    for (const name of ['dualformer', 'complete-trace', 'solution-only'] as const) {
      const strategy = dropStrategy(name, 'maze');
      const ladder = batchLadder(split, { strategy, vocabulary });
      for (const batchSize of [8, 16, 32]) {
        const parts = passOf({ strategy, batchSize, ladder }).flatMap((batch) =>
          splitBatch(batch, 2),
        );
        expect(paddingOf(parts)).toBeLessThan(0.05);
      }
    }
    expect(paddingOf(passOf({ sorted: false }))).toBeGreaterThan(0.2);
  });

  it('that are sorted fall into parts of about equal cost', () => {
    let longer = 0;
    let both = 0;
    for (const batch of passOf({})) {
      const [a, b] = splitBatch(batch, 2).map(({ B, P, T }) => B * (P + T)) as [number, number];
      longer += Math.max(a, b);
      both += a + b;
    }
    expect(longer / (both / 2)).toBeLessThan(1.03);
  });

  it('that are sorted still come in any order of length', () => {
    const lengths = passOf({}).map(({ T }) => T);
    expect(lengths).not.toEqual(lengths.toSorted((a, b) => a - b));
  });

  it('leave to the small batch at the end of a pass rows that no length chose', () => {
    const last = (changes: Partial<BatchOptions>): number[] => {
      const batch = passOf(changes).at(-1)!;
      expect(batch.B).toBe(split.count % 16);
      return [...batch.rows].toSorted((a, b) => a - b);
    };
    const planOnly = dropStrategy('solution-only', 'maze');
    expect(last({ strategy: planOnly })).toEqual(last({}));
    expect(last({ sorted: false })).toEqual(last({}));
  });

  it('take traces of many thousand tokens', () => {
    const reasoning = new Uint16Array(20_000).fill(2);
    const rows = Array.from({ length: 5 }, (_, id) => ({ ...exampleAt(split, id), id, reasoning }));
    const strategy = dropStrategy('complete-trace', 'maze');
    const { at } = createBatches(toExamples(rows), options({ strategy, batchSize: 2 }));
    expect(at(0).T).toBeGreaterThan(20_000);
  });

  it('of no examples are refused', () => {
    expect(() => createBatches(toExamples([]), options())).toThrow(RangeError);
  });
});

describe('the weights of tokens', () => {
  it('give each row 1 / B, or each token the same, whatever rows are beside it', () => {
    const mean = meanPredicted();
    fc.assert(
      fc.property(anyOptions, fc.nat({ max: 200 }), (changes, step) => {
        const batch = createBatches(split, options(changes)).at(step);
        for (let b = 0; b < batch.B; b++) {
          const weight = changes.weighting === 'sequence' ? 1 / predicted(batch, b) : 1 / mean;
          expect(batch.weights[b]! * batch.B).toBeCloseTo(weight, 5);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('sum over a pass, level by level, to the same with and without sorting', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat({ max: 3 }), (changes, pass) => {
        const sorted = weightByLevel(passOf({ ...changes, sorted: true }, pass));
        const mixed = weightByLevel(passOf({ ...changes, sorted: false }, pass));
        for (const [level, weight] of sorted.entries())
          expect(weight).toBeCloseTo(mixed[level]!, 3);
      }),
      { numRuns: 20 },
    );
  });

  it('divided by the tokens of their own batch would favour short responses where it is sorted', () => {
    const byBatch = (batch: Batch, b: number): number =>
      predicted(batch, b) / batch.responseLengths.reduce((sum, length) => sum + length - 1, 0);
    const sorted = weightByLevel(passOf({ sorted: true }), byBatch);
    const mixed = weightByLevel(passOf({ sorted: false }), byBatch);
    expect(sorted[4]! / mixed[4]!).toBeGreaterThan(1.5);
    expect(sorted[0]! / mixed[0]!).toBeLessThan(0.9);
  });

  it('by token let a level weigh as many times more as its responses are longer', () => {
    const batches = passOf({ weighting: 'token', batchSize: 1 });
    const tokens = weightByLevel(batches, predicted);
    const weights = weightByLevel(batches);
    for (const [level, weight] of weights.entries()) {
      expect(weight / tokens[level]!).toBeCloseTo(1 / meanPredicted(), 6);
    }
  });

  /** Predicted tokens of the split's mean response. */
  function meanPredicted(): number {
    return meanLength(responseShares(split, { strategy: dualformer, vocabulary })) - 1;
  }
});

describe('validation batches', () => {
  it('show every example once, the same way every time', () => {
    const { strategy } = options();
    const all = [...validationBatches(split, { batchSize: 50, strategy, vocabulary })];
    expect(all.reduce((sum, { B }) => sum + B, 0)).toBe(split.count);
    const again = [...validationBatches(split, { batchSize: 50, strategy, vocabulary })];
    expect(again.map(textOf)).toEqual(all.map(textOf));
  });
});

/** All of a batch as one text: comparing typed arrays element by element is slow. */
function textOf(batch: Batch): string {
  return Object.values(batch).map(String).join(' ');
}

function isSubsequence(part: Int32Array, whole: Uint16Array): boolean {
  let at = 0;
  for (const id of whole) if (at < part.length && part[at] === id) at++;
  return at === part.length;
}
