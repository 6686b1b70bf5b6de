import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/json.ts';
import { expectInputError } from '../helpers/inputErrors.ts';

/** A text in which each record may repeat a key, and how many records do. */
const repeating = fc.letrec<{ value: { text: string; repeats: boolean } }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.jsonValue({ maxDepth: 0 }).map((value) => ({ text: JSON.stringify(value), repeats: false })),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({
      text: `[${values.map(({ text }) => text).join(' ,')}]`,
      repeats: values.some(({ repeats }) => repeats),
    })),
    fc
      .array(fc.tuple(fc.constantFrom('a', 'b"', '{', ':', 'c\\', ''), tie('value')), {
        maxLength: 3,
      })
      .map((entries) => ({
        text: `{${entries.map(([key, { text }]) => `${JSON.stringify(key)} : ${text}`).join(',\n')}}`,
        repeats:
          new Set(entries.map(([key]) => key)).size < entries.length ||
          entries.some(([, { repeats }]) => repeats),
      })),
  ),
})).value;

describe('JSON in a file', () => {
  it('is what JSON.parse says, unless a record has a key twice', () => {
    fc.assert(
      fc.property(repeating, ({ text, repeats }) => {
        if (repeats) {
          expectInputError(
            () => parseJson(text, 'f'),
            /^f: line \d+, column \d+: ".*" stands there twice$/,
          );
        } else expect(parseJson(text, 'f')).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['{"a": 1,\n "a": 2}', 'f: line 2, column 2: "a" stands there twice'],
    ['{"a": {"b": 1}, "b": 2}', null],
    ['{"x": [{"a": 1}, {"a": 1}]}', null],
    ['{"\\u0061": 1, "a": 2}', 'f: line 1, column 15: "a" stands there twice'],
    ['{"cells": {"__proto__": {}}}', `f: line 1, column 12: "__proto__" can't be a name`],
    ['{"a": "\\"b\\": 1, \\"b\\": 2"}', null],
  ])('%s', (text, message) => {
    if (message === null) expect(parseJson(text, 'f')).toEqual(JSON.parse(text));
    else expect(() => parseJson(text, 'f')).toThrow(message);
  });
});
