import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toldLength, toldPlan } from '../../traces/toldPlan.ts';
import { mazeOf } from '../helpers/mazes.ts';
import {
  arbitraryMazeTrace,
  arbitrarySokobanTrace,
  clausesOf,
  idsOf,
  textOf,
  traceOf,
} from '../helpers/traces.ts';

describe('a trace of A*, deterministic or not,', () => {
  it('tells its plan and how long it is, in every maze that has one', () => {
    fc.assert(
      fc.property(arbitraryMazeTrace(), ({ reasoning, plan, vocabulary }) => {
        fc.pre(plan.length > 0);
        expect(toldPlan(reasoning, vocabulary)).toEqual([...plan]);
        expect(toldLength(reasoning, vocabulary)).toBe(plan.length / 3);
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells its plan in Sokoban where no two states are called alike', () => {
    let told = 0;
    fc.assert(
      fc.property(arbitrarySokobanTrace(), ({ reasoning, plan, search, vocabulary }) => {
        const { length, closes, states } = search.log;
        const created = new Set(
          Array.from(states.subarray(0, length)).filter((_, row) => closes[row] === 0),
        );
        const names = clausesOf(textOf(reasoning, vocabulary))
          .filter((clause) => clause.startsWith('create'))
          .map((clause) => clause.replace(/ c\d+ c\d+$/, ''));
        fc.pre(plan.length > 0 && new Set(names).size === created.size);
        expect(toldPlan(reasoning, vocabulary)).toEqual([...plan]);
        told++;
      }),
      { numRuns: 300 },
    );
    expect(told).toBeGreaterThan(50);
  });
});

describe('the plan that is told', () => {
  const { vocabulary } = traceOf('maze', mazeOf('S..', '...', '..G'));
  const told = (text: string): string | null => {
    const plan = toldPlan(idsOf(text, vocabulary), vocabulary);
    return plan && textOf(plan, vocabulary);
  };

  it.each([
    // From the state that was expanded when a state was created last.
    [
      'create 0 0 c0 c2 close 0 0 c0 c2 create 1 0 c1 c1 close 1 0 c1 c1 create 2 0 c2 c0 close 2 0 c2 c0',
      'plan 0 0 plan 1 0 plan 2 0',
    ],
    // Over what was left out, and by jumps.
    [
      'create 0 0 c0 c2 close 0 0 c0 c2 create 1 0 c1 c1 create 2 0 c2 c0 close 2 0 c2 c0',
      'plan 0 0 plan 2 0',
    ],
    ['create 0 0 c0 c0 close 0 0 c0 c0', 'plan 0 0'],
    // No way: nothing is closed last, it was never created, or it comes from itself.
    ['create 0 0 c0 c2 close 0 0 c0 c2 create 1 0 c1 c1', null],
    ['create 0 0 c0 c2 close 1 1 c0 c2', null],
    ['create 0 0 c0 c2 close 0 0 c0 c2 create 0 0 c0 c2 close 0 0 c0 c2', null],
    ['create 0 0 c0', null],
    ['', null],
  ])('by %s is %s', (text, plan) => {
    expect(told(text)).toBe(plan);
  });

  it('is asked of any ids without harm', () => {
    fc.assert(
      fc.property(fc.uint16Array({ max: vocabulary.size + 2 }), (ids) => {
        expect(() => [toldPlan(ids, vocabulary), toldLength(ids, vocabulary)]).not.toThrow();
      }),
    );
  });
});
