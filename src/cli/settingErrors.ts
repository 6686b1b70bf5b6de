/** What is wrong with a setting, in one line: its path, what it must be, the nearest known name. */
import { z } from 'zod';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;

export interface SettingError {
  /** `training.betas[0]`; empty for the record itself. */
  readonly field: string;
  /** What is wrong with it. */
  readonly message: string;
}

/** @param settings what the user gave @param known all dotted paths of settings */
export function explainIssue(
  issue: Issue,
  settings: unknown,
  known: readonly string[],
): SettingError {
  const found = specific(issue);
  const field = z.core.toDotPath(found.path);
  if (found.code === 'unrecognized_keys') {
    const unknown = z.core.toDotPath([...found.path, found.keys[0]!]);
    return { field: unknown, message: `there is no such setting${meantSetting(unknown, known)}` };
  }
  const expected = found.message
    .replace(/^(invalid \w+|too \w+): /i, '')
    .replace(/, received \w+$/, '')
    .replace(/^./, (first) => first.toLowerCase());
  const given = found.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    settings,
  );
  if (given === undefined) return { field, message: `is missing: ${expected}` };
  const link = expected.startsWith('expected') ? ', not' : '; it is';
  return { field, message: `${expected}${link} ${shortened(JSON.stringify(given))}` };
}

/** `; did you mean X?` for the setting whose whole path, or else whose last name, is nearest. */
export function meantSetting(setting: string, known: readonly string[]): string {
  const last = (path: string): string => path.split('.').at(-1)!;
  const name = nearest(last(setting), known.map(last));
  const meant = nearest(setting, known) ?? known.find((path) => last(path) === name);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/** Every setting as a dotted path, records and leaves. */
export function settingPaths(schema: z.ZodType): string[] {
  const paths = new Set<string>();
  const visit = (node: z.core.JSONSchema._JSONSchema | undefined, at: string): void => {
    if (node === undefined || typeof node === 'boolean') return;
    for (const option of [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]) {
      visit(option, at);
    }
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      const path = at === '' ? key : `${at}.${key}`;
      paths.add(path);
      visit(child, path);
    }
  };
  visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '');
  return [...paths];
}

/**
 * Of a value that fits none of several forms, the complaint of the form that it fits best: the one
 * that gets furthest into it.
 */
function specific(issue: Issue): Issue {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
  const firsts = issue.errors.flatMap(([first]) => (first === undefined ? [] : [specific(first)]));
  const best = firsts.reduce((a, b) => (depth(b) > depth(a) ? b : a));
  return { ...best, path: [...issue.path, ...best.path] };
}

function depth(issue: Issue): number {
  return issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}
