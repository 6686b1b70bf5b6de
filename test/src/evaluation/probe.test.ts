import { describe, expect, it } from 'vitest';
import { judgeResponse } from '../../../src/evaluation/evaluate.ts';
import { reactionOf, reactions, REACTIONS } from '../../../src/evaluation/probe.ts';
import type { EvaluationRecord } from '../../../src/evaluation/records.ts';
import { mazeOf } from '../../helpers/mazes.ts';
import { record } from '../../helpers/records.ts';
import { idsOf, traceOf } from '../../helpers/traces.ts';

// Around the wall in the middle there are two shortest ways; A* goes along the top.
const task = mazeOf('S..', '.#.', '..G');
const { vocabulary, reasoning, plan } = traceOf('maze', task);
const TOP = 'plan 0 0 plan 1 0 plan 2 0 plan 2 1 plan 2 2 eos';
const LEFT = 'plan 0 0 plan 0 1 plan 0 2 plan 1 2 plan 2 2 eos';
const BACK = 'plan 0 0 plan 1 0 plan 0 0 plan 1 0 plan 2 0 plan 2 1 plan 2 2 eos';
const LONG = BACK.replace('plan 0 0', 'plan 0 0 plan 0 1 plan 0 0');
/** Tells of a way of seven positions, by jumps: its goal costs six steps. */
const SIX =
  'create 0 0 c0 c4 close 0 0 c0 c4 create 2 0 c5 c2 close 2 0 c5 c2 create 2 2 c6 c0 close 2 2 c6 c0';

const control = answer('', TOP);

describe('a reaction', () => {
  it.each([
    [SIX, TOP, 'unchanged'],
    [SIX, 'plan 0 0 plan 2 0 plan 2 2 eos', 'told'],
    [SIX, LEFT, 'optimal'],
    [SIX, BACK, 'toldLength'],
    [SIX, LONG, 'solved'],
    [SIX, 'plan 0 0 plan 2 2 eos', 'wrong'],
    [SIX, 'plan 0 0 plan 2 0 plan 2 2', 'malformed'],
    ['create 0 0 c0 c4', BACK, 'solved'],
  ] as const)('to %s, %s, is %s', (trace, response, reaction) => {
    expect(reactionOf(answer(trace, response), control, vocabulary)).toBe(reaction);
  });

  it('is unchanged behind the true trace, right or wrong', () => {
    for (const response of [TOP, BACK, 'plan 0 0 eos', 'plan 0 0']) {
      const own = answer('', response);
      expect(reactionOf(own, own, vocabulary)).toBe('unchanged');
    }
  });

  it('counts among the tasks that both evaluations have', () => {
    const records = [answer(SIX, TOP, 1), answer(SIX, BACK, 2), answer(SIX, TOP, 9)];
    const controls = [answer('', TOP, 2), answer('', LEFT, 3), answer('', TOP, 1)];
    const { shares, optimal, controlOptimal } = reactions(records, controls, vocabulary);
    expect(REACTIONS.map((name) => shares[name]?.value)).toEqual([0.5, 0, 0, 0.5, 0, 0, 0]);
    expect(shares.unchanged?.n).toBe(2);
    expect([optimal?.value, controlOptimal?.value]).toEqual([0.5, 1]);
    const none = reactions(records, [], vocabulary);
    expect([none.shares.unchanged, none.optimal]).toEqual([null, null]);
  });
});

it('the way along the top is what A* tells', () => {
  expect([...plan]).toEqual([...idsOf(TOP, vocabulary)].slice(0, -1));
});

/** What a model answers behind a trace, that of A* unless given. */
function answer(trace: string, response: string, id = 0): EvaluationRecord {
  const told = trace === '' ? reasoning : idsOf(trace, vocabulary);
  const tokens = Uint16Array.from([...told, ...idsOf(response, vocabulary)]);
  const example = { id, optimalLength: 5 };
  return record([judgeResponse(tokens, { example, task, vocabulary })], { id });
}
