import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import {
  type Batch,
  type BatchOptions,
  createBatches,
  validationBatches,
} from '../../../src/data/batches.ts';
import { exampleAt, type Examples, readManifest, readSplit } from '../../../src/data/dataset.ts';
import { generateDataset } from '../../../src/data/generate.ts';
import { dropStrategy, dropTrace } from '../../../traces/drop.ts';
import { BOS, createVocabulary, EOS, type Vocabulary } from '../../../traces/vocabulary.ts';
import { freshFolder, mazeSettings } from '../../helpers/datasets.ts';
import { toExamples } from '../../helpers/examples.ts';

let split: Examples;
let vocabulary: Vocabulary;
beforeAll(async () => {
  const out = freshFolder();
  await generateDataset(mazeSettings({ trainCount: 1300 }), { out });
  split = readSplit(out, 'train');
  vocabulary = createVocabulary(readManifest(out).vocabulary);
});

const dualformer = dropStrategy('dualformer', 'maze');
const options = (changes: Partial<BatchOptions> = {}): BatchOptions => ({
  batchSize: 16,
  seed: 1,
  strategy: dualformer,
  vocabulary,
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
});

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

  it('are sequences between bos and eos, padded by bos to the longest', () => {
    fc.assert(
      fc.property(anyOptions, fc.nat({ max: 200 }), (changes, step) => {
        const batch = createBatches(split, options(changes)).at(step);
        const { B, P, T, prompt, promptLengths, response, responseLengths } = batch;
        expect([prompt.length, response.length]).toEqual([B * P, B * T]);
        expect([Math.max(...promptLengths), Math.max(...responseLengths)]).toEqual([P, T]);
        let tokens = 0;
        for (let b = 0; b < B; b++) {
          const example = exampleAt(split, batch.rows[b]!);
          const row = prompt.subarray(b * P, (b + 1) * P);
          expect(row.join()).toBe(padded([BOS, ...example.prompt, EOS], P).join());
          const target = response.subarray(b * T, b * T + responseLengths[b]!);
          expect([target[0], target.at(-1)]).toEqual([BOS, EOS]);
          const plan = target.subarray(-1 - example.plan.length, -1);
          expect(plan.join()).toBe(example.plan.join());
          const rest = response.subarray(b * T + responseLengths[b]!, (b + 1) * T);
          expect(rest.join()).toBe(padded([], rest.length).join());
          tokens += promptLengths[b]! + responseLengths[b]!;
        }
        expect(batch.tokens).toBe(tokens);
      }),
      { numRuns: 60 },
    );
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

  it('that are sorted pad less', () => {
    const padding = (sorted: boolean): number =>
      passOf({ sorted }).reduce((sum, { B, P, T, tokens }) => sum + B * (P + T) - tokens, 0);
    expect(padding(true)).toBeLessThan(padding(false) / 2);
  });

  it('that are sorted still come in any order of length', () => {
    const lengths = passOf({}).map(({ T }) => T);
    expect(lengths).not.toEqual(lengths.toSorted((a, b) => a - b));
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

function padded(ids: readonly number[], length: number): number[] {
  return [...ids, ...Array.from({ length: length - ids.length }, () => BOS)];
}

function isSubsequence(part: Int32Array, whole: Uint16Array): boolean {
  let at = 0;
  for (const id of whole) if (at < part.length && part[at] === id) at++;
  return at === part.length;
}
