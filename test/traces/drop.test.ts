import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import { createRng, type Rng } from '../../envs/rng.ts';
import { drawLevel, type DropSettings, dropStrategy } from '../../traces/drop.ts';
import { dropTrace, LEVEL_NAMES } from '../../traces/dropTrace.ts';
import { mazeOf } from '../helpers/mazes.ts';
import { arbitraryTrace, clausesOf, textOf, type Trace, traceOf } from '../helpers/traces.ts';

const paper = dropStrategy('dualformer', 'maze');
const released = dropStrategy('released-maze', 'maze');

describe('dropping', () => {
  const seed = fc.noShrink(fc.nat());

  it('leaves a subsequence of the trace at every level', () => {
    const level = fc.integer({ min: 0, max: 4 });
    const strategy = fc.constantFrom(paper, released);
    fc.assert(
      fc.property(arbitraryTrace, seed, level, strategy, (trace, drawn, at, { level3 }) => {
        const { reasoning, vocabulary } = trace;
        const left = dropTrace(reasoning, at, createRng(drawn), { vocabulary, level3 });
        let next = 0;
        for (const id of reasoning) if (id === left[next]) next++;
        expect(next).toBe(left.length);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves at levels 0, 1, 2 and 4 what striking out words leaves', () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const text = textOf(trace.reasoning, trace.vocabulary);
        const creates = clausesOf(text).filter((clause) => clause.startsWith('create'));
        expect(leftOf(trace, 0)).toBe(text);
        expect(leftOf(trace, 1)).toBe(creates.join(' '));
        expect(leftOf(trace, 2)).toBe(withoutCosts(creates).join(' '));
        expect(leftOf(trace, 4)).toBe('');
      }),
      { numRuns: 500 },
    );
  });

  it('leaves whole clauses of level 2 at level 3', () => {
    fc.assert(
      fc.property(arbitraryTrace, seed, (trace, drawn) => {
        const all = withoutCosts(createsOf(trace));
        const left = clausesOf(leftOf(trace, 3, drawn));
        let next = 0;
        for (const clause of all) if (clause === left[next]) next++;
        expect(next).toBe(left.length);
      }),
      { numRuns: 500 },
    );
  });

  it('drops each clause at level 3 with probability 0.3, independently of the others', () => {
    const trace = traceOf('maze', mazeOf('S...', '.##.', '...G'));
    const { reasoning, vocabulary } = trace;
    const clauses = withoutCosts(createsOf(trace));
    expect(new Set(clauses).size).toBe(clauses.length);
    const runs = 4_000;
    const rng = createRng('level 3');
    const dropped = clauses.map(() => 0);
    let firstTwo = 0;
    for (let run = 0; run < runs; run++) {
      const left = textOf(dropTrace(reasoning, 3, rng, { ...paper, vocabulary }), vocabulary);
      const isLeft = clauses.map((clause) => clausesOf(left).includes(clause));
      for (const [i, kept] of isLeft.entries()) if (!kept) dropped[i]!++;
      if (!isLeft[0] && !isLeft[1]) firstTwo++;
    }
    for (const count of dropped) expectBinomial(count, runs, 0.3);
    expectBinomial(firstTwo, runs, 0.09);
  });

  it('as released for mazes drops exactly 10 to 40 % of the clauses and keeps costs', () => {
    const trace = traceOf('maze', mazeOf('S.....', '......', '.....G'));
    const { reasoning, vocabulary } = trace;
    const clauses = createsOf(trace);
    const runs = 3_100;
    const rng = createRng('released');
    const byCount = new Map<number, number>();
    const dropped = clauses.map(() => 0);
    for (let run = 0; run < runs; run++) {
      const left = textOf(dropTrace(reasoning, 3, rng, { ...released, vocabulary }), vocabulary);
      const kept = clausesOf(left);
      for (const [i, clause] of clauses.entries()) if (!kept.includes(clause)) dropped[i]!++;
      const count = clauses.length - kept.length;
      byCount.set(count, (byCount.get(count) ?? 0) + 1);
    }
    const percents = Array.from({ length: 31 }, (_, i) => 10 + i);
    const countOf = (percent: number): number => Math.floor((clauses.length * percent) / 100);
    const counts = percents.map(countOf);
    expect(new Set(byCount.keys())).toEqual(new Set(counts));
    for (const [count, times] of byCount) {
      const likely = counts.filter((each) => each === count).length / counts.length;
      expectBinomial(times, runs, likely);
    }
    const share =
      percents.reduce((sum, percent) => sum + countOf(percent), 0) / 31 / clauses.length;
    for (const count of dropped) expectBinomial(count, runs, share);
  });

  it('depends on the random numbers alone', () => {
    fc.assert(
      fc.property(arbitraryTrace, seed, (trace, drawn) => {
        expect(leftOf(trace, 3, drawn)).toBe(leftOf(trace, 3, drawn));
      }),
      { numRuns: 100 },
    );
  });

  it.each([-1, 5, 0.5, NaN])('has no level %s', (level) => {
    const { reasoning, vocabulary } = traceOf('maze', mazeOf('S.', '.G'));
    const drop = () => dropTrace(reasoning, level, createRng(1), { ...paper, vocabulary });
    expect(drop).toThrow(RangeError);
  });

  it('has a name for each level', () => {
    expect(LEVEL_NAMES).toHaveLength(5);
  });
});

