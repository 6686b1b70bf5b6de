/** Takes proposals in their order, drops duplicates, and fills the splits shard by shard. */
import { boundedVocabulary, vocabularyBoard } from '../../traces/vocabulary.ts';
import { createPace } from '../pace.ts';
import type { Ahead } from './ahead.ts';
import { readLayouts, writeShard } from './dataset.ts';
import { type Example, exampleAt, type TokenCounts } from './examples.ts';
import { exhausted, isExhausted, type SplitCounts } from './exhaustion.ts';
import { createHashSet } from './hashSet.ts';
import { COLUMN_MEANINGS, type Manifest, SCHEMA_VERSION } from './manifest.ts';
import { type Shard, type SplitName, SPLITS } from './manifest.ts';
import { createPendingRows } from './pendingRows.ts';
import { pendingFile, type Progress, removeLeftovers, writeProgress } from './progress.ts';
import { BEGINNING, BLOCK, endOf, type Part, type ProposalSettings } from './proposals.ts';

export interface SplitWriter {
  /** Whether no more proposals are wanted; the last rows may be in memory only. */
  complete(): boolean;
  /**
   * Takes what is wanted of a part; parts come without gaps, and proposals before the place in the
   * progress are skipped. @throws InputError if the disk is full, ExhaustedError
   */
  consume(part: Part): void;
  /** Writes all that is needed to go on from here. @throws InputError if the disk is full */
  save(): void;
  /** Does so if the last time is long enough ago, and there is anything new. @throws as `save` */
  saveIfDue(): void;
  /** Once complete: writes the last shard, and says what was made. @throws InputError if the disk is full */
  finish(): Manifest;
}

export interface SplitWriterOptions {
  readonly folder: string;
  /** Is kept up to date. */
  readonly progress: Progress;
  /** Is saved with the rest. */
  readonly ahead: Ahead;
}

/** The test split comes first, so that it does not change with the size of the others. */
const FILLED = ['test', 'validation', 'train'] as const;

/** A shard ends at whichever comes first. */
export const SHARD_ROWS = 10_000;
export const SHARD_TOKENS = 8_000_000;

/** Milliseconds between two saves at least. */
const SAVE_EVERY_MS = 1_000;

/** @throws InputError if a file that the progress names is damaged */
export async function createSplitWriter(
  settings: ProposalSettings & SplitCounts,
  { folder, progress, ahead }: SplitWriterOptions,
): Promise<SplitWriter> {
  const { tally, shards, longest } = progress;
  const wanted = SPLITS.reduce((sum, name) => sum + settings[`${name}Count`], 0);
  const seen = createHashSet();
  for (const shard of SPLITS.flatMap((name) => shards[name])) {
    for (const layout of await readLayouts(folder, shard)) seen.add(layout);
  }
  const pending = createPendingRows(folder, progress.pending);
  for (const layout of pending.view().layout) seen.add(layout);
  const pace = createPace(SAVE_EVERY_MS);

  const split = (): SplitName =>
    FILLED.find((name) => rowsOf(shards[name]) < settings[`${name}Count`])!;
  const complete = (): boolean => tally.kept === wanted;

  /** Whether anything was taken that is not on the disk. */
  let changed = false;
  const record = (): void => {
    progress.pending = pending.save(pendingFile(progress));
    writeProgress(folder, progress);
    removeLeftovers(folder, progress);
    changed = false;
  };

  const save = (): void => {
    ahead.save();
    record();
  };

  const flush = (name: SplitName): void => {
    const number = String(shards[name].length).padStart(5, '0');
    shards[name].push(writeShard(folder, `${name}-${number}.parquet`, pending.view()));
    pending.clear();
    record();
  };

  const add = (example: Example, id: number): void => {
    pending.add(example, id);
    const { prompt, reasoning, plan } = example;
    longest.prompt = Math.max(longest.prompt, prompt.length);
    longest.response = Math.max(longest.response, reasoning.length + plan.length);
    progress.highestId = highest(reasoning, progress.highestId);
    tally.kept++;
  };

  const take = (part: Part): void => {
    let row = 0;
    let name = split();
    let room = settings[`${name}Count`] - rowsOf(shards[name]) - pending.count;
    for (let i = 0; i < part.kept.length; i++) {
      const first = row;
      row += part.kept[i]!;
      if (part.from + i < progress.offset) continue;
      const isNew = row > first && !seen.has(part.examples.layout[first]!);
      count(tally, part, i, isNew);
      progress.barren = isNew ? 0 : progress.barren + 1;
      progress.offset = part.from + i + 1;
      if (!isNew) continue;
      seen.add(part.examples.layout[first]!);
      // All tasks of a layout go to one split.
      const last = Math.min(row, first + room);
      for (let j = first; j < last; j++) {
        add(exampleAt(part.examples, j), settings[`${name}Count`] - room--);
      }
      // The last shard is left to `finish`, before which the workers can be stopped.
      if (complete()) return;
      if (room === 0 || pending.count >= SHARD_ROWS || pending.tokens >= SHARD_TOKENS) {
        pace.save(() => flush(name));
        name = split();
        room = settings[`${name}Count`] - rowsOf(shards[name]);
      }
    }
  };

  return {
    complete,
    consume(part) {
      take(part);
      changed = true;
      if (complete()) return;
      progress.start = endOf(part);
      if (part.to === BLOCK) {
        progress.block = part.block + 1;
        progress.offset = 0;
        progress.start = BEGINNING;
        if (isExhausted(progress)) throw exhausted(progress, settings);
      }
    },
    save,
    saveIfDue() {
      if ((changed || ahead.hasUnsaved()) && pace.due()) pace.save(save);
    },
    finish() {
      progress.ahead = [];
      if (pending.count > 0) flush(split());
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

function count(tally: Progress['tally'], part: Part, i: number, isNew: boolean): void {
  const { kept, unsolvable, tooLong } = part;
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
