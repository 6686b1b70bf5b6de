import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { difference, resampleMetric, resampleTasks } from '../../../src/evaluation/differences.ts';
import { combineMetrics, computeMetrics, METRICS } from '../../../src/evaluation/metrics.ts';
import type { MetricName } from '../../../src/evaluation/metrics.ts';
import type { EvaluationRecord } from '../../../src/evaluation/records.ts';
import { correctSample, record, recordsArbitrary, wrongSample } from '../../helpers/records.ts';

/** Greedy answers to as many tasks as there are outcomes. */
const answers = (outcomes: readonly boolean[]): EvaluationRecord[] =>
  outcomes.map((good, id) => record([good ? correctSample(5) : wrongSample()], { id }));

const names = Object.keys(METRICS) as MetricName[];
const metric = fc.constantFrom(...names);
type Seeds = readonly (readonly EvaluationRecord[])[];

const differ = (name: MetricName, of: Seeds, to: Seeds, draws = 200) => {
  const resamples = resampleTasks(of[0]!.length, draws);
  return difference(resampleMetric(name, of, resamples), resampleMetric(name, to, resamples));
};

describe('a difference', () => {
  it('of two tasks, one of which only the first method solves, may be 0, a half or 1', () => {
    const [of, to] = [[answers([true, true])], [answers([false, true])]];
    const resamples = resampleTasks(2);
    const draws = resampleMetric('solvedRate', of, resamples).draws.map(
      (value, i) => value - resampleMetric('solvedRate', to, resamples).draws[i]!,
    );
    expect(new Set(draws)).toEqual(new Set([0, 0.5, 1]));
    expect(differ('solvedRate', of, to, 5000)).toEqual({ value: 0.5, low: 0, high: 1 });
  });

  it('takes the mean over seeds, of which methods may have different numbers', () => {
    const of = [answers([true]), answers([false]), answers([true]), answers([true])];
    const to = [answers([false]), answers([true])];
    expect(differ('solvedRate', of, to)).toEqual({ value: 0.25, low: 0.25, high: 0.25 });
  });

  it('is null where a metric is undefined', () => {
    const fast = [[record([correctSample(5, { traceLength: 0 })])]];
    expect(differ('ilrSolved', fast, fast)).toBeNull();
    expect(differ('threeOptimal', fast, fast)).toBeNull();
  });

  it('is that of the tables', () => {
    fc.assert(
      fc.property(metric, twoMethods(), (name, [of, to]) => {
        const [own, other] = [of, to].map(
          (seeds) => combineMetrics(seeds.map((records) => computeMetrics(records)))[name]?.value,
        );
        const found = differ(name, of, to, 5)?.value;
        if (own === undefined || other === undefined) expect(found).toBeUndefined();
        else if (found !== undefined) expect(found).toBeCloseTo(own - other, 9);
      }),
    );
  });

  it('changes its sign with the methods, to the last bit', () => {
    fc.assert(
      fc.property(metric, twoMethods(), (name, [of, to]) => {
        const [there, back] = [differ(name, of, to), differ(name, to, of)];
        expect(there === null).toBe(back === null);
        if (there === null || back === null) return;
        const negative = (value: number): number => 0 - value;
        expect([there.value, there.low, there.high]).toEqual(
          [back.value, back.high, back.low].map(negative).map((value) => value + 0),
        );
      }),
    );
  });

  it('of a method from itself is nothing at all', () => {
    fc.assert(
      fc.property(metric, recordsArbitrary, (name, records) => {
        const found = differ(name, [records], [records]);
        if (found !== null) expect(found).toEqual({ value: 0, low: 0, high: 0 });
      }),
    );
  });

  it('lies within its interval where tasks are many', () => {
    const rng = createRng('within');
    const [of, to] = [0.7, 0.5].map((rate) => [
      answers(Array.from({ length: 200 }, () => rng.next() < rate)),
    ]) as unknown as [Seeds, Seeds];
    const { value, low, high } = differ('solvedRate', of, to, 2000)!;
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    // The normal interval of paired differences, which a bootstrap comes near to.
    const each = of[0]!.map((own, i) => outcome(own) - outcome(to[0]![i]!));
    const mean = each.reduce((a, b) => a + b) / each.length;
    const variance = each.reduce((sum, d) => sum + (d - mean) ** 2, 0) / each.length;
    const radius = 1.96 * Math.sqrt(variance / each.length);
    expect(high - low).toBeGreaterThan(1.8 * radius);
    expect(high - low).toBeLessThan(2.2 * radius);
  });
});

describe('intervals', () => {
  it('cover the truth about as often as they promise', () => {
    const rng = createRng('coverage');
    const [tasks, repetitions] = [60, 500];
    let covered = 0;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const ease = Array.from({ length: tasks }, () => rng.next());
      const method = (help: number): Seeds =>
        [1, 2].map(() => answers(ease.map((p) => rng.next() < p * help)));
      // E[p] is a half, so that the truth is 0.5 · (0.9 − 0.6).
      const { low, high } = differ('solvedRate', method(0.9), method(0.6), 400)!;
      if (low <= 0.15 && 0.15 <= high) covered++;
    }
    expect(covered / repetitions).toBeGreaterThan(0.91);
    expect(covered / repetitions).toBeLessThan(0.98);
  });
});

/** Some seeds each, on the same number of tasks. */
function twoMethods(): fc.Arbitrary<[Seeds, Seeds]> {
  const seeds = fc.array(recordsArbitrary, { minLength: 1, maxLength: 3 });
  return fc.tuple(seeds, seeds).map(([of, to]) => {
    const tasks = Math.min(...[...of, ...to].map((records) => records.length));
    const cut = (all: Seeds): Seeds => all.map((records) => records.slice(0, tasks));
    return [cut(of), cut(to)];
  });
}

const outcome = ({ samples }: EvaluationRecord): number =>
  samples[0]!.outcome === 'optimal' ? 1 : 0;
