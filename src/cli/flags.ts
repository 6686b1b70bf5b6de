/**
 * Flags that are read strictly and say what is wrong with a value.
 *
 * yargs turns `--size abc` into NaN without a word, so it hands every value on as text, and the
 * flag reads it: text that is no such value is a UsageError (exit code 2), a value out of range an
 * InputError (exit code 1).
 */
import { InputError } from '../../envs/inputError.ts';
import { LIMITS, rangeFault, type Limits } from '../limits.ts';
import { nameFault } from '../names.ts';
import { suggestion } from './nearest.ts';
import { UsageError } from './usageError.ts';

/** What yargs found on the command line; undefined if the flag is absent. */
export type Given = string | boolean | readonly string[] | undefined;

export interface Flag<T> {
  readonly kind: 'value' | 'switch' | 'list';
  readonly describe: string;
  /** Applies to an absent flag and is shown in the help. */
  readonly default?: string;
  readonly required?: boolean;
  /** All values there are; the shell completes them. */
  readonly choices?: readonly string[];
  /** @throws UsageError, InputError naming the flag */
  read(given: Given, flag: string): T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type Values<F extends Flags> = { readonly [K in keyof F]: ReturnType<F[K]['read']> };

/** As typed: `validationCount` is `--validation-count`. */
export function flagName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export function switchOn(describe: string): Flag<boolean> {
  return { kind: 'switch', describe, read: (given) => given === true };
}

/** Any text that is not empty: a path, a name. */
export function text(describe: string): Flag<string | undefined> {
  return value(describe, (given) => given);
}

/** A name that can be part of a file's. */
export function fileName(describe: string): Flag<string | undefined> {
  return value(describe, (given, flag) => {
    const fault = nameFault(given);
    if (fault === null) return given;
    throw new UsageError(`${flag} ${fault}, not ${quote(given)}`);
  });
}

/** Several names, with commas or by giving the flag again. */
export function names(describe: string): Flag<readonly string[] | undefined> {
  return {
    kind: 'list',
    describe,
    read: (given) => (Array.isArray(given) ? splitNames(given as string[]) : undefined),
  };
}

/** Several whole numbers, likewise. */
export function integers(describe: string, limits: Limits): Flag<readonly number[] | undefined> {
  const one = integer(describe, limits);
  return {
    kind: 'list',
    describe,
    read(given, flag) {
      if (!Array.isArray(given)) return undefined;
      return splitNames(given as string[]).map((item) => one.read(item, flag)!);
    },
  };
}

function splitNames(given: readonly string[]): string[] {
  return [...new Set(given.flatMap((item) => item.split(',')))];
}

export function oneOf<const Name extends string>(
  describe: string,
  names: readonly Name[],
): Flag<Name | undefined> {
  return { ...value(describe, (given, flag) => chosen(names, given, flag)), choices: names };
}

/** A flag that may be given several times; each value may hold several names, with commas. */
export function someOf<const Name extends string>(
  describe: string,
  names: readonly Name[],
): Flag<readonly Name[] | undefined> {
  return {
    kind: 'list',
    describe,
    choices: names,
    read(given, flag) {
      if (!Array.isArray(given)) return undefined;
      return splitNames(given as string[]).map((item) => chosen(names, item, flag));
    },
  };
}

/** A flag that may be given several times. */
export function list(describe: string): Flag<readonly string[]> {
  return {
    kind: 'list',
    describe,
    read: (given) => (Array.isArray(given) ? (given as readonly string[]) : []),
  };
}

/** A whole number, `1e4` included. */
export function integer(describe: string, limits: Limits): Flag<number | undefined> {
  return value(describe, (given, flag) => {
    const number = readNumber(given);
    if (number === null || (Number.isFinite(number) && !Number.isInteger(number))) {
      throw new UsageError(`${flag} must be a whole number, not ${quote(given)}`);
    }
    return inRange(number, limits, flag);
  });
}

export function decimal(describe: string, limits: Limits): Flag<number | undefined> {
  return value(describe, (given, flag) => {
    const number = readNumber(given);
    if (number === null) throw new UsageError(`${flag} must be a number, not ${quote(given)}`);
    return inRange(number, limits, flag);
  });
}

/** Two shares `low-high` within 0 and 1, or one share for both. */
export function shares(describe: string): Flag<readonly [number, number] | undefined> {
  return value(describe, (given, flag) => {
    const parts = /^(-?[^-]+)(?:-(-?[^-]+))?$/.exec(given);
    const low = readNumber(parts?.[1] ?? '');
    const high = readNumber(parts?.[2] ?? parts?.[1] ?? '');
    if (low === null || high === null) {
      throw new UsageError(`${flag} must be a share such as 0.4 or 0.3-0.5, not ${quote(given)}`);
    }
    for (const share of [low, high]) inRange(share, LIMITS.share, flag);
    if (low > high) throw new InputError(`${flag}: the first share must not exceed the second`);
    return [low, high];
  });
}

export function withDefault<T>(flag: Flag<T | undefined>, given: string): Flag<T> {
  return { ...(flag as Flag<T>), default: given };
}

export function required<T>(flag: Flag<T | undefined>): Flag<T> {
  return { ...(flag as Flag<T>), required: true };
}

export function quote(given: string): string {
  return JSON.stringify(given);
}

function value<T>(describe: string, read: (given: string, flag: string) => T): Flag<T | undefined> {
  return {
    kind: 'value',
    describe,
    read(given, flag) {
      if (given === undefined) return undefined;
      if (typeof given !== 'string') throw new UsageError(`${flag} is given more than once`);
      if (given.trim() === '') throw new UsageError(`${flag} needs a value`);
      return read(given, flag);
    },
  };
}

function chosen<Name extends string>(names: readonly Name[], given: string, flag: string): Name {
  const name = names.find((known) => known === given);
  if (name !== undefined) return name;
  throw new InputError(
    `${flag}: there is no ${quote(given)}, only ${names.join(', ')}${suggestion(given, names)}`,
  );
}

/** Decimal notation only; may be infinite, but is never −0. */
function readNumber(given: string): number | null {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given.trim()) ? Number(given) + 0 : null;
}

function inRange(number: number, limits: Limits, flag: string): number {
  const fault = rangeFault(number, limits);
  if (fault === null) return number;
  throw new InputError(`${flag} ${fault}, not ${number}`);
}
