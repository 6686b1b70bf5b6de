import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionOf } from '../../envs/environment.ts';
import { parseResponse } from '../../traces/parse.ts';
import { createVocabulary, EOS, PLAN } from '../../traces/vocabulary.ts';
import { arbitraryTrace, idsOf, textOf } from '../helpers/traces.ts';

const vocabulary = createVocabulary({ environment: 'maze', coordinates: 3, costs: 3 });
const parse = (text: string) => parseResponse(idsOf(text, vocabulary), vocabulary);

describe('a response', () => {
  it('of reasoning, plan and eos is read as these', () => {
    fc.assert(
      fc.property(arbitraryTrace, ({ task, problem, search, ...trace }) => {
        fc.pre(search.plan !== null);
        const { reasoning, plan } = trace;
        const parsed = parseResponse([...reasoning, ...plan, EOS], trace.vocabulary);
        const positions = Array.from(search.plan, (state) =>
          positionOf(problem.agent(state), task.width),
        );
        expect(parsed).toEqual({
          reasoning: [...reasoning],
          plan: positions,
          error: null,
          traceLength: reasoning.length,
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('of a plan alone has no trace', () => {
    const plan = [{ x: 0, y: 1 }];
    expect(parse('plan 0 1 eos')).toEqual({ reasoning: [], plan, error: null, traceLength: 0 });
  });

  it('has a plan even if its reasoning makes no sense', () => {
    const { plan, reasoning } = parse('wall c1 bos create plan 0 1 eos');
    expect(plan).toEqual([{ x: 0, y: 1 }]);
    expect(textOf(reasoning, vocabulary)).toBe('wall c1 bos create');
  });

  it.each([
    ['', 0, 0, 'no plan'],
    ['eos', 0, 0, 'no plan'],
    ['create 0 0', 3, 3, 'no plan'],
    ['create 0 0 eos', 3, 3, 'no plan'],
    ['create eos plan 0 0 eos', 1, 1, 'no plan'],
    ['plan', 0, 1, 'a position of the plan lacks a coordinate'],
    ['plan eos', 0, 1, 'a position of the plan lacks a coordinate'],
    ['plan 0 eos', 0, 2, 'a position of the plan lacks a coordinate'],
    ['plan 0 c0 eos', 0, 2, 'a position of the plan lacks a coordinate'],
    ['plan 0 0', 0, 3, 'no eos'],
    ['close plan 0 0 plan 0 1', 1, 7, 'no eos'],
    ['plan 0 0 1 eos', 0, 3, 'neither plan nor eos after a position'],
    ['plan 0 0 create 0 1 eos', 0, 3, 'neither plan nor eos after a position'],
    ['plan 0 0 bos eos', 0, 3, 'neither plan nor eos after a position'],
    ['plan 0 0 eos eos', 0, 4, 'goes on after eos'],
    ['plan 0 0 eos plan 0 1 eos', 0, 4, 'goes on after eos'],
  ])('"%s" is malformed', (text, traceLength, at, reason) => {
    const parsed = parse(text);
    expect(parsed).toMatchObject({ plan: null, error: { at, reason }, traceLength });
    expect(parsed.reasoning).toEqual([...idsOf(text, vocabulary)].slice(0, traceLength));
  });

  // Half of the ids are those that plans are made of, so that well-formed plans occur.
  const token = fc.oneof(
    fc.constantFrom(PLAN, EOS, vocabulary.coordinate(0), vocabulary.coordinate(2)),
    fc.integer({ min: -1, max: vocabulary.size + 1 }),
  );

  it('has a plan if and only if its text says so, whatever the ids', () => {
    const strict = /^((?!plan|eos)\S+ )*(plan \d \d )+eos $/;
    const positions = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { maxLength: 4 });
    const response = fc.tuple(fc.array(token), positions, fc.array(token, { maxLength: 2 }));
    fc.assert(
      fc.property(response, ([before, planned, after]) => {
        const plan = planned.flatMap(([x, y]) => [PLAN, x, y].map(asCoordinate));
        const ids = [...before, ...plan, EOS, ...after];
        const text = ids
          .map((id) => `${vocabulary.kind(id) === 'unknown' ? '?' : vocabulary.token(id)} `)
          .join('');
        const parsed = parseResponse(ids, vocabulary);
        expect(parsed.plan !== null).toBe(strict.test(text));
        const written = parsed.plan?.map(({ x, y }) => `plan ${x} ${y} `).join('');
        if (written !== undefined) expect(text.endsWith(`${written}eos `)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is read without throwing, whatever the numbers', () => {
    const wild = fc.oneof(token, fc.integer(), fc.double());
    fc.assert(
      fc.property(fc.array(wild), (ids) => {
        const { reasoning, plan, error, traceLength } = parseResponse(ids, vocabulary);
        expect((plan === null) === (error !== null)).toBe(true);
        expect(plan).not.toEqual([]);
        expect(reasoning).toHaveLength(traceLength);
        expect(reasoning).toEqual(ids.slice(0, traceLength));
        expect(error === null || (error.at >= 0 && error.at <= ids.length)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});

// Helpers

function asCoordinate(value: number, index: number): number {
  return index === 0 ? value : vocabulary.coordinate(value);
}
