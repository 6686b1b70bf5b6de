/** Takes blocks of proposals in their order, drops duplicates, and fills the splits shard by shard. */
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { boundedVocabulary, vocabularyBoard } from '../../traces/vocabulary.ts';
import { sha256, writeFileAtomic } from '../files.ts';
import { readShard } from './dataset.ts';
import { createExampleBuffer, type Example, exampleAt, tokenCounts } from './examples.ts';
import type { TokenCounts } from './examples.ts';
import { createHashSet } from './hashSet.ts';
import { COLUMN_MEANINGS, type Manifest, SCHEMA_VERSION } from './manifest.ts';
import { type Shard, type SplitName, SPLITS } from './manifest.ts';
import { toParquet } from './parquet.ts';
import { pendingFile, type Progress, removeLeftovers, writeProgress } from './progress.ts';
import { type Block, BLOCK, type ProposalSettings } from './proposals.ts';

export type SplitCounts = Readonly<Record<`${SplitName}Count`, number>>;

export interface SplitWriter {
  /** Whether no more blocks are wanted; the last rows may be in memory only. */
  complete(): boolean;
  /**
   * Takes what is wanted of a block; blocks come without gaps, the first being the one that the
   * progress names. @throws InputError if the disk is full, ExhaustedError
   */
  consume(block: Block): void;
  /** Writes all that is needed to go on from here. */
  save(): void;
  /** Once complete: writes the last shard, and says what was made. @throws InputError if the disk is full */
  finish(): Manifest;
}

/** Nearly all tasks that the settings allow have been found, and more are asked for. */
export class ExhaustedError extends InputError {}

/** The test split comes first, so that it does not change with the size of the others. */
const FILLED = ['test', 'validation', 'train'] as const;

/** A shard ends at whichever comes first. */
export const SHARD_ROWS = 10_000;
export const SHARD_TOKENS = 8_000_000;

/** Proposals without a new task after which the search for one ends, given the tasks found. */
const patience = (found: number): number => 200_000 + 20 * found;

/** @param progress is kept up to date */
export function createSplitWriter(
  settings: ProposalSettings & SplitCounts,
  progress: Progress,
  folder: string,
): SplitWriter {
  const { tally, shards, longest } = progress;
  const wanted = SPLITS.reduce((sum, name) => sum + settings[`${name}Count`], 0);
  const seen = createHashSet();
  const buffer = createExampleBuffer();

  const restore = (): void => {
    for (const shard of SPLITS.flatMap((name) => shards[name])) {
      for (const layout of readShard(folder, shard).layout) seen.add(layout);
    }
    if (progress.pending === null) return;
    const pending = readShard(folder, progress.pending);
    for (let i = 0; i < pending.count; i++) buffer.add(exampleAt(pending, i));
    for (const layout of pending.layout) seen.add(layout);
  };

  const split = (): SplitName =>
    FILLED.find((name) => rowsOf(shards[name]) < settings[`${name}Count`])!;
  const complete = (): boolean => tally.kept === wanted;

  const writeShard = (file: string): Shard => {
    const examples = buffer.view();
    const bytes = toParquet(examples);
    writeFileAtomic(path.join(folder, file), bytes);
    const tokens = tokenCounts(examples);
    return { file, rows: examples.count, tokens, bytes: bytes.length, sha256: sha256(bytes) };
  };

  const save = (): void => {
    progress.pending = buffer.count === 0 ? null : writeShard(pendingFile(progress));
    writeProgress(folder, progress);
    removeLeftovers(folder, progress);
  };

  const flush = (name: SplitName): void => {
    const number = String(shards[name].length).padStart(5, '0');
    shards[name].push(writeShard(`${name}-${number}.parquet`));
    buffer.clear();
    save();
  };

  const add = (example: Example, id: number): void => {
    buffer.add(example, id);
    const { prompt, reasoning, plan } = example;
    longest.prompt = Math.max(longest.prompt, prompt.length);
    longest.response = Math.max(longest.response, reasoning.length + plan.length);
    progress.highestId = highest(reasoning, progress.highestId);
    tally.kept++;
  };
  restore();

  return {
    complete,
    consume(block) {
      let row = 0;
      for (let i = 0; i < progress.offset; i++) row += block.kept[i]!;
      let name = split();
      let room = settings[`${name}Count`] - rowsOf(shards[name]) - buffer.count;
      for (let i = progress.offset; i < BLOCK; i++) {
        const first = row;
        row += block.kept[i]!;
        const isNew = row > first && !seen.has(block.examples.layout[first]!);
        count(tally, block, i, isNew);
        progress.barren = isNew ? 0 : progress.barren + 1;
        progress.offset = i + 1;
        if (!isNew) continue;
        seen.add(block.examples.layout[first]!);
        // All tasks of a layout go to one split.
        const last = Math.min(row, first + room);
        for (let j = first; j < last; j++) {
          add(exampleAt(block.examples, j), settings[`${name}Count`] - room--);
        }
        // The last shard is left to `finish`, before which the workers can be stopped.
        if (complete()) return;
        if (room === 0 || buffer.count >= SHARD_ROWS || buffer.tokens >= SHARD_TOKENS) {
          flush(name);
          name = split();
          room = settings[`${name}Count`] - rowsOf(shards[name]);
        }
      }
      progress.block = block.index + 1;
      progress.offset = 0;
      if (progress.barren >= patience(tally.kept)) throw exhausted(progress, settings);
    },
    save,
    finish() {
      if (buffer.count > 0) flush(split());
      return {
        schemaVersion: SCHEMA_VERSION,
        settings: progress.settings as Manifest['settings'],
        vocabulary: boundedVocabulary(
          settings.task.environment,
          vocabularyBoard(settings),
          progress.highestId,
        ),
        splits: {
          train: splitOf(shards.train),
          validation: splitOf(shards.validation),
          test: splitOf(shards.test),
        },
        generation: tally,
        longest,
        columns: COLUMN_MEANINGS,
      };
    },
  };
}