describe('a dropping strategy', () => {
  it.each<[DropSettings, string, number[]]>([
    ['dualformer', 'maze', [0.45, 1 / 6, 1 / 6, 1 / 6, 0.05]],
    ['dualformer', 'sokoban', [0.8, 0.05, 0.05, 0.05, 0.05]],
    ['complete-trace', 'maze', [1, 0, 0, 0, 0]],
    ['solution-only', 'sokoban', [0, 0, 0, 0, 1]],
    ['released-maze', 'maze', [0.45, 1 / 6, 1 / 6, 1 / 6, 0.05]],
    ['released-sokoban', 'sokoban', [0.8, 0.05, 0.05, 0.05, 0.05]],
    [{ mix: 0.25 }, 'maze', [0.75, 0, 0, 0, 0.25]],
    [{ levels: [0, 0.5, 0, 0.5, 0] }, 'maze', [0, 0.5, 0, 0.5, 0]],
  ])('%j on %s draws each level with its probability', (settings, environment, probabilities) => {
    const strategy = dropStrategy(settings, environment);
    expect(strategy.probabilities).toEqual(probabilities);
    const rng = createRng('levels');
    const counts = [0, 0, 0, 0, 0];
    const runs = 20_000;
    for (let run = 0; run < runs; run++) counts[drawLevel(strategy, rng)]!++;
    for (const [level, probability] of probabilities.entries()) {
      expectBinomial(counts[level]!, runs, probability);
    }
  });

  it('never draws a level of probability 0, whatever the rounding', () => {
    const last = { next: () => 1 - 2 ** -32 } as Rng;
    const first = { next: () => 0 } as Rng;
    const strategy = dropStrategy({ levels: [0, 0.1, 0.2, 0.7, 0] }, 'maze');
    expect(drawLevel(strategy, last)).toBe(3);
    expect(drawLevel(strategy, first)).toBe(1);
    expect(drawLevel(dropStrategy('complete-trace', 'maze'), last)).toBe(0);
    expect(drawLevel(dropStrategy('solution-only', 'maze'), first)).toBe(4);
  });

  it('draws anew at every pass but as released for Sokoban, or if told otherwise', () => {
    expect(dropStrategy('dualformer', 'sokoban').redraw).toBe('pass');
    const levels = [0.5, 0.5, 0, 0, 0] as const;
    expect(dropStrategy({ levels }, 'maze').redraw).toBe('pass');
    expect(dropStrategy({ levels, redraw: 'once' }, 'maze').redraw).toBe('once');
    expect(dropStrategy('released-sokoban', 'sokoban').redraw).toBe('once');
  });

  it.each([
    [{ mix: -0.1 }, 'dropping.mix'],
    [{ mix: NaN }, 'dropping.mix'],
    [{ levels: [0.5, 0.5, 0.5, 0, 0] }, 'dropping.levels'],
    [{ levels: [2, -1, 0, 0, 0] }, 'dropping.levels'],
    [{ levels: [1] }, 'dropping.levels'],
    ['dualfromer', '"dualfromer" is unknown'],
  ])('%j is refused', (settings, message) => {
    const make = () => dropStrategy(settings as DropSettings, 'maze');
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
  });
});

// Helpers

function leftOf({ reasoning, vocabulary }: Trace, level: number, seed = 1): string {
  return textOf(dropTrace(reasoning, level, createRng(seed), { ...paper, vocabulary }), vocabulary);
}

function createsOf({ reasoning, vocabulary }: Trace): string[] {
  return clausesOf(textOf(reasoning, vocabulary)).filter((clause) => clause.startsWith('create'));
}

const withoutCosts = (clauses: readonly string[]): string[] =>
  clauses.map((clause) => clause.replace(/ c\d+/g, ''));

/** Within five standard deviations of what a binomial variable is on average. */
function expectBinomial(count: number, runs: number, probability: number): void {
  const deviation = Math.sqrt(runs * probability * (1 - probability));
  expect(Math.abs(count - runs * probability)).toBeLessThanOrEqual(5 * deviation);
}
