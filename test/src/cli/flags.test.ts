import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { decimal, flagName, integer, list, oneOf, shares, someOf } from '../../../src/cli/flags.ts';
import { fileName, integers, names, required } from '../../../src/cli/flags.ts';
import { switchOn, text, withDefault } from '../../../src/cli/flags.ts';
import { LIMITS } from '../../../src/limits.ts';
import { UsageError } from '../../../src/cli/usageError.ts';

const ANY = LIMITS.seed;
const read = (flag: ReturnType<typeof integer>, given: string) => flag.read(given, '--n');

describe('a whole number', () => {
  it('is read back from its digits', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(read(integer('', ANY), String(n))).toBe(n);
      }),
      { numRuns: 2000 },
    );
  });

  it('is refused as out of range exactly outside of its range', () => {
    const limits = fc
      .tuple(fc.integer(), fc.integer())
      .map(([a, b]) => [a, b].sort((x, y) => x - y));
    fc.assert(
      fc.property(limits, fc.integer(), ([min, max], n) => {
        const flag = integer('', { min: min!, max: max! });
        if (n < min! || n > max!) expect(() => read(flag, String(n))).toThrow(InputError);
        else expect(read(flag, String(n))).toBe(n);
      }),
      { numRuns: 2000 },
    );
  });

  it('is never read from text that is no number', () => {
    const notNumeric = fc
      .string()
      .filter((given) => given.trim() === '' || Number.isNaN(Number(given)));
    fc.assert(
      fc.property(notNumeric, (given) => {
        expect(() => read(integer('', ANY), given)).toThrow(UsageError);
        expect(() => read(decimal('', {}), given)).toThrow(UsageError);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['1.5', '0x10', '1_000', '1,000', 'Infinity', '--', '１'])('is not %s', (given) => {
    expect(() => read(integer('', ANY), given)).toThrow(UsageError);
  });

  it.each([
    ['1e4', 10_000],
    ['+7', 7],
    [' 7 ', 7],
    ['-0.0e3', 0],
  ])('may be written %s', (given, n) => {
    expect(read(integer('', ANY), given)).toBe(n);
  });

  it.each(['1e9', '1e400', '9007199254740993'])('may be readable but too large: %s', (given) => {
    expect(() => read(integer('', { max: 100 }), given)).toThrow(/--n must be at most 100, not/);
  });
});

it('a number may have to be above a bound', () => {
  const share = decimal('', { above: 0, max: 1 });
  expect(read(share, '1e-9')).toBe(1e-9);
  expect(() => read(share, '0')).toThrow('--n must be above 0, not 0');
  expect(() => read(share, '-1')).toThrow('--n must be above 0, not -1');
  expect(() => read(share, '1.5')).toThrow('--n must be at most 1, not 1.5');
});

describe('shares', () => {
  it('are two numbers in order, or one for both', () => {
    const share = fc.integer({ min: 0, max: 1000 }).map((n) => n / 1000);
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(shares('').read(`${low}-${high}`, '--walls')).toEqual([low, high]);
        expect(shares('').read(`${a}`, '--walls')).toEqual([a, a]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['0.5-0.3', '-0.1', '0.3-1.2', '2'])('out of range are refused: %s', (given) => {
    expect(() => shares('').read(given, '--walls')).toThrow(InputError);
  });

  it.each(['a', '0.3-', '-', '0.3-0.4-0.5', '0.3..0.5', '30%'])('must be readable: %s', (given) => {
    expect(() => shares('').read(given, '--walls')).toThrow(UsageError);
  });
});

describe('a flag', () => {
  it('that is absent has no value', () => {
    for (const flag of [
      integer('', ANY),
      decimal('', {}),
      shares(''),
      text(''),
      oneOf('', ['a']),
    ]) {
      expect(flag.read(undefined, '--f')).toBeUndefined();
    }
    expect(switchOn('').read(undefined, '--f')).toBe(false);
    expect(list('').read(undefined, '--f')).toEqual([]);
  });

  it('that is given twice or without a value is refused', () => {
    for (const flag of [
      integer('', ANY),
      decimal('', {}),
      shares(''),
      text(''),
      oneOf('', ['1']),
    ]) {
      expect(() => flag.read(['1', '2'], '--f')).toThrow('--f is given more than once');
      expect(() => flag.read('', '--f')).toThrow('--f needs a value');
    }
  });

  it('keeps its way of reading with a default and as a required one', () => {
    expect(withDefault(integer('', ANY), '3').read('4', '--f')).toBe(4);
    expect(required(text('')).read('x', '--f')).toBe('x');
  });

  it('names what there is when a name does not exist', () => {
    expect(() => oneOf('', ['slow', 'fast', 'auto']).read('fsat', '--mode')).toThrow(
      '--mode: there is no "fsat", only slow, fast, auto; did you mean fast?',
    );
  });

  it('of several names takes them apart, each once', () => {
    const modes = someOf('', ['slow', 'fast', 'auto']);
    expect(modes.read(['slow,fast', 'slow'], '--mode')).toEqual(['slow', 'fast']);
    expect(() => modes.read(['slow,'], '--mode')).toThrow(InputError);
  });

  it('is typed with dashes', () => {
    expect(flagName('validationCount')).toBe('validation-count');
  });
});

describe('several values', () => {
  it('may come with commas, by giving the flag again, or both, each once', () => {
    expect(names('').read(['a,b', 'c,a'], '--n')).toEqual(['a', 'b', 'c']);
    expect(integers('', ANY).read(['3,1', '3', '1e1'], '--n')).toEqual([3, 1, 10]);
    expect([names(''), integers('', ANY)].map((flag) => flag.read(undefined, '--n'))).toEqual([
      undefined,
      undefined,
    ]);
    expect(() => integers('', ANY).read(['1,x'], '--n')).toThrow(
      new UsageError('--n must be a whole number, not "x"'),
    );
    expect(() => integers('', ANY).read(['1,'], '--n')).toThrow(UsageError);
  });
});

describe('a name that becomes a part of a file’s', () => {
  it('never leads out of a folder', () => {
    const flag = fileName('');
    expect(flag.read('a-1.b_C', '--n')).toBe('a-1.b_C');
    expect(flag.read('x'.repeat(80), '--n')).toHaveLength(80);
    expect(() => flag.read('x'.repeat(81), '--n')).toThrow('--n must be at most 80 characters');
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '.', '/', '\\', ' ', '-', '\0') }),
        (given) => {
          const sound = /^a[a.-]*$/.test(given);
          if (sound) expect(flag.read(given, '--n')).toBe(given);
          else expect(() => flag.read(given, '--n')).toThrow(UsageError);
        },
      ),
    );
  });
});
