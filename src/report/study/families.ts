/** Cells that differ in nothing but their number of training tasks. */
import type { CellSource, Settings } from './source.ts';

export interface Member {
  readonly name: string;
  /** Training tasks. */
  readonly examples: number;
}

export interface Family {
  readonly name: string;
  /** By number of training tasks. */
  readonly members: readonly Member[];
}

/** In the order of their first cells. */
export function familiesOf(
  cells: readonly Pick<CellSource, 'study' | 'cell' | 'settings'>[],
  nameOf: (study: string, cell: string) => string,
): Family[] {
  const groups = new Map<string, Map<string, Member>>();
  for (const { study, cell, settings } of cells) {
    const { data, model, training, improvement } = settings as Record<string, Settings>;
    const { examples, ...others } = training ?? {};
    const key = JSON.stringify({ data, model, others, improvement });
    const name = nameOf(study, cell);
    const group = groups.get(key) ?? new Map<string, Member>();
    group.set(name, { name, examples: Number(examples ?? data?.['trainCount'] ?? 0) });
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => {
    const members = [...group.values()].sort((a, b) => a.examples - b.examples);
    return { name: commonName(members.map(({ name }) => name)), members };
  });
}

/** Of each family the cell with the most training tasks, where only one of them is wanted. */
export const largestOf = (families: readonly Family[]): ReadonlySet<string> =>
  new Set(families.map(({ members }) => members.at(-1)!.name));

/** What the names begin with, if that says something; else the first of them. */
function commonName(names: readonly string[]): string {
  const [first = '', ...others] = names;
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length).replace(/[-_. ]+$/, '') || first;
}
