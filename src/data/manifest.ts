/**
 * `manifest.json`: what a dataset holds, how it was made, and the checksum of each of its files.
 * It is written last, so a folder with a manifest holds a whole dataset. The manifest itself, as the
 * record of an unfinished dataset, carries a checksum of its own content.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { sha256 } from '../files.ts';
import { readJson } from '../reading.ts';
import { parseSealed, requireChecksum, writeSealed } from '../sealed.ts';
import { TOKEN_COLUMNS } from './examples.ts';

export const SCHEMA_VERSION = 1;
export const SPLITS = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof SPLITS)[number];

const whole = z.number().int().min(0);
const tokens = z.strictObject({ prompt: whole, reasoning: whole, plan: whole });

const settings = z.strictObject({
  /** What the environment's generator reads. */
  task: z.looseObject({ environment: z.string() }),
  trainCount: whole,
  validationCount: whole,
  testCount: whole,
  tasksPerLayout: whole,
  nondeterministic: z.boolean(),
  maxTokens: whole,
  vocabularySide: whole.optional(),
  seed: z.union([z.number(), z.string()]),
});

const shard = z.strictObject({
  /** Name within the dataset's folder. */
  file: z.string().regex(/^[\w.-]+\.parquet$/, 'a name that ends in .parquet'),
  rows: whole,
  tokens,
  bytes: whole,
  /** Of the file. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hexadecimal'),
});

const split = z
  .strictObject({ rows: whole, tokens, shards: z.array(shard) })
  .refine(({ rows, tokens, shards }) => {
    const total = (count: (shard: Shard) => number): number =>
      shards.reduce((sum, shard) => sum + count(shard), 0);
    return (
      rows === total((shard) => shard.rows) &&
      TOKEN_COLUMNS.every((name) => tokens[name] === total((shard) => shard.tokens[name]))
    );
  }, 'rows and tokens are not those of the shards together');

/** Proposals are layouts, all other counts are tasks. */
const tally = z.strictObject({
  proposals: whole,
  /** Layouts on which the generator found no task that fits its settings. */
  withoutTask: whole,
  /** Layouts that had been taken before. */
  duplicates: whole,
  /** Tasks without a plan. */
  unsolvable: whole,
  /** Tasks whose reasoning and plan exceed maxTokens. */
  tooLong: whole,
  kept: whole,
});

const manifestSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  settings,
  vocabulary: z.strictObject({ environment: z.string(), coordinates: whole, costs: whole }),
  splits: z.strictObject({ train: split, validation: split, test: split }),
  generation: tally,
  /** The most tokens of any prompt, and of any reasoning with its plan, without bos and eos. */
  longest: z.strictObject({ prompt: whole, response: whole }),
  /** Meaning of each column of the Parquet files. */
  columns: z.record(z.string(), z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type Shard = z.infer<typeof shard>;
export type Tally = z.infer<typeof tally>;
export const shardSchema = shard;
export const tallySchema = tally;

export const COLUMN_MEANINGS: Readonly<Record<string, string>> = {
  id: 'uint32: counts from 0 within the split',
  width: 'uint16: cells',
  height: 'uint16: cells',
  walls: 'uint16: cells that are walls, a border included',
  optimalLength: 'uint32: positions of the plan, start included',
  created: 'uint32: create clauses of the search',
  expanded: 'uint32: close clauses of the search',
  layout: 'uint64: hash of what splits do not share (maze: walls; Sokoban: start state)',
  prompt: 'list<uint16>: token ids, without bos and eos',
  reasoning: 'list<uint16>: token ids of the full search trace',
  plan: 'list<uint16>: token ids of the plan',
};

export function manifestFile(folder: string): string {
  return path.join(folder, 'manifest.json');
}

/** Of a dataset that is not finished. */
export function progressFile(folder: string): string {
  return path.join(folder, 'progress.json');
}

export function writeManifest(folder: string, manifest: Manifest): void {
  writeSealed(manifestFile(folder), manifest);
}

/** @throws InputError if it is missing, of another schema version, malformed or changed. */
export function readManifest(folder: string): Manifest {
  const file = manifestFile(folder);
  if (!existsSync(file) && existsSync(progressFile(folder))) {
    throw new InputError(
      `${folder}: holds an unfinished dataset: gen-mazes or gen-sokoban goes on with --resume`,
    );
  }
  const value = readJson(file);
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version !== SCHEMA_VERSION) {
    throw new InputError(
      `${file}: schemaVersion is ${version}; this version of the kit reads ${SCHEMA_VERSION}`,
    );
  }
  const manifest = parseSealed(manifestSchema, value, file);
  requireChecksum(value, file);
  return manifest;
}

/** Identifies the data of a dataset, wherever it lies. */
export function datasetChecksum({ vocabulary, splits }: Manifest): string {
  const files = SPLITS.map((name) => splits[name].shards.map((shard) => shard.sha256));
  return sha256(JSON.stringify([vocabulary, files]));
}
