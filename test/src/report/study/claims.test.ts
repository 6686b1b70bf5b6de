import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  computeMetrics,
  combineMetrics,
  type MetricName,
} from '../../../../src/evaluation/metrics.ts';
import type { EvaluationRecord } from '../../../../src/evaluation/records.ts';
import type { Mode } from '../../../../traces/modes.ts';
import { judgeClaims, verdictOf, verdictText } from '../../../../src/report/study/claims.ts';
import { measure } from '../../../../src/report/study/measurement.ts';
import type { Row } from '../../../../src/report/study/rows.ts';
import type { Claim } from '../../../../src/report/study/source.ts';
import { expectInputError } from '../../../helpers/inputErrors.ts';
import { correctSample, record, wrongSample } from '../../../helpers/records.ts';
import { evaluationSettings } from '../../../helpers/runs.ts';

const METRIC_NAMES: readonly MetricName[] = ['optimalRate', 'traceLength'];

/** Greedy answers to as many tasks as there are letters: `+` is optimal, `-` wrong. */
const answers = (outcomes: string, traceLength = 5): EvaluationRecord[] =>
  [...outcomes].map((outcome, id) =>
    record([outcome === '+' ? correctSample(5, { traceLength }) : wrongSample({ traceLength })], {
      id,
      prompt: Uint16Array.of(5, id),
    }),
  );

function row(cell: string, mode: Mode, bySeed: Record<number, EvaluationRecord[]>): Row {
  const seeds = Object.entries(bySeed).map(([seed, records]) => ({
    ...measure(records, METRIC_NAMES),
    seed: Number(seed),
    folder: `results/${cell}-s${seed}`,
    name: `${mode}-greedy`,
    settings: evaluationSettings(mode, Number(seed)),
  }));
  const metrics = combineMetrics(Object.values(bySeed).map(computeMetrics));
  return { study: 'mine', cell, name: cell, mode, label: null, seeds, metrics };
}

const claim = (changes: Partial<Claim> = {}): Claim => ({
  text: 'a beats b',
  metric: 'optimalRate',
  of: { cell: 'a', mode: 'slow' },
  to: { cell: 'b', mode: 'slow' },
  expect: 'more',
  ...changes,
});
/** Every cell of these rows is to have the given seeds, or those that it has. */
const judge = (
  rows: readonly Row[],
  changes: Partial<Claim> = {},
  planned = rows.flatMap(({ study, cell, seeds }) =>
    seeds.map(({ seed }) => ({ study, cell, seed })),
  ),
) => judgeClaims([claim(changes)], rows, { name: 'mine', cells: planned })[0]!;

describe('a verdict', () => {
  const interval = (low: number, high: number) => ({ value: (low + high) / 2, low, high });
  const seeds = (...values: number[]) => values.map((value, i) => ({ seed: i + 1, value }));

  it.each([
    [0.1, 0.5, [0.2, 0.3], 'reproduced'],
    [-0.5, -0.1, [-0.2, -0.3], 'not reproduced'],
    [-0.1, 0.5, [0.2, 0.3], 'inconclusive'],
    // The interval alone is not enough: a seed disagrees.
    [0.1, 0.5, [0.4, -0.01], 'inconclusive'],
    [-0.5, -0.1, [-0.4, 0.01], 'inconclusive'],
    // 0 is on neither side.
    [0, 0.5, [0.2], 'inconclusive'],
    [0.1, 0.5, [0.2, 0], 'inconclusive'],
    [0, 0, [0, 0], 'inconclusive'],
  ] as const)('of [%d, %d] and seeds %j is “%s”', (low, high, values, verdict) => {
    expect(verdictOf('more', interval(low, high), seeds(...values))).toBe(verdict);
  });

  it('of less is that of more with the other sign', () => {
    const value = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.array(value, { minLength: 1 }), (a, b, values) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(verdictOf('fewer', interval(-high, -low), seeds(...values.map((v) => -v)))).toBe(
          verdictOf('more', interval(low, high), seeds(...values)),
        );
      }),
    );
  });

  it('never bears out both a claim and its opposite', () => {
    const value = fc.double({ min: -1, max: 1, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.array(value, { minLength: 1 }), (a, b, values) => {
        const found = interval(Math.min(a, b), Math.max(a, b));
        const both = (['more', 'fewer'] as const).map((e) => verdictOf(e, found, seeds(...values)));
        expect(both.filter((verdict) => verdict === 'reproduced').length).toBeLessThan(2);
        expect(both.includes('reproduced')).toBe(both.includes('not reproduced'));
      }),
    );
  });

  it('waits for records', () => {
    expect(verdictOf('more', null, [])).toBe('not measured yet');
  });
});

