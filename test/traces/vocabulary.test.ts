import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import {
  BOS,
  boundedVocabulary,
  CLOSE,
  CREATE,
  createVocabulary,
  EOS,
  PLAN,
  type VocabularySettings,
  widestVocabulary,
} from '../../traces/vocabulary.ts';

const settings: fc.Arbitrary<VocabularySettings> = fc.record({
  environment: fc.constantFrom('maze', 'sokoban'),
  coordinates: fc.integer({ min: 0, max: 100 }),
  costs: fc.integer({ min: 0, max: 300 }),
});

describe('a vocabulary', () => {
  it('lists specials, operations, keywords, coordinates and costs in this order', () => {
    const { tokens, size } = createVocabulary({ environment: 'maze', coordinates: 3, costs: 2 });
    const words = ['bos', 'eos', 'create', 'close', 'plan', 'start', 'goal', 'wall'];
    expect(tokens).toEqual([...words, '0', '1', '2', 'c0', 'c1']);
    expect(size).toBe(13);
    expect([BOS, EOS, CREATE, CLOSE, PLAN].map((id) => tokens[id])).toEqual(words.slice(0, 5));
    const { tokens: sokoban } = createVocabulary({
      environment: 'sokoban',
      coordinates: 1,
      costs: 1,
    });
    expect(sokoban.slice(5)).toEqual(['worker', 'box', 'dock', 'wall', '0', 'c0']);
  });

  it('gives each token one id and back', () => {
    fc.assert(
      fc.property(settings, (drawn) => {
        const { tokens, size, id, token } = createVocabulary(drawn);
        expect(new Set(tokens).size).toBe(size);
        expect(tokens.map((text) => token(id(text)))).toEqual(tokens);
        expect(tokens.map(id)).toEqual([...tokens.keys()]);
      }),
    );
  });

  it('tells the kind and the value of each token', () => {
    fc.assert(
      fc.property(settings, (drawn) => {
        const { tokens, kind, value, coordinate, cost } = createVocabulary(drawn);
        for (const [id, token] of tokens.entries()) {
          const number = Number(token.replace(/^c(?=\d)/, ''));
          const isNumber = !Number.isNaN(number);
          expect(value(id)).toBe(isNumber ? number : -1);
          if (/^\d/.test(token)) expect([kind(id), coordinate(number)]).toEqual(['coordinate', id]);
          else if (/^c\d/.test(token)) expect([kind(id), cost(number)]).toEqual(['cost', id]);
          else if (/^[be]os$/.test(token)) expect(kind(id)).toBe('special');
          else if (/^(create|close|plan)$/.test(token)) expect(kind(id)).toBe('operation');
          else expect(kind(id)).toBe('keyword');
        }
      }),
      { numRuns: 50 },
    );
  });

  it('calls any other id unknown', () => {
    const { kind, value, token, size } = createVocabulary({
      environment: 'maze',
      coordinates: 3,
      costs: 2,
    });
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double()), (id) => {
        fc.pre(!(Number.isInteger(id) && id >= 0 && id < size));
        expect(kind(id)).toBe('unknown');
        expect(value(id)).toBe(-1);
        expect(() => token(id)).toThrow(RangeError);
      }),
    );
  });

  it.each(['', 'c', '3', 'c2', '01', 'c01', '-1', '1.0', 'Create', 'worker', 'c1e0', '1 '])(
    'refuses the token "%s"',
    (text) => {
      const { id } = createVocabulary({ environment: 'maze', coordinates: 3, costs: 2 });
      expect(() => id(text)).toThrow(InputError);
    },
  );

  it.each([-1, 3, 0.5, NaN, Infinity])('has no coordinate %s of 3', (value) => {
    const { coordinate, cost } = createVocabulary({
      environment: 'maze',
      coordinates: 3,
      costs: 3,
    });
    expect(() => coordinate(value)).toThrow(RangeError);
    expect(() => cost(value)).toThrow(RangeError);
  });

  it.each([
    [{ environment: 'chess' }, /"chess" is unknown; known are maze, sokoban/],
    [{ environment: 'toString' }, /"toString" is unknown/],
    [{ coordinates: -1 }, /coordinates: -1/],
    [{ costs: 1.5 }, /costs: 1.5/],
    [{ costs: NaN }, /costs: NaN/],
    [{ costs: 65_536 }, /at most 65536/],
  ])('refuses the settings %j', (wrong, message) => {
    const right = { environment: 'maze', coordinates: 3, costs: 2 };
    expect(() => createVocabulary({ ...right, ...wrong })).toThrow(InputError);
    expect(() => createVocabulary({ ...right, ...wrong })).toThrow(message);
  });
});

describe('the vocabulary of a data set', () => {
  it('has a cost for each cell of a maze, whatever the traces cost', () => {
    const expected = { environment: 'maze', coordinates: 5, costs: 20 };
    expect(boundedVocabulary('maze', { width: 5, height: 4 }, 3)).toEqual(expected);
    expect(widestVocabulary('maze', { width: 5, height: 4 })).toEqual(expected);
  });

  it('has the costs up to the highest id in use for Sokoban, without changing any id', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 20 }), fc.nat(5_000), (side, highest) => {
        const size = { width: side, height: side };
        const widest = createVocabulary(widestVocabulary('sokoban', size));
        expect(widest.size).toBe(65_536);
        const bounded = createVocabulary(boundedVocabulary('sokoban', size, widest.cost(highest)));
        expect(bounded.costs).toBe(highest + 1);
        expect(bounded.tokens).toEqual(widest.tokens.slice(0, bounded.size));
      }),
      { numRuns: 10 },
    );
  });

  it('has no costs where traces have none', () => {
    expect(boundedVocabulary('sokoban', { width: 7, height: 7 }, PLAN).costs).toBe(0);
  });
});