function highest(ids: Uint16Array, least: number): number {
  let result = least;
  for (let i = 0; i < ids.length; i++) if (ids[i]! > result) result = ids[i]!;
  return result;
}

function count(tally: Progress['tally'], block: Block, i: number, isNew: boolean): void {
  const { kept, unsolvable, tooLong } = block;
  tally.proposals++;
  tally.unsolvable += unsolvable[i]!;
  tally.tooLong += tooLong[i]!;
  const solvable = kept[i]!;
  const rejected = unsolvable[i]! + tooLong[i]!;
  if (solvable > 0) tally.duplicates += isNew ? 0 : 1;
  else if (rejected === 0) tally.withoutTask++;
}

function rowsOf(shards: readonly Shard[]): number {
  return shards.reduce((sum, { rows }) => sum + rows, 0);
}

function splitOf(shards: readonly Shard[]): Manifest['splits'][SplitName] {
  const total = (name: keyof TokenCounts): number =>
    shards.reduce((sum, { tokens }) => sum + tokens[name], 0);
  const tokens = { prompt: total('prompt'), reasoning: total('reasoning'), plan: total('plan') };
  return { rows: rowsOf(shards), tokens, shards: [...shards] };
}

function exhausted({ tally, barren }: Progress, settings: SplitCounts): ExhaustedError {
  const counts = SPLITS.map((name) => settings[`${name}Count`]);
  const most = SPLITS[counts.indexOf(Math.max(...counts))]!;
  const wanted = counts.reduce((a, b) => a + b);
  const { duplicates, withoutTask, unsolvable, tooLong, kept } = tally;
  const reasons = [
    {
      field: `${most}Count`,
      weight: duplicates,
      advice: 'ask for fewer tasks, or for a larger board',
    },
    { field: 'maxTokens', weight: tooLong, advice: 'raise it' },
    // Layouts without a task are ordinary, so they explain only what nothing else does.
    {
      field: 'walls',
      weight: unsolvable + Math.min(1, withoutTask),
      advice: 'ask for fewer walls',
    },
  ].sort((a, b) => b.weight - a.weight);
  const { field, advice } = reasons[0]!;
  return new ExhaustedError(
    `${field}: found ${kept} of the ${wanted} tasks asked for, and none in the last ${barren} ` +
      `proposals; ${advice}`,
  );
}
