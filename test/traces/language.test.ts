import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  automatonOf,
  either,
  EMPTY,
  type Language,
  NOTHING,
  repeated,
  sequence,
  word,
} from '../../traces/language.ts';
import { stateAfter } from '../helpers/automata.ts';

/** A language twice: as the kit writes it and as a regular expression of JavaScript. */
interface Twice {
  readonly language: Language;
  readonly pattern: string;
}

const { twice } = fc.letrec<{ twice: Twice }>((tie) => ({
  twice: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', 'c').map((symbol) => ({ language: word(symbol), pattern: symbol })),
    fc.constantFrom({ language: EMPTY, pattern: '' }, { language: NOTHING, pattern: '[]' }),
    fc.array(tie('twice'), { maxLength: 3 }).map((parts) => ({
      language: sequence(...parts.map(({ language }) => language)),
      pattern: parts.map(({ pattern }) => `(?:${pattern})`).join(''),
    })),
    fc.array(tie('twice'), { minLength: 1, maxLength: 3 }).map((options) => ({
      language: either(...options.map(({ language }) => language)),
      pattern: `(?:${options.map(({ pattern }) => pattern).join('|')})`,
    })),
    tie('twice').map(({ language, pattern }) => ({
      language: repeated(language),
      pattern: `(?:${pattern})*`,
    })),
  ),
}));

/** All words of a, b and c with up to 6 letters. */
const words = [''];
for (let i = 0; words[i]!.length < 6; i++) words.push(...[...'abc'].map((c) => words[i]! + c));

describe('an automaton', () => {
  it('reads a word and its end if and only if the regular expression matches it', () => {
    const symbols = ['a', 'b', 'c', 'end'];
    fc.assert(
      fc.property(twice, ({ language, pattern }) => {
        fc.pre(language !== NOTHING);
        const automaton = automatonOf(sequence(language, word('end')), symbols);
        const matches = new RegExp(`^(?:${pattern})$`);
        const isRead = (text: string): boolean => {
          const ids = [...text].map((letter) => symbols.indexOf(letter));
          return stateAfter(automaton, [...ids, symbols.indexOf('end')]) >= 0;
        };
        expect(words.filter(isRead)).toEqual(words.filter((text) => matches.test(text)));
      }),
      { numRuns: 500 },
    );
  });

  it('lets all ids of a symbol follow, and no others', () => {
    const { states, start, transitions } = automatonOf(repeated(word('x')), ['x', 'y', 'x']);
    expect([states, start, [...transitions]]).toEqual([1, 0, [0, -1, 0]]);
  });

  it('can not be made where a word needs a symbol without ids', () => {
    const language = sequence(word('a'), word('b'));
    expect(() => automatonOf(language, ['a'])).toThrow(
      new RangeError('no id stands for what must follow: b'),
    );
    expect(() => automatonOf(NOTHING, ['a'])).toThrow(RangeError);
  });
});

describe('a language', () => {
  it('without words stays so in a sequence, and vanishes elsewhere', () => {
    const a = word('a');
    expect(sequence(a, NOTHING, a)).toBe(NOTHING);
    expect(either(a, NOTHING)).toBe(a);
    expect(either(NOTHING, NOTHING)).toBe(NOTHING);
    expect(repeated(NOTHING)).toBe(EMPTY);
  });
});
