/** What is wrong with a setting, in one line: its path, what it must be, the nearest known name. */
import { z } from 'zod';
import { complaint, InputError } from '../../envs/inputError.ts';
import { formsOf, meantSetting, pathsLike } from './settingPaths.ts';

type Issue = z.core.$ZodIssue;

export interface SettingError {
  /** `training.betas[0]`; empty for the record itself. */
  readonly field: string;
  /** What is wrong with it. */
  readonly message: string;
  /** Whether it is of another kind than it must be: text for a number. */
  readonly unreadable: boolean;
}

/** Where settings stand. */
export interface SettingsPlace {
  /** A file, or what is shipped by a name. */
  readonly source: string;
  /** Path of the settings within it, if they are a part of it. */
  readonly at?: string;
}

/** @throws InputError naming the place, the field and what is wrong with it */
export function checkSettings<Schema extends z.ZodType>(
  schema: Schema,
  settings: unknown,
  { source, at = '' }: SettingsPlace,
): z.output<Schema> {
  const result = checked(schema, settings);
  if ('settings' in result) return result.settings;
  const { field, message } = result.error;
  const joint = at === '' || field === '' || field.startsWith('[') ? '' : '.';
  throw new InputError(complaint(source, `${at}${joint}${field}`, message));
}

/** The settings as the schema has them, or what is first wrong with what the user gave. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): { readonly settings: z.output<Schema> } | { readonly error: SettingError } {
  const forbidden = forbiddenName(given);
  if (forbidden !== null) {
    const field = z.core.toDotPath(forbidden);
    return { error: { field, message: 'nothing can be called so', unreadable: false } };
  }
  const result = schema.safeParse(given);
  if (result.success) return { settings: result.data };
  return { error: explain(result.error.issues[0]!, given, schema) };
}

/** The path of a field that, assigned, would be none: records made from it would lack it. */
function forbiddenName(value: unknown): PropertyKey[] | null {
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    const within = key === '__proto__' ? [] : forbiddenName(inner);
    if (within !== null) return [Array.isArray(value) ? Number(key) : key, ...within];
  }
  return null;
}

/** @param settings what the user gave */
function explain(issue: Issue, settings: unknown, schema: z.ZodType): SettingError {
  const closest = specific(issue);
  const several =
    closest.code === 'invalid_union' ? formsOf(schema, z.core.toDotPath(closest.path)) : [];
  const found = several.length > 1 ? closest : first(closest);
  const field = z.core.toDotPath(found.path);
  const given = found.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    settings,
  );
  if (found.code === 'unrecognized_keys') {
    const unknown = z.core.toDotPath([...found.path, found.keys[0]!]);
    const { [found.keys[0]!]: _, ...others } = given as Record<string, unknown>;
    const known = pathsLike(unknown, schema);
    const message = known.includes(unknown)
      ? `does not go with ${shortened(JSON.stringify(others))}`
      : `there is no such setting${meantSetting(unknown, known)}`;
    return { field: unknown, message, unreadable: false };
  }
  if (found.code === 'invalid_key') {
    return { field, message: found.issues[0]!.message, unreadable: false };
  }
  const expected = (several.length > 1 ? `expected one of ${several.join('|')}` : found.message)
    .replace(/^(invalid [a-z ]+|too \w+)[:.] /i, '')
    .replace(/, received \w+$/, '')
    .replace(/^./, (letter) => letter.toLowerCase());
  if (given === undefined) {
    return { field, message: `is missing: ${expected}`, unreadable: false };
  }
  const isNumber = typeof given === 'number';
  const link = expected.startsWith('expected') || isOutOfRange(found) ? ', not' : '; it is';
  const message = `${expected}${link} ${shortened(isNumber ? String(given) : JSON.stringify(given))}`;
  // Beyond all numbers is out of range, as with a flag.
  const isInfinite = isNumber && Math.abs(given) === Infinity;
  return { field, message, unreadable: found.code === 'invalid_type' && !isInfinite };
}

/** Whether the message is that of a number that is none or lies out of its limits. */
function isOutOfRange({ code }: Issue): boolean {
  return code === 'invalid_type' || code === 'too_small' || code === 'too_big';
}

/**
 * Of a value that fits none of several forms, the complaint of the one form that it can be meant
 * to have: the only record, or the only one with all of its keys. Otherwise the issue itself.
 */
function specific(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const ofItsKind = issue.errors.filter(([first]) => first !== undefined && !isOfOtherKind(first));
  const withItsKeys = ofItsKind.filter((issues) =>
    issues.every(({ code, path }) => code !== 'unrecognized_keys' || path.length > 0),
  );
  const [best, ...others] = withItsKeys.length > 0 ? withItsKeys : ofItsKind;
  if (best === undefined || others.length > 0) return issue;
  const worst = specific(best.find(({ code }) => code === 'unrecognized_keys') ?? best[0]!);
  return { ...worst, path: [...issue.path, ...worst.path] };
}

/** Of a value that may have several forms, the complaint of the first. */
function first(issue: Issue): Issue {
  const inner = issue.code === 'invalid_union' ? issue.errors[0]?.[0] : undefined;
  return inner === undefined ? issue : first({ ...inner, path: [...issue.path, ...inner.path] });
}

/** Whether the issue is with the value as a whole: it is no record, or none of the names. */
function isOfOtherKind({ code, path }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