describe('a claim', () => {
  const good = row('a', 'slow', { 1: answers('++++++'), 2: answers('+++++-') });
  const bad = row('b', 'slow', { 1: answers('------'), 2: answers('-----+') });

  it('is judged by the same tasks, seed by seed', () => {
    // Seed 1: 6/6 − 0/6; seed 2: 5/6 − 1/6. Whatever tasks are drawn, at least half of their mean
    // differs: of task 6 seed 1 differs by 1 and seed 2 by −1.
    const judged = judge([good, bad]);
    expect(judged.difference?.value).toBeCloseTo((1 + 4 / 6) / 2, 12);
    expect(judged.seeds).toEqual([
      { seed: 1, value: 1 },
      { seed: 2, value: expect.closeTo(4 / 6, 12) },
    ]);
    expect(judged.verdict).toBe('reproduced');
    expect(judge([good, bad], { expect: 'fewer' }).verdict).toBe('not reproduced');
    expect([judged.of, judged.to]).toEqual(['a slow', 'b slow']);
  });

  it('counts the seeds that both sides have', () => {
    const more = row('a', 'slow', {
      2: answers('+++++-'),
      3: answers('------'),
      1: answers('++++++'),
    });
    const planned = [1, 2].flatMap((seed) =>
      ['a', 'b'].map((cell) => ({ study: 'mine', cell, seed })),
    );
    const judged = judge([more, bad], {}, planned);
    expect(judged.seeds.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(judged.difference).toEqual(judge([good, bad]).difference);
    const other = row('a', 'slow', { 7: answers('++++++') });
    expect(judge([other, bad])).toMatchObject({ verdict: 'not measured yet', difference: null });
  });

  it('has no verdict before both sides have all their seeds', () => {
    const cells = (of: readonly number[], to: readonly number[]) => [
      ...of.map((seed) => ({ study: 'mine', cell: 'a', seed })),
      ...to.map((seed) => ({ study: 'mine', cell: 'b', seed })),
    ];
    const wait = judge([good, bad], {}, cells([1, 2, 3], [1, 2, 3]));
    expect(wait).toMatchObject({ verdict: 'unfinished', planned: 3 });
    expect(wait.difference).toEqual(judge([good, bad]).difference);
    expect(verdictText(wait)).toBe('unfinished (2 of 3 seeds)');
    // A seed that only one side is to have is not waited for.
    const whole = judge([good, bad], {}, cells([1, 2], [1, 2, 3]));
    expect(whole).toMatchObject({ verdict: 'reproduced', planned: 2 });
    expect(verdictText(whole)).toBe('reproduced');
    const nothing = judge([good], {}, cells([1, 2], [1, 2]));
    expect(verdictText(nothing)).toBe('not measured yet');
  });

  it('is inconclusive where one seed contradicts it, however sure the mean is', () => {
    const of = row('a', 'slow', { 1: answers('++++++'), 2: answers('------') });
    const to = row('b', 'slow', { 1: answers('------'), 2: answers('-----+') });
    expect(judge([of, to])).toMatchObject({ verdict: 'inconclusive' });
  });

  it('may be about modes of one cell, and about tokens', () => {
    const slow = row('a', 'slow', { 1: answers('++++', 9) });
    const auto = row('a', 'auto', { 1: answers('++++', 4) });
    const judged = judge([slow, auto], {
      metric: 'traceLength',
      of: { cell: 'a', mode: 'auto' },
      to: { cell: 'a', mode: 'slow' },
      expect: 'fewer',
    });
    expect(judged.difference).toEqual({ value: -5, low: -5, high: -5 });
    expect(judged.verdict).toBe('reproduced');
  });

  it('looks for its own evaluation and study only', () => {
    const elsewhere = { ...good, study: 'other' };
    const sampled = { ...good, label: 'sampled' };
    expect(judge([elsewhere, sampled, bad]).verdict).toBe('not measured yet');
    expect(
      judge([elsewhere, bad], { of: { cell: 'a', mode: 'slow', study: 'other' } }).verdict,
    ).toBe('reproduced');
  });

  it('compares no responses that were drawn otherwise', () => {
    const [a, b] = ['a', 'b'].map((cell) => row(cell, 'slow', { 1: answers('++') }));
    const [seed] = b!.seeds;
    const other = { ...b!, seeds: [{ ...seed!, settings: { ...seed!.settings, samples: 64 } }] };
    expectInputError(
      () => judge([a!, other]),
      /^results\/a-s1: slow-greedy was drawn otherwise than in results\/b-s1: its samples is 1, not 64$/,
    );
  });

  it('refuses methods that were evaluated on different tasks', () => {
    const other = row('b', 'slow', {
      1: answers('------').map((each) => ({ ...each, prompt: Uint16Array.of(9) })),
    });
    expectInputError(
      () => judge([good, other]),
      /^results\/a-s1: slow-greedy was made on other tasks than in results\/b-s1: task 0 is another$/,
    );
  });
});
