import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasKernels } from '../../../../src/engine/kernels.ts';
import { endRound } from '../../../../src/model/rounds.ts';
import { startTestBackend } from '../../../helpers/backend.ts';
import { expectRefusal, outputsOf } from '../../../helpers/kernels.ts';

await startTestBackend();

const NAMES = ['again', 'round', 'ended', 'chosen', 'logProbs'] as const;

describe('the end of a round', () => {
  it('notes tokens, ends rows, and asks for another round, as a loop over the rows does', () => {
    fc.assert(
      fc.property(rounds, (given) => {
        const expected = byRow(given);
        expect(byEveryBackend(given)).toEqual(expected);
        if (hasKernels()) expect(byKernel(given)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it.runIf(hasKernels())('refuses shapes that do not agree, and rounds that there are not', () => {
    const right = {
      tokens: [3],
      logProbs: [3],
      round: [],
      ended: [3],
      chosen: [2, 3],
      likelihoods: [2, 3],
      column: [],
      start: [1, 3],
      end: [],
      maxTokens: [],
      limit: [],
      enough: [],
    };
    const refusal = (shapes: Record<string, number[]>, complaint: string, round = 0): void => {
      const inputs = Object.entries(shapes).map(([name, shape]) => () => {
        const values = tf.fill(shape, name === 'round' ? round : 0);
        if (name === 'ended') return tf.cast(values, 'bool');
        return ['logProbs', 'likelihoods'].includes(name) ? values : tf.cast(values, 'int32');
      });
      expectRefusal('KitEndRound', inputs, { outputs: 5, complaint });
    };
    for (const [name, shape] of Object.entries(right)) {
      const wrong = shape.length === 0 ? [[0], [2]] : [[], [2], [4], [2, 4]];
      for (const other of wrong) refusal({ ...right, [name]: other }, 'shapes do not agree');
    }
    for (const round of [-1, 2]) refusal(right, 'there is no such round', round);
  });
});

// Helpers

interface Given {
  readonly tokens: readonly number[];
  readonly start: readonly number[];
  readonly ended: readonly boolean[];
  readonly round: number;
  readonly rounds: number;
  readonly column: number;
  readonly end: number;
  readonly maxTokens: number;
  readonly limit: number;
  readonly enough: number;
}

const rounds: fc.Arbitrary<Given> = fc.integer({ min: 1, max: 6 }).chain((rows) => {
  const byRow = { minLength: rows, maxLength: rows };
  return fc
    .record({
      tokens: fc.array(fc.nat({ max: 4 }), byRow),
      back: fc.array(fc.nat({ max: 9 }), byRow),
      ended: fc.array(fc.boolean(), byRow),
      round: fc.nat({ max: 4 }),
      later: fc.nat({ max: 2 }),
      column: fc.integer({ min: 9, max: 20 }),
      end: fc.integer({ min: -1, max: 4 }),
      maxTokens: fc.integer({ min: 1, max: 14 }),
      limit: fc.integer({ min: 1, max: 7 }),
      enough: fc.integer({ min: 1, max: rows }),
    })
    .map(({ back, later, ...given }) => ({
      ...given,
      rounds: given.round + 1 + later,
      start: back.map((columns) => given.column + given.round - columns),
    }));
});

/** Numbers that tables hold before, and that are noted. */
const noted = (row: number): number => -1 - row;
const before = (i: number): number => 100 + i;

function byRow(given: Given) {
  const { tokens, start, round, rounds, column, end, maxTokens, limit, enough } = given;
  const rows = tokens.length;
  const ended = tokens.map((token, row) => {
    const length = column + round - start[row]! + 1;
    return given.ended[row]! || token === end || length >= maxTokens;
  });
  const table = (own: (row: number) => number): number[] =>
    Array.from({ length: rounds * rows }, (_, i) =>
      Math.floor(i / rows) === round ? own(i % rows) : before(i),
    );
  return {
    again: [Number(round + 1 < limit && ended.filter(Boolean).length < enough)],
    round: [round + 1],
    ended: ended.map(Number),
    chosen: table((row) => tokens[row]!),
    logProbs: table(noted),
  };
}

function tensorsOf(given: Given) {
  const { tokens, start, ended, rounds } = given;
  const rows = tokens.length;
  const integer = (value: number): tf.Tensor => tf.scalar(value, 'int32');
  const table = Array.from({ length: rounds * rows }, (_, i) => before(i));
  return {
    tokens: tf.tensor1d([...tokens], 'int32'),
    logProbs: tf.tensor1d(tokens.map((_, row) => noted(row))),
    carried: {
      round: integer(given.round),
      ended: tf.tensor1d([...ended], 'bool'),
      chosen: tf.tensor2d(table, [rounds, rows], 'int32'),
      logProbs: tf.tensor2d(table, [rounds, rows]),
    },
    fixed: {
      column: integer(given.column),
      start: tf.tensor2d([...start], [1, rows], 'int32'),
      end: integer(given.end),
      maxTokens: integer(given.maxTokens),
      limit: integer(given.limit),
      enough: integer(given.enough),
    },
  };
}

function byEveryBackend(given: Given) {
  return tf.tidy(() => {
    const { tokens, logProbs, ...at } = tensorsOf(given);
    const results = endRound({ tokens, logProbs }, at);
    return Object.fromEntries(
      NAMES.map((name) => [name, Array.from(results[name].dataSync(), Number)]),
    );
  });
}

function byKernel(given: Given) {
  const outputs = outputsOf(
    'KitEndRound',
    () => {
      const { tokens, logProbs, carried, fixed } = tensorsOf(given);
      return [tokens, logProbs, ...Object.values(carried), ...Object.values(fixed)];
    },
    { outputs: 5 },
  );
  return Object.fromEntries(
    outputs.map(({ values }, i) => [NAMES[i]!, Array.from(values, Number)]),
  );
}
