import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Choice, chooseTokens } from '../../../src/model/sampling.ts';
import { startTestBackend } from '../../helpers/backend.ts';

await startTestBackend();

/** At these a row each draws, so that whatever is likelier than one in so many is drawn. */
const DRAWS = Array.from({ length: 256 }, (_, i) => (i + 0.5) / 256);

interface Case {
  readonly logits: readonly number[];
  readonly allowed: readonly boolean[];
  readonly shift: number;
  readonly topK: number | undefined;
  readonly topP: number | undefined;
}

const caseArbitrary: fc.Arbitrary<Case> = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 2, maxLength: 9 })
  .chain((logits) =>
    fc.record({
      // Halves, so that neighbours differ by enough to be told apart, and by little enough to compete.
      logits: fc.constant(logits.map((each) => each / 2)),
      allowed: fc
        .array(fc.boolean(), { minLength: logits.length, maxLength: logits.length })
        .filter((allowed) => allowed.includes(true)),
      shift: fc.integer({ min: -60, max: 60 }),
      topK: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      topP: fc.option(fc.double({ min: 0.05, max: 0.99, noNaN: true }), { nil: undefined }),
    }),
  );

describe('tokens that may be drawn', () => {
  it('are the likeliest of those that a grammar allows, wherever all logits lie', () => {
    fc.assert(
      fc.property(caseArbitrary, (each) => {
        const { kept, closest } = keptTokens(each);
        fc.pre(closest > 1e-4);
        const drawn = new Set(drawnTokens(each));
        expect([...drawn].filter((token) => !kept.has(token))).toEqual([]);
        const certain = [...kept].filter(([, chance]) => chance > 1 / 100);
        expect(certain.filter(([token]) => !drawn.has(token))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

/** By sorting: tokens with their chances, and how near the share is to one at which others are kept. */
function keptTokens({ logits, allowed, topK = Infinity, topP = 1 }: Case): {
  kept: Map<number, number>;
  closest: number;
} {
  const order = [...logits.keys()]
    .filter((token) => allowed[token])
    .sort((a, b) => logits[b]! - logits[a]!)
    .slice(0, topK);
  const chances = normalised(order.map((token) => Math.exp(logits[token]!)));
  const before = chances.map((_, i) => chances.slice(0, i).reduce((a, b) => a + b, 0));
  const nucleus = order.filter((_, i) => before[i]! < topP);
  const again = normalised(nucleus.map((token) => Math.exp(logits[token]!)));
  return {
    kept: new Map(nucleus.map((token, i) => [token, again[i]!])),
    closest: Math.min(...before.map((sum) => Math.abs(sum - topP))),
  };
}

function normalised(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

function drawnTokens({ logits, allowed, shift, topK, topP }: Case): number[] {
  const rows = DRAWS.length;
  const byGrammar = allowed.includes(false);
  const choice: Choice = { greedy: false, byGrammar, topK, topP };
  return tf.tidy(() => {
    const row = logits.map((each) => each + shift);
    const { tokens } = chooseTokens(
      tf.tensor2d(
        DRAWS.map(() => row),
        [rows, row.length],
      ),
      choice,
      {
        temperature: tf.scalar(1),
        uniforms: tf.tensor2d([DRAWS]),
        forced: tf.neg(tf.ones([1, rows], 'int32')),
        round: tf.scalar(0, 'int32'),
        transitions: tf.tensor2d([allowed.map((may) => (may ? 0 : -1))], undefined, 'int32'),
        states: tf.zeros([rows], 'int32'),
      },
    );
    return [...tokens.dataSync()];
  });
}
