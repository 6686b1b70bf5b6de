import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptTokens, leftOf, levelOf, linesLeft, type Draw } from '../../play/dropping/dropped.ts';
import { lineText, readLines } from '../../play/thought/lines.ts';
import { CLOSED, OPEN, paint, UNSEEN } from '../../play/thought/painting.ts';
import { dropStrategy } from '../../traces/drop.ts';
import { mazeOf } from '../helpers/mazes.ts';
import { arbitraryTrace, traceOf, type Trace } from '../helpers/traces.ts';

const level = fc.nat(4);
const seed = fc.noShrink(fc.nat());

const drawOf = ({ environment }: Pick<Trace, 'environment'>, seed: number): Draw => ({
  strategy: dropStrategy('dualformer', environment),
  seed,
});

function keptAt(trace: Trace, level: number, seed: number) {
  const { reasoning, vocabulary, task } = trace;
  const left = leftOf(reasoning, vocabulary, { ...drawOf(trace, seed), level });
  const kept = keptTokens(reasoning, left);
  return { left, kept, lines: linesLeft(readLines(reasoning, vocabulary, task), kept) };
}

describe('the tokens that dropping keeps', () => {
  it('are those that a model is trained on, at every level and with every seed', () => {
    fc.assert(
      fc.property(arbitraryTrace, level, seed, (trace, level, seed) => {
        const { left, kept } = keptAt(trace, level, seed);
        expect(trace.reasoning.filter((_, at) => kept[at] === 1)).toEqual(left);
      }),
    );
  });

  it('are clauses, whole or without their costs, and none that closes from level 1 on', () => {
    fc.assert(
      fc.property(arbitraryTrace, level, seed, (trace, level, seed) => {
        const { kept, lines } = keptAt(trace, level, seed);
        for (const { begin, end, operation, dropped, costs } of lines) {
          const own = [...kept.subarray(begin, end)];
          const [state, cost] = [new Set(own.slice(0, -2)), new Set(own.slice(-2))];
          expect([state.size, cost.size]).toEqual([1, 1]);
          expect([dropped, costs === null]).toEqual([!state.has(1), !cost.has(1)]);
          if (level > 0 && operation === 'close') expect(dropped).toBe(true);
          if (level < 3 && operation === 'create') expect(dropped).toBe(false);
          if (level > 1) expect(costs).toBeNull();
        }
      }),
    );
  });

  it('are at level 2 what is left of a trace by hand', () => {
    const trace = traceOf('maze', mazeOf('S.G', '.##'));
    const { left, lines } = keptAt(trace, 2, 1);
    const words = lineText({ begin: 0, end: left.length }, left, trace.vocabulary);
    expect(words).toBe('create 0 0 create 0 1 create 1 0 create 2 0');
    const { status, dropped, g } = paint(lines, lines.length, 6);
    // The start, the cell beside it and the goal were closed; that below the start is open.
    expect([...status]).toEqual([OPEN, OPEN, OPEN, OPEN, UNSEEN, UNSEEN]);
    expect([...dropped]).toEqual([1, 1, 1, 0, 0, 0]);
    expect(new Set(g)).toEqual(new Set([-1]));
  });

  it('paint nothing at level 4, and at level 0 what A* painted', () => {
    const trace = traceOf('maze', mazeOf('S.G', '.##'));
    const none = keptAt(trace, 4, 1).lines;
    expect([...paint(none, none.length, 6).status]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...paint(none, none.length, 6).dropped]).toEqual([1, 1, 1, 1, 0, 0]);
    const all = keptAt(trace, 0, 1).lines;
    expect([...paint(all, all.length, 6).status]).toEqual([CLOSED, CLOSED, CLOSED, OPEN, 0, 0]);
    expect([...paint(all, all.length, 6).dropped]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('the level that is drawn', () => {
  it.each(['maze', 'sokoban'])('has the share of training on a %s', (environment) => {
    const seeds = Array.from({ length: 4000 }, (_, seed) => drawOf({ environment }, seed));
    const counts = [0, 0, 0, 0, 0];
    for (const draw of seeds) counts[levelOf(draw)]!++;
    const { probabilities } = seeds[0]!.strategy;
    // Four standard errors of a share.
    for (const [level, p] of probabilities.entries()) {
      const error = Math.sqrt((p * (1 - p)) / seeds.length);
      expect(Math.abs(counts[level]! / seeds.length - p)).toBeLessThan(4 * error);
    }
  });
});
