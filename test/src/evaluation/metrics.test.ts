import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  combineMetrics,
  computeMetrics,
  METRICS,
  type MetricName,
  wilsonInterval,
} from '../../../src/evaluation/metrics.ts';
import type { EvaluationRecord } from '../../../src/evaluation/records.ts';
import { createRng } from '../../../envs/rng.ts';
import {
  correctSample,
  malformedSample,
  record,
  recordsArbitrary,
  wrongSample,
} from '../../helpers/records.ts';

/**
 * Four tasks, three responses each, worked out by hand:
 *
 *   A  l* 5, t* 40: optimal (trace 20), optimal by another route (trace 40), optimal by the first
 *      route again (trace 60): 3 correct, 3 optimal, 2 distinct; t = 40
 *   B  l* 5, t* 30: solved in 8 (trace 60), solved in 10 (trace 20), malformed: t = 40; no optimal
 *   C  l* 4, t* 50: optimal (trace 25), wrong, wrong
 *   D  l* 6, t* 10: malformed, malformed, wrong: unsolved
 */
const A = record(
  [
    correctSample(5, { traceLength: 20 }),
    correctSample(5, { traceLength: 40, route: 1 }),
    correctSample(5, { traceLength: 60, trace: 'consistent' }),
  ],
  { id: 0, optimalLength: 5, referenceTraceLength: 40, aStarTraceLength: 40 },
);
const B = record(
  [
    correctSample(8, { traceLength: 60, outcome: 'solved', trace: 'illegal' }),
    correctSample(10, { traceLength: 20, outcome: 'solved' }),
    malformedSample({ traceLength: 100, trace: 'illegal' }),
  ],
  { id: 1, optimalLength: 5, referenceTraceLength: 30, aStarTraceLength: 20 },
);
const C = record(
  [
    correctSample(4, { traceLength: 25 }),
    wrongSample({ traceLength: 0 }),
    wrongSample({ traceLength: 5 }),
  ],
  { id: 2, optimalLength: 4, referenceTraceLength: 50, aStarTraceLength: 60 },
);
const D = record(
  [
    malformedSample({ traceLength: 10, trace: 'illegal' }),
    malformedSample({ traceLength: 10, trace: 'unknown' }),
    wrongSample({ traceLength: 10, trace: 'consistent' }),
  ],
  { id: 3, optimalLength: 6, referenceTraceLength: 10, aStarTraceLength: 80 },
);

describe('metrics of four tasks worked out by hand', () => {
  const metrics = computeMetrics([A, B, C, D]);

  it.each<[MetricName, number]>([
    ['solvedRate', 6 / 12], // 3 + 2 + 1 + 0
    ['optimalRate', 4 / 12], // 3 + 0 + 1 + 0
    ['oneSolved', 3 / 4],
    ['threeSolved', 1 / 4],
    ['oneOptimal', 2 / 4],
    ['threeOptimal', 1 / 4],
    ['swc', (5 / 5 + 5 / 8 + 4 / 4 + 0) / 4],
    ['ilrSolved', (40 / 40 + 30 / 40 + 50 / 25 + 0) / 4],
    ['ilrOptimal', (40 / 40 + 0 + 50 / 25 + 0) / 4],
    ['diversity', (2 + 2 + 1 + 0) / 4],
    ['traceLength', (120 + 180 + 30 + 30) / 12],
    ['aStarTraceLength', (40 + 20 + 60 + 80) / 4],
    ['legalRate', (2 + 1 + 2 + 0) / 11], // of 11 responses with a trace
    ['consistentRate', (1 + 0 + 0 + 1) / 11],
    ['traceRate', 11 / 12],
  ])('%s', (name, value) => {
    expect(metrics[name]?.value).toBeCloseTo(value, 12);
    expect(metrics[name]?.n).toBe(4);
  });

  it('the error of a mean is the sample deviation over √n', () => {
    // 1-Solved: 1, 1, 1, 0, of mean 3/4 and variance (3·(1/4)² + (3/4)²)/3 = 1/4
    expect(metrics.oneSolved?.standardError).toBeCloseTo(Math.sqrt(1 / 4 / 4), 12);
    // SWC: 1, .625, 1, 0 of mean .65625
    const squares = [1, 0.625, 1, 0].map((v) => (v - 0.65625) ** 2).reduce((a, b) => a + b);
    expect(metrics.swc?.standardError).toBeCloseTo(Math.sqrt(squares / 3 / 4), 12);
  });

  it('the error of a share among responses with a trace is that of a ratio of sums', () => {
    // legal 2/3, 1/3, 2/2, 0/3 with r = 5/11: deviations 7/11, −4/11, 12/11, −15/11
    const squares = [7, -4, 12, -15].map((d) => (d / 11) ** 2).reduce((a, b) => a + b);
    expect(metrics.legalRate?.standardError).toBeCloseTo(Math.sqrt((4 / 3) * squares) / 11, 12);
  });
});

