import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clauseBounds, readClause } from '../../traces/clauses.ts';
import { createVocabulary } from '../../traces/vocabulary.ts';
import { arbitraryTrace, clausesOf, idsOf, textOf } from '../helpers/traces.ts';

const vocabulary = createVocabulary({ environment: 'sokoban', coordinates: 3, costs: 5 });

describe('clauses', () => {
  it('begin at create and close, and together are the whole trace', () => {
    fc.assert(
      fc.property(arbitraryTrace, ({ reasoning, vocabulary: each }) => {
        const bounds = clauseBounds(reasoning);
        const clauses = bounds
          .slice(1)
          .map((end, i) => textOf(reasoning.subarray(bounds[i], end), each));
        expect(clauses).toEqual(clausesOf(textOf(reasoning, each)));
      }),
      { numRuns: 300 },
    );
  });

  it('cover any ids without gaps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 6 })), (ids) => {
        const bounds = clauseBounds(ids);
        expect(bounds.at(-1)).toBe(ids.length);
        if (ids.length > 0) expect(bounds[0]).toBe(0);
        for (const at of bounds.slice(1, -1)) expect([2, 3]).toContain(ids[at]);
        const operations = ids.filter((id, at) => at > 0 && (id === 2 || id === 3)).length;
        expect(bounds).toHaveLength(ids.length === 0 ? 1 : operations + 2);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['create worker 1 2 box 0 0 c3 c4', false, 'worker 1 2 box 0 0', { g: 3, h: 4 }],
    ['close worker 1 2 c0 c0', true, 'worker 1 2', { g: 0, h: 0 }],
    ['create worker 1 2', false, 'worker 1 2', null],
    ['create', false, '', null],
  ])('"%s" is read', (text, closes, state, costs) => {
    const ids = idsOf(text, vocabulary);
    const expected = String.fromCharCode(...idsOf(state, vocabulary));
    const clause = readClause(ids, { begin: 0, end: ids.length }, vocabulary);
    expect(clause).toEqual({ closes, state: expected, costs });
  });

  it.each([
    ['worker 1 2 c0 c1', 'begins with neither create nor close'],
    ['plan 1 2', 'begins with neither create nor close'],
    ['create worker 1 2 c0', 'ends with neither two costs nor none'],
    ['create worker 1 2 c0 c1 c2', 'ends with neither two costs nor none'],
    ['create worker 1 c0 2 c1', 'ends with neither two costs nor none'],
    ['create worker 1 2 c0 2', 'ends with tokens that are no costs'],
    ['create worker 1 2 plan c2', 'ends with tokens that are no costs'],
  ])('"%s" is malformed', (text, reason) => {
    const ids = idsOf(text, vocabulary);
    expect(readClause(ids, { begin: 0, end: ids.length }, vocabulary)).toBe(reason);
  });

  it('never confuse an id outside the vocabulary with one inside, even modulo 65,536', () => {
    const ids = Array.from(idsOf('create worker 1 2', vocabulary));
    ids[2]! += 65_536;
    expect(readClause(ids, { begin: 0, end: 4 }, vocabulary)).toEqual(expect.any(String));
  });
});
