import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { chosenBy } from '../../../src/cli/tokenChoice.ts';

const temperature = fc.constantFrom(0, 0.5, 1);
const topK = fc.constantFrom(1, 20);
const topP = fc.constantFrom(0.5, 1);
const usual = fc
  .record(
    { temperature, topK, topP, form: fc.constantFrom('well-formed' as const, 'complete' as const) },
    { requiredKeys: ['temperature'] },
  )
  .map((choice) =>
    choice.temperature > 0 ? choice : { ...choice, topK: undefined, topP: undefined },
  );
const flags = fc.record({
  temperature: fc.option(temperature, { nil: undefined }),
  topK: fc.option(topK, { nil: undefined }),
  topP: fc.option(topP, { nil: undefined }),
  form: fc.option(fc.constantFrom('any' as const, 'complete' as const), { nil: undefined }),
});

describe('the choice of tokens', () => {
  it('is as the flags say, else as usual, and never draws greedily', () => {
    fc.assert(
      fc.property(flags, usual, fc.constantFrom(1, 8), (given, own, drawn) => {
        const narrowed = given.topK !== undefined || given.topP !== undefined;
        if (given.temperature === 0 && narrowed) {
          expect(() => chosenBy(given, own, drawn)).toThrow(InputError);
          return;
        }
        const choice = chosenBy(given, own, drawn);
        for (const key of ['temperature', 'topK', 'topP'] as const) {
          if (given[key] !== undefined) expect(choice[key]).toBe(given[key]);
        }
        if (given.temperature === undefined) {
          const draws = drawn > 1 || narrowed;
          expect(choice.temperature).toBe(draws && own.temperature === 0 ? 1 : own.temperature);
        }
        if (choice.temperature === 0)
          expect([choice.topK, choice.topP]).toEqual([undefined, undefined]);
        const form = given.form ?? own.form;
        expect(choice.form).toBe(form === 'any' ? undefined : form);
      }),
      { numRuns: 2_000 },
    );
  });
});
