/**
 * What the tasks of a data set are like, in numbers: lengths in tokens, walls, search effort,
 * repetitions. One shard is in memory at a time; beside it, 24 bytes a task.
 */
import { lexiconOf } from '../../traces/lexicons.ts';
import { createVocabulary } from '../../traces/vocabulary.ts';
import { createCounts, type Counts } from './counts.ts';
import { readShard } from './dataset.ts';
import { type Examples, listAt } from './examples.ts';
import type { Manifest, SplitName } from './manifest.ts';
import { createRepetitionCounter, type Repetitions } from './repetitions.ts';

export interface Statistics {
  readonly tasks: number;
  /** By name, in the order of reports. */
  readonly quantities: readonly Quantity[];
  readonly repetitions: Repetitions;
}

export interface Quantity {
  readonly name: QuantityName;
  /** What is counted, once per task. */
  readonly counts: Counts;
  /** The number of counted units that make one of `unit`. */
  readonly scale: number;
  readonly unit: 'tokens' | 'positions' | 'states' | 'items' | '%';
}

/** One of these, or a keyword of prompts that can occur several times in one. */
export type QuantityName =
  | 'prompt'
  | 'reasoning'
  | 'plan'
  | 'response'
  | 'optimalLength'
  | 'walls'
  | 'created'
  | 'closed'
  | 'searched'
  | (string & {});

export interface StatisticsOptions {
  readonly splits: readonly SplitName[];
  /** In tasks. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** @throws InputError naming the first file that is missing, truncated or changed */
export function datasetStatistics(
  folder: string,
  manifest: Manifest,
  { splits, onProgress }: StatisticsOptions,
): Statistics {
  const rows = splits.map((name) => manifest.splits[name].rows);
  const total = rows.reduce((sum, count) => sum + count, 0);
  const quantities = createQuantities(manifest);
  const repetitions = createRepetitionCounter(rows);
  let done = 0;
  for (const [split, name] of splits.entries()) {
    for (const shard of manifest.splits[name].shards) {
      const examples = readShard(folder, shard);
      for (const { counts, of } of quantities) {
        for (let row = 0; row < examples.count; row++) counts.add(of(examples, row));
      }
      repetitions.add(examples, split);
      done += examples.count;
      onProgress?.({ done, total });
    }
  }
  const kept = quantities.filter(({ name, counts }) => !isOneAlways(name, counts, manifest));
  return {
    tasks: total,
    quantities: kept.map(({ name, counts, scale, unit }) => ({ name, counts, scale, unit })),
    repetitions: repetitions.repetitions(),
  };
}

interface Counted extends Quantity {
  readonly of: (examples: Examples, row: number) => number;
}

/** Shares are counted in hundredths of a percent. */
const SHARE = 10_000;
const PERCENT = { scale: 100, unit: '%' } as const;
const TOKENS = { scale: 1, unit: 'tokens' } as const;
const STATES = { scale: 1, unit: 'states' } as const;

function createQuantities(manifest: Manifest): Counted[] {
  const { environment } = manifest.vocabulary;
  const quantities: Omit<Counted, 'counts'>[] = [
    { name: 'prompt', ...TOKENS, of: ({ prompt }, row) => lengthAt(prompt, row) },
    { name: 'reasoning', ...TOKENS, of: ({ reasoning }, row) => lengthAt(reasoning, row) },
    { name: 'plan', ...TOKENS, of: ({ plan }, row) => lengthAt(plan, row) },
    {
      name: 'response',
      ...TOKENS,
      of: ({ reasoning, plan }, row) => lengthAt(reasoning, row) + lengthAt(plan, row),
    },
    {
      name: 'optimalLength',
      scale: 1,
      unit: 'positions',
      of: ({ optimalLength }, row) => optimalLength[row]!,
    },
    {
      name: 'walls',
      ...PERCENT,
      of: ({ walls, width, height }, row) => share(walls[row]!, width[row]! * height[row]!),
    },
    ...countedKeywords(manifest),
    { name: 'created', ...STATES, of: ({ created }, row) => created[row]! },
    { name: 'closed', ...STATES, of: ({ expanded }, row) => expanded[row]! },
  ];
  // Only in a maze is a state a cell.
  if (environment === 'maze') {
    quantities.push({
      name: 'searched',
      ...PERCENT,
      of: ({ expanded, walls, width, height }, row) =>
        share(expanded[row]!, width[row]! * height[row]! - walls[row]!),
    });
  }
  return quantities.map((quantity) => ({ ...quantity, counts: createCounts() }));
}

/** How often each keyword stands in a prompt, walls apart, which have a column of their own. */
function countedKeywords({ vocabulary: settings }: Manifest): Omit<Counted, 'counts'>[] {
  const vocabulary = createVocabulary(settings);
  const keywords = lexiconOf(settings.environment).keywords.filter((name) => name !== 'wall');
  return keywords.map((name) => {
    const id = vocabulary.id(name);
    return {
      name,
      scale: 1,
      unit: 'items',
      of: ({ prompt }, row) => occurrences(listAt(prompt, row), id),
    };
  });
}

/** As a start or a goal: nothing to report. */
function isOneAlways(name: string, counts: Counts, { vocabulary }: Manifest): boolean {
  const isKeyword = lexiconOf(vocabulary.environment).keywords.includes(name);
  return isKeyword && counts.entries().every(([value]) => value === 1);
}

function lengthAt({ offsets }: Examples['prompt'], row: number): number {
  return offsets[row + 1]! - offsets[row]!;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((SHARE * part) / whole);
}

function occurrences(ids: Uint16Array, id: number): number {
  let count = 0;
  for (let i = 0; i < ids.length; i++) if (ids[i] === id) count++;
  return count;
}
