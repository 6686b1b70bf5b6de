import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Batch, padded, paddingOf, splitBatch } from '../../../src/data/batch.ts';
import { EXACT } from '../../../src/data/ladder.ts';
import { BOS, EOS } from '../../../traces/vocabulary.ts';
import { ladder, sequences } from '../../helpers/batches.ts';

const meanPredicted = fc.option(fc.integer({ min: 1, max: 50 }));
const parts = fc.integer({ min: 1, max: 15 });

describe('a batch', () => {
  it('is its rows between bos and eos, padded by bos to the rung that holds the longest', () => {
    fc.assert(
      fc.property(sequences, ladder, meanPredicted, (sequences, ladder, meanPredicted) => {
        const batch = padded(sequences, { ladder, meanPredicted });
        const { P, T } = batch;
        expect(batch.B).toBe(sequences.length);
        for (const [b, { prompt, reasoning, plan }] of sequences.entries()) {
          const question = [BOS, ...prompt, EOS];
          const answer = [BOS, ...reasoning, ...plan, EOS];
          expect([batch.promptLengths[b], batch.responseLengths[b]]).toEqual([
            question.length,
            answer.length,
          ]);
          expect([...batch.prompt.subarray(b * P, (b + 1) * P)]).toEqual(filled(question, P));
          expect([...batch.response.subarray(b * T, (b + 1) * T)]).toEqual(filled(answer, T));
        }
        for (const [length, lengths, rungs] of [
          [P, batch.promptLengths, ladder.prompts],
          [T, batch.responseLengths, ladder.responses],
        ] as const) {
          const longest = Math.max(...lengths);
          const above = rungs.filter((rung) => rung >= longest);
          expect(length).toBe(above.length > 0 ? Math.min(...above) : longest);
        }
      }),
    );
  });

  it('counts its tokens, and the rest as padding', () => {
    fc.assert(
      fc.property(sequences, ladder, (sequences, ladder) => {
        const batch = padded(sequences, { ladder, meanPredicted: null });
        const tokens = sequences.reduce(
          (sum, { prompt, reasoning, plan }) =>
            sum + prompt.length + reasoning.length + plan.length + 4,
          0,
        );
        expect(batch.tokens).toBe(tokens);
        const computed = batch.prompt.length + batch.response.length;
        expect(paddingOf([batch])).toBeCloseTo((computed - tokens) / computed, 12);
      }),
    );
  });
});

describe('the parts of a batch', () => {
  it('are neighbouring rows padded for themselves, as many in each as in the others or one more', () => {
    fc.assert(
      fc.property(sequences, ladder, parts, (sequences, ladder, parts) => {
        const options = { ladder, meanPredicted: null };
        const split = splitBatch(padded(sequences, options), parts);
        expect(split.length).toBe(Math.min(parts, sequences.length));
        let first = 0;
        for (const part of split) {
          const alone = padded(sequences.slice(first, first + part.B), options);
          expect(withoutWeights(part)).toEqual(withoutWeights(alone));
          first += part.B;
        }
        expect(first).toBe(sequences.length);
        const rows = split.map(({ B }) => B);
        expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keep the weights and the share of the whole batch', () => {
    fc.assert(
      fc.property(sequences, meanPredicted, parts, (sequences, meanPredicted, parts) => {
        const batch = padded(sequences, { ladder: EXACT, meanPredicted });
        expect(batch.share).toBe(1 / sequences.length);
        for (const { share } of splitBatch(batch, parts)) expect(share).toBe(batch.share);
        const weights = splitBatch(batch, parts).flatMap(({ weights }) => [...weights]);
        expect(weights).toEqual([...batch.weights]);
      }),
    );
  });

  it('pad no more than the batch', () => {
    fc.assert(
      fc.property(sequences, ladder, parts, (sequences, ladder, parts) => {
        const batch = padded(sequences, { ladder, meanPredicted: null });
        expect(paddingOf(splitBatch(batch, parts))).toBeLessThanOrEqual(paddingOf([batch]));
      }),
    );
  });
});

function filled(ids: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, i) => ids[i] ?? BOS);
}

function withoutWeights(batch: Batch): object {
  return { ...batch, weights: null, share: null };
}
