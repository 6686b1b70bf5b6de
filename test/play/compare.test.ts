import { describe, expect, it } from 'vitest';
import { durationText, modelContender, searchContender } from '../../play/compare/contender.ts';
import { badgeOf } from '../../play/model/badge.ts';
import { judge } from '../../play/thought/judgement.ts';
import { readLines } from '../../play/thought/lines.ts';
import { thoughtOf } from '../../play/thought/thought.ts';
import { EOS } from '../../traces/vocabulary.ts';
import { mazeOf } from '../helpers/mazes.ts';
import { traceOf } from '../helpers/traces.ts';

const { task, vocabulary, reasoning, plan } = traceOf('maze', mazeOf('S.G', '...'));
const thoughtFrom = (ids: Uint16Array, ended = true) =>
  thoughtOf(task, { key: '', ids, vocabulary, ended });

describe('a contender', () => {
  it('A* is optimal where there is a plan, says so where there is none, and nothing if cut off', () => {
    const ids = Uint16Array.from([...reasoning, ...plan, EOS]);
    const search = (planLength: number | null, truncated = false) => {
      const { environment, coordinates, costs } = vocabulary;
      const words = { environment, coordinates, costs };
      const told = { vocabulary: words, prompt: ids, ids, boxes: null, milliseconds: 3 };
      const answer = { ...told, planLength, truncated };
      return searchContender({ thought: thoughtFrom(ids), answer, problem: null });
    };
    const { badge, traceTokens, milliseconds } = search(3);
    expect(badge).toMatchObject({ tone: 'good', text: '✓ optimal' });
    expect([traceTokens, milliseconds]).toEqual([reasoning.length, 3]);
    expect(search(null).badge).toMatchObject({ tone: 'fair', text: 'no plan' });
    expect(search(null, true).badge).toBeNull();
  });

  it('a model has no badge while it answers, and then that of the sample that is shown', () => {
    const ids = Uint16Array.from([...plan, EOS]);
    const problem = { task, vocabulary, optimalLength: 3 };
    const judgement = judge(ids, readLines(ids, vocabulary, task), problem);
    const response = { thought: thoughtFrom(ids), judgements: [judgement], sample: 0 };
    const whole = modelContender('fast', null, { response, optimal: 3 });
    expect(whole.badge?.text).toBe('✓ optimal');
    expect(whole.traceTokens).toBe(0);
    const begun = { thought: thoughtFrom(ids.subarray(0, 3), false), judgements: [], sample: 0 };
    expect(modelContender('fast', null, { response: begun, optimal: 3 }).badge).toBeNull();
    const waiting = { ...begun, thought: thoughtFrom(ids.subarray(0, 0), false) };
    expect(modelContender('fast', null, { response: waiting, optimal: 3 }).thought).toBeNull();
  });

  it.each([
    ['optimal', 3, '✓ optimal'],
    ['solved', 4, '✓ valid, +1 step'],
    ['solved', 5, '✓ valid, +2 steps'],
    ['wrong', 2, '✕ invalid'],
    ['malformed', null, '✕ no plan'],
  ] as const)('%s with %j positions is worth the badge "%s"', (outcome, planLength, text) => {
    expect(badgeOf({ outcome, planLength, reason: 'is a wall' }, 3).text).toBe(text);
  });

  it.each([
    [0.04, '0.0 ms'],
    [9.94, '9.9 ms'],
    [76.4, '76 ms'],
    [7550, '7.55 s'],
  ])('takes %j ms, in words', (milliseconds, text) => {
    expect(durationText(milliseconds)).toBe(text);
  });
});
