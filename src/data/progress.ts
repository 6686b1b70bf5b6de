/**
 * What a folder holds of a dataset that is not finished, so that a later process can go on: whole
 * shards, the rows of the next shard so far, the place in the sequence of proposals that comes next,
 * and what is known of later ones. Whatever is not named here or in the manifest is a leftover of a
 * killed process.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { removeFile } from '../files.ts';
import { firstDifference } from '../firstDifference.ts';
import { isLockFile } from '../lock.ts';
import { readJson } from '../reading.ts';
import { parseSealed, requireChecksum, writeSealed } from '../sealed.ts';
import { type Manifest, manifestFile, progressFile } from './manifest.ts';
import { readManifest, SCHEMA_VERSION, shardSchema, SPLITS, tallySchema } from './manifest.ts';
import { BEGINNING } from './proposals.ts';

const whole = z.number().int().min(0);

const rng = z.strictObject({
  path: z.string(),
  alea: z.strictObject({ c: z.number(), s0: z.number(), s1: z.number(), s2: z.number() }),
});
const streams = z.strictObject({ layouts: rng, searches: rng.nullable() });

/** Parts of blocks, and the file of their rows one after another. */
const savedParts = z.strictObject({
  rows: shardSchema,
  parts: z.array(
    z.strictObject({
      block: whole,
      from: whole,
      to: whole,
      kept: z.array(whole),
      unsolvable: z.array(whole),
      tooLong: z.array(whole),
      streams: streams.nullable(),
    }),
  ),
});

export type SavedParts = z.infer<typeof savedParts>;

const progressSchema = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  settings: z.record(z.string(), z.unknown()),
  /** The next proposal: its block, and how many of the block come before it. */
  block: whole,
  offset: whole,
  /** Where the block is gone on with: there, or some proposals before. */
  start: z.strictObject({ offset: whole, streams: streams.nullable() }).default(BEGINNING),
  /** Proposals since the last one that gave a new task. */
  barren: whole,
  tally: tallySchema,
  longest: z.strictObject({ prompt: whole, response: whole }),
  /** The highest token id that was written. */
  highestId: whole,
  shards: z.strictObject({
    train: z.array(shardSchema),
    validation: z.array(shardSchema),
    test: z.array(shardSchema),
  }),
  /** Files of the rows that do not fill a shard yet. Earlier versions wrote one or null. */
  pending: z
    .array(shardSchema)
    .or(shardSchema.nullable().transform((file) => (file === null ? [] : [file]))),
  /** Parts of this block and of later ones. */
  ahead: z.array(savedParts).default([]),
});

export type Progress = z.infer<typeof progressSchema>;

/** Nothing done yet. */
export function beginning(settings: object): Progress {
  return {
    schemaVersion: SCHEMA_VERSION,
    settings: { ...settings },
    block: 0,
    offset: 0,
    start: BEGINNING,
    barren: 0,
    tally: { proposals: 0, withoutTask: 0, duplicates: 0, unsolvable: 0, tooLong: 0, kept: 0 },
    longest: { prompt: 0, response: 0 },
    highestId: 0,
    shards: { train: [], validation: [], test: [] },
    pending: [],
    ahead: [],
  };
}

export type FolderState =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unfinished'; readonly progress: Progress }
  | { readonly kind: 'finished'; readonly manifest: Manifest };

/**
 * What `folder` holds of the dataset with these settings.
 *
 * @throws InputError if it holds anything else, or a part of it and `resume` is false
 */
export function inspectFolder(folder: string, settings: object, resume: boolean): FolderState {
  const finished = existsSync(manifestFile(folder));
  if (!finished && !existsSync(progressFile(folder))) {
    const foreign = readdirSync(folder).find((name) => !isLockFile(name) && !isTemporary(name));
    if (foreign === undefined) return { kind: 'empty' };
    throw new InputError(`${folder}: is not empty: it holds ${foreign}`);
  }
  const state: FolderState = finished
    ? { kind: 'finished', manifest: readManifest(folder) }
    : { kind: 'unfinished', progress: readProgress(folder) };
  const made = state.kind === 'finished' ? state.manifest.settings : state.progress.settings;
  const difference = firstDifference(made, settings);
  if (difference !== null) {
    throw new InputError(
      `${folder}: holds another dataset: its ${difference}; choose another folder`,
    );
  }
  if (!resume) {
    const what = finished ? 'this dataset already' : 'an unfinished dataset with the same settings';
    throw new InputError(`${folder}: holds ${what}: add --resume, or choose another folder`);
  }
  return state;
}

function readProgress(folder: string): Progress {
  const file = progressFile(folder);
  const value = readJson(file);
  const progress = parseSealed(progressSchema, value, file);
  requireChecksum(value, file);
  return progress;
}

export function writeProgress(folder: string, progress: Progress): void {
  writeSealed(progressFile(folder), progress);
}

export function pendingFile(progress: Progress): string {
  return `pending-${progress.block}-${progress.offset}.parquet`;
}

/** Removes files of ours that neither `progress` nor a manifest names. */
export function removeLeftovers(folder: string, progress: Progress | null): void {
  for (const file of leftovers(folder, progress)) removeFile(file);
}

export function leftovers(folder: string, progress: Progress | null): string[] {
  const named = [...(progress?.pending ?? []), ...(progress?.ahead ?? []).map(({ rows }) => rows)];
  const files = new Set(named.map(({ file }) => file));
  const left = readdirSync(folder).filter((name) => {
    const old = /^(pending|ahead)-\d+-\d+\.parquet$/.test(name) && !files.has(name);
    const over = progress === null && name === path.basename(progressFile(folder));
    return old || over || isTemporary(name);
  });
  return left.map((name) => path.join(folder, name));
}

/** Removes all files of an unfinished dataset, last the one that tells of the others. */
export function removeDataset(folder: string, progress: Progress): void {
  for (const name of SPLITS) {
    for (const { file } of progress.shards[name]) removeFile(path.join(folder, file));
  }
  removeLeftovers(folder, null);
}

/** As `writeFileAtomic` names what it has not finished. */
function isTemporary(name: string): boolean {
  return /^[\w.-]+\.(json|parquet)\.\d+-[0-9a-f]+\.tmp$/.test(name);
}