describe('metrics where they are undefined', () => {
  const fast = record([correctSample(5, { traceLength: 0 })]);

  it('fast responses have no ILR and no legal share, and a trace length of 0', () => {
    const metrics = computeMetrics([fast]);
    expect(metrics.ilrSolved).toBeNull();
    expect(metrics.ilrOptimal).toBeNull();
    expect(metrics.legalRate).toBeNull();
    expect(metrics.traceLength).toEqual({ value: 0, standardError: null, n: 1 });
  });

  it('3-Optimal-n and 3-Solved-n need three responses', () => {
    const two = computeMetrics([record([correctSample(5), correctSample(5)])]);
    expect([two.threeOptimal, two.threeSolved]).toEqual([null, null]);
    expect(two.oneOptimal?.value).toBe(1);
  });

  it('in auto mode ILR passes over responses without a trace, and tasks with no other', () => {
    const mixed = record(
      [correctSample(5, { traceLength: 0 }), correctSample(5, { traceLength: 80 })],
      { id: 1 },
    );
    expect(computeMetrics([fast, mixed]).ilrSolved).toMatchObject({ value: 0.5, n: 1 });
  });

  it('a task whose thinking responses are all wrong counts 0 in ILR, even if a fast one is right', () => {
    const lucky = record([correctSample(5, { traceLength: 0 }), wrongSample({ traceLength: 9 })]);
    expect(computeMetrics([lucky]).ilrSolved).toMatchObject({ value: 0, n: 1 });
  });

  it('no records give no metrics', () => {
    expect(Object.values(computeMetrics([])).every((estimate) => estimate === null)).toBe(true);
  });
});

describe('metrics of arbitrary records', () => {
  const names = Object.keys(METRICS) as MetricName[];

  it('shares and SWC lie in [0, 1], everything else is not negative', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        const metrics = computeMetrics(records);
        for (const name of names) {
          const value = metrics[name]?.value ?? 0;
          expect(value).toBeGreaterThanOrEqual(0);
          expect(metrics[name]?.standardError ?? 0).toBeGreaterThanOrEqual(0);
          if (METRICS[name].kind === 'share' || name === 'swc')
            expect(value).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('do not depend on the order of tasks and responses, to the last bit', () => {
    fc.assert(
      fc.property(recordsArbitrary, fc.string(), (records, seed) => {
        expect(computeMetrics(shuffled(records, seed))).toEqual(computeMetrics(records));
      }),
      { numRuns: 2000 },
    );
  });

  it('stay the same when every task is counted twice, and their error shrinks', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        const once = computeMetrics(records);
        const twice = computeMetrics([...records, ...records]);
        for (const name of names) {
          expect(twice[name]?.value ?? 0).toBeCloseTo(once[name]?.value ?? 0, 9);
          const error = once[name]?.standardError;
          if (error) expect(twice[name]?.standardError).toBeLessThan(error);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('optimal ≤ solved, k = 3 ≤ k = 1, ILR on optimal has the tasks of ILR on solved', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        const m = computeMetrics(records);
        const value = (name: MetricName) => m[name]?.value ?? 0;
        expect(value('optimalRate')).toBeLessThanOrEqual(value('solvedRate'));
        expect(value('oneOptimal')).toBeLessThanOrEqual(value('oneSolved'));
        expect(value('threeOptimal')).toBeLessThanOrEqual(value('oneOptimal'));
        expect(value('swc')).toBeLessThanOrEqual(value('oneSolved') + 1e-12);
        expect(value('optimalRate')).toBeLessThanOrEqual(value('oneOptimal') + 1e-12);
        expect(m.ilrOptimal?.n).toBe(m.ilrSolved?.n);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('metrics of several runs', () => {
  const ran = [
    [A, B],
    [C, D],
    [A, D],
  ].map(computeMetrics);

  it('are the mean over runs with the error over runs', () => {
    // solved rates 5/6, 1/6, 3/6: mean 1/2, deviation 1/3
    expect(combineMetrics(ran).solvedRate?.value).toBeCloseTo(0.5, 12);
    expect(combineMetrics(ran).solvedRate?.standardError).toBeCloseTo(1 / 3 / Math.sqrt(3), 12);
    expect(combineMetrics(ran).solvedRate?.n).toBe(3);
  });

  it('one run keeps its error over tasks', () => {
    expect(combineMetrics(ran.slice(0, 1))).toEqual(ran[0]);
  });

  it('a metric that one run lacks is undefined', () => {
    const lacking = computeMetrics([record([correctSample(5, { traceLength: 0 })])]);
    expect(combineMetrics([...ran, lacking]).ilrSolved).toBeNull();
  });
});

describe('wilsonInterval', () => {
  it('agrees with published values', () => {
    // Newcombe (1998), table I: 81/263, 15/148 and 0/20 by the score method
    expect(wilsonInterval(81 / 263, 263)).toEqual([
      expect.closeTo(0.2553, 4),
      expect.closeTo(0.3662, 4),
    ]);
    expect(wilsonInterval(15 / 148, 148)).toEqual([
      expect.closeTo(0.0624, 4),
      expect.closeTo(0.1605, 4),
    ]);
    expect(wilsonInterval(0, 20)).toEqual([0, expect.closeTo(0.1611, 4)]);
  });

  it('holds the share, stays within [0, 1] and narrows with n', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 9999 }),
        (share, n) => {
          const [low, high] = wilsonInterval(share, n);
          const [lower, higher] = wilsonInterval(share, 4 * n);
          expect(low).toBeLessThanOrEqual(share + 1e-12);
          expect(high).toBeGreaterThanOrEqual(share - 1e-12);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(higher - lower).toBeLessThan(high - low);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

// Helpers

function shuffled(records: readonly EvaluationRecord[], seed: string): EvaluationRecord[] {
  const rng = createRng(seed);
  return rng.shuffle(records.map((task) => ({ ...task, samples: rng.shuffle([...task.samples]) })));
}
