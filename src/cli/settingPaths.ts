/** The paths of settings that a schema knows, the forms that they have, and which one was meant. */
import { z } from 'zod';
import { nearest } from './nearest.ts';

/** `; did you mean X?` for the setting whose path is nearest part by part, or else whose last name is. */
export function meantSetting(setting: string, known: readonly string[]): string {
  const last = (path: string): string => path.split('.').at(-1)!;
  const name = nearest(last(setting), known.map(last));
  const meant = nearestPath(setting, known) ?? known.find((path) => last(path) === name);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

function nearestPath(setting: string, known: readonly string[]): string | undefined {
  const found: string[] = [];
  for (const part of setting.split('.')) {
    const beside = known
      .map((path) => path.split('.'))
      .filter((parts) => found.every((name, i) => parts[i] === name))
      .flatMap((parts) => parts[found.length] ?? []);
    const meant = nearest(part, beside);
    if (meant === undefined) return undefined;
    found.push(meant);
  }
  return found.join('.');
}

/** Every setting as a dotted path, records and leaves; not what stands in lists. */
export function settingPaths(schema: z.ZodType): string[] {
  return allPaths(schema).filter((path) => !path.includes(ITEM));
}

/** In a path, any item of a list. */
const ITEM = '[]';

function allPaths(schema: z.ZodType): string[] {
  return [...new Set([...nodesOf(schema)].map(([path]) => path))].filter((path) => path !== '');
}

/** Those in the list that a path leads into, with its index. */
export function pathsLike(setting: string, schema: z.ZodType): string[] {
  const [index] = /\[\d+\]/.exec(setting) ?? [];
  if (index === undefined) return settingPaths(schema);
  return allPaths(schema).map((path) => path.replace(ITEM, index));
}

/** The forms of a setting that has several: `"tiny"`, `{"mix":p}`, `{"levels":[…]}`. */
export function formsOf(schema: z.ZodType, setting: string): string[] {
  const forms = [...nodesOf(schema)].flatMap(([path, node]) =>
    path === setting ? form(node) : [],
  );
  return [...new Set(forms)];
}

type Node = z.core.JSONSchema.JSONSchema;

/** Every part of the schema with its dotted path; alternatives have the path of the whole. */
function* nodesOf(schema: z.ZodType): Generator<readonly [path: string, node: Node]> {
  function* visit(
    node: z.core.JSONSchema._JSONSchema,
    at: string,
  ): Generator<readonly [string, Node]> {
    if (typeof node === 'boolean') return;
    yield [at, node];
    for (const option of [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])]) {
      yield* visit(option, at);
    }
    if (typeof node.items === 'object' && !Array.isArray(node.items)) {
      yield* visit(node.items, `${at}${ITEM}`);
    }
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      yield* visit(child, at === '' ? key : `${at}.${key}`);
    }
  }
  yield* visit(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }), '');
}

/** Names, or the fields that a record needs. */
function form({ enum: names, properties, required = [] }: Node): string[] {
  if (names !== undefined) return names.map((name) => JSON.stringify(name));
  if (properties === undefined) return [];
  const fields = Object.entries(properties)
    .filter(([key]) => required.includes(key))
    .map(([key, value]) => `${JSON.stringify(key)}:${placeholder(value)}`);
  return [`{${fields.join(',')}}`];
}

/** `p` for a share or probability, `n` for any other number. */
function placeholder(node: z.core.JSONSchema._JSONSchema): string {
  if (typeof node === 'boolean') return '…';
  if (node.type === 'array') return '[…]';
  if (node.type !== 'number' && node.type !== 'integer') return '…';
  return node.maximum === 1 ? 'p' : 'n';
}
