import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Choice, RolloutRow } from '../../play/runs/rollouts.ts';
import { chosenRows, EVERYTHING, quartersOf, rowsOf } from '../../play/runs/rollouts.ts';
import { ORDERS, PLAN_FILTERS, TRACE_FILTERS } from '../../play/runs/rollouts.ts';
import { linearScale, logScale } from '../../play/runs/scale.ts';
import { lossTick } from '../../play/runs/words.ts';
import { tableOf, taskOf } from '../../src/cli/play/rollouts.ts';
import type { Evaluation } from '../../src/evaluation/evaluation.ts';
import { evaluationSettings } from '../helpers/runs.ts';
import { recordsArbitrary } from '../helpers/records.ts';

const evaluations: fc.Arbitrary<Evaluation> = recordsArbitrary.map((records) => ({
  name: 'slow-greedy',
  settings: { ...evaluationSettings('slow'), samples: records[0]!.samples.length },
  records,
}));

const keys = <Key extends string>(of: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(of) as Key[];

const choices: fc.Arbitrary<Choice> = fc.record({
  plan: fc.constantFrom(...keys(PLAN_FILTERS)),
  trace: fc.constantFrom(...keys(TRACE_FILTERS)),
  quarter: fc.option(fc.nat(3)),
  order: fc.constantFrom(...keys(ORDERS)),
});

/** As it is sent. */
const sent = (evaluation: Evaluation) =>
  JSON.parse(JSON.stringify(tableOf(evaluation))) as ReturnType<typeof tableOf>;

describe('the rows of a table', () => {
  it('are the responses of the records, in their order', () => {
    fc.assert(
      fc.property(evaluations, (evaluation) => {
        const rows = rowsOf(sent(evaluation));
        const expected = evaluation.records.flatMap((record) =>
          record.samples.map((sample, i) => ({
            outcome: sample.outcome,
            trace: sample.trace,
            reason: sample.reason,
            planLength: sample.planLength,
            traceLength: sample.traceLength,
            task: record.id,
            sample: i,
            searchLength: record.aStarTraceLength,
          })),
        );
        expect(rows).toMatchObject(expected);
        expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
      }),
    );
  });

  it('of a site are those of the tasks that it holds', () => {
    fc.assert(
      fc.property(evaluations, fc.nat(12), (evaluation, count) => {
        const first = evaluation.records.slice(0, count);
        const held = tableOf(
          evaluation,
          first.map((record) => taskOf(evaluation, record)),
        );
        expect(rowsOf(held)).toHaveLength(first.length * evaluation.settings.samples);
        expect(held.tasks).toBe(evaluation.records.length);
      }),
    );
  });
});

describe('the quarters of difficulty', () => {
  it('are how many quarters of all tasks are easier', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1 }), (values) => {
        const oracle = values.map((value) => {
          const easier = values.filter((other) => other < value).length;
          return [1, 2, 3].filter((k) => easier >= (k * values.length) / 4).length;
        });
        expect(quartersOf(values)).toEqual(oracle);
      }),
    );
  });

  it('of eight distinct tasks hold two each', () => {
    expect(quartersOf([80, 10, 70, 20, 60, 30, 50, 40])).toEqual([3, 0, 3, 0, 2, 1, 2, 1]);
  });
});

describe('a choice of rows', () => {
  const keeps = (row: RolloutRow, { plan, trace, quarter }: Choice): boolean => {
    const { outcome, excess } = row;
    const byPlan = {
      any: true,
      optimal: outcome === 'optimal',
      solved: excess !== null,
      longer: excess !== null && excess > 0,
      unsolved: excess === null,
    }[plan];
    return (
      byPlan && (trace === 'any' || row.trace === trace) && [null, row.quarter].includes(quarter)
    );
  };

  it('is each row that fits, once, and no other', () => {
    fc.assert(
      fc.property(evaluations, choices, (evaluation, choice) => {
        const rows = rowsOf(sent(evaluation));
        const chosen = chosenRows(rows, choice);
        expect(new Set(chosen)).toEqual(new Set(rows.filter((row) => keeps(row, choice))));
        expect(new Set(chosen).size).toBe(chosen.length);
      }),
    );
  });

  it('is in the order that is asked for, equal rows as they were', () => {
    const before: Readonly<Record<Choice['order'], (a: RolloutRow, b: RolloutRow) => boolean>> = {
      task: () => false,
      hardest: (a, b) => a.searchLength > b.searchLength,
      easiest: (a, b) => a.searchLength < b.searchLength,
      longest: (a, b) => a.traceLength > b.traceLength,
      shortest: (a, b) => a.traceLength < b.traceLength,
      excess: (a, b) => (a.excess ?? -1) > (b.excess ?? -1),
    };
    fc.assert(
      fc.property(evaluations, choices, (evaluation, { order }) => {
        const rows = rowsOf(sent(evaluation));
        const chosen = chosenRows(rows, { ...EVERYTHING, order });
        for (const [i, a] of chosen.entries()) {
          const b = chosen[i + 1];
          if (b === undefined) break;
          expect(before[order](b, a)).toBe(false);
          if (!before[order](a, b)) expect(rows.indexOf(a)).toBeLessThan(rows.indexOf(b));
        }
      }),
    );
  });
});

describe('an axis', () => {
  it('of losses holds them all, and writes few ticks, ascending, on it', () => {
    const loss = fc.double({ min: 1e-9, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(loss), (losses) => {
        const { ticks, at } = logScale(losses);
        for (const value of [...losses, ...ticks]) {
          expect(at(value)).toBeGreaterThanOrEqual(0);
          expect(at(value)).toBeLessThanOrEqual(1 + 1e-9);
        }
        expect(ticks).toEqual([...new Set(ticks)].sort((a, b) => a - b));
        expect(ticks.length).toBeGreaterThan(0);
        expect(ticks.length).toBeLessThan(20);
      }),
    );
  });

  it('begins and ends at 1, 2 or 5 of a power of ten', () => {
    expect(logScale([0.31, 4.6]).ticks).toEqual([0.2, 0.5, 1, 2, 5]);
    expect(logScale([0.02]).ticks).toEqual([0.02, 0.05]);
    expect(logScale([1e-6, 0.5]).ticks.map(lossTick)).toEqual([
      '10⁻⁶',
      '10⁻⁵',
      '10⁻⁴',
      '10⁻³',
      '0.01',
      '0.1',
    ]);
  });

  it('of steps has whole steps on it', () => {
    expect(linearScale(12_000, 6).ticks).toEqual([0, 2000, 4000, 6000, 8000, 10_000, 12_000]);
    fc.assert(
      fc.property(fc.nat(1e7), fc.integer({ min: 2, max: 8 }), (top, most) => {
        const { ticks, at } = linearScale(top, most);
        expect(ticks.length).toBeLessThanOrEqual(most + 1);
        expect(ticks.every((tick) => Number.isInteger(tick) && at(tick) <= 1 + 1e-9)).toBe(true);
      }),
    );
  });
});
