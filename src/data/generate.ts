/**
 * Generates a dataset: random layouts, their searches as tokens, kept in three splits that share
 * no layout.
 *
 * The splits are filled one after another (test, validation, train) from one sequence of proposals,
 * so that the same seed gives the same test set whatever the size of the others. The files depend
 * on the settings alone: not on the number of jobs, nor on when a run was killed and continued.
 */
import { existsSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { environmentOf } from '../../envs/index.ts';
import { InputError } from '../../envs/inputError.ts';
import { createRng } from '../../envs/rng.ts';
import { checkWhole } from '../../envs/settings.ts';
import { makeFolder } from '../files.ts';
import { acquireLock } from '../lock.ts';
import { createAhead } from './ahead.ts';
import { proposeBlocks } from './blocks.ts';
import { checkShards } from './dataset.ts';
import { ExhaustedError } from './exhaustion.ts';
import { type Manifest, manifestFile, writeManifest } from './manifest.ts';
import { beginning, inspectFolder, leftovers, type Progress } from './progress.ts';
import { removeDataset, removeLeftovers } from './progress.ts';
import type { ProposalSettings } from './proposals.ts';
import { createSplitWriter } from './splitWriter.ts';

export interface GenerationSettings extends ProposalSettings {
  /** Tasks per split. */
  readonly trainCount: number;
  readonly validationCount: number;
  readonly testCount: number;
}

export interface GenerationOptions {
  /** The dataset's folder. */
  readonly out: string;
  /** Threads that propose and search; 1 does all in the calling thread. */
  readonly jobs?: number;
  /** Continues what the folder holds of this dataset, or begins it. */
  readonly resume?: boolean;
  /** Saves and throws its reason. */
  readonly signal?: AbortSignal;
  /** In tasks. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * @throws InputError if the settings can't be met, the folder is not fit, a file of the finished
 *   dataset is damaged, or a write fails; in the last case, and whenever the process is stopped, `resume` continues
 */
export async function generateDataset(
  settings: GenerationSettings,
  options: GenerationOptions,
): Promise<Manifest> {
  const plain = plainSettings(settings);
  checkSettings(plain);
  const { out, jobs = 1, signal } = options;
  checkWhole({ jobs }, 'jobs', { min: 1, max: 256 });
  signal?.throwIfAborted();
  const resume = options.resume ?? false;
  if (existsSync(manifestFile(out))) {
    const state = inspectFolder(out, plain, resume);
    // Read alone, so that many may do so at once, and where nothing can be written.
    if (state.kind === 'finished' && leftovers(out, null).length === 0) {
      checkShards(out, state.manifest);
      return state.manifest;
    }
  }
  const created = makeFolder(out);
  const release = acquireLock(out);
  try {
    const state = inspectFolder(out, plain, resume);
    if (state.kind === 'finished') {
      checkShards(out, state.manifest);
      removeLeftovers(out, null);
      return state.manifest;
    }
    const progress = state.kind === 'unfinished' ? state.progress : beginning(plain);
    removeLeftovers(out, progress);
    try {
      return await fillSplits(plain, progress, options);
    } catch (error) {
      if (error instanceof ExhaustedError) removeDataset(out, progress);
      throw error;
    }
  } finally {
    release();
    removeEmptyFolders(out, created);
  }
}

async function fillSplits(
  settings: GenerationSettings,
  progress: Progress,
  { out, jobs = 1, signal, onProgress }: GenerationOptions,
): Promise<Manifest> {
  const ahead = createAhead(out, progress);
  const writer = await createSplitWriter(settings, { folder: out, progress, ahead });
  writer.save();
  if (!writer.complete()) {
    const place = { first: progress.block, start: progress.start };
    const lacking = (): number => taskCount(settings) - progress.tally.kept;
    const saveOrStop = (): void => {
      if (signal?.aborted) writer.save();
      signal?.throwIfAborted();
      writer.saveIfDue();
    };
    const options = { jobs, ...place, ahead, lacking, onWait: saveOrStop };
    for await (const part of proposeBlocks(settings, options)) {
      writer.consume(part);
      onProgress?.({ done: progress.tally.kept, total: taskCount(settings) });
      if (writer.complete()) break;
      saveOrStop();
    }
  }
  const manifest = writer.finish();
  writeManifest(out, manifest);
  removeLeftovers(out, null);
  return manifest;
}

function taskCount({ trainCount, validationCount, testCount }: GenerationSettings): number {
  return trainCount + validationCount + testCount;
}

/** The fields that a dataset depends on, as JSON keeps them. */
function plainSettings(settings: GenerationSettings): GenerationSettings {
  const { task, trainCount, validationCount, testCount, tasksPerLayout } = settings;
  const { nondeterministic, maxTokens, vocabularySide, seed } = settings;
  return JSON.parse(
    JSON.stringify({
      task,
      trainCount,
      validationCount,
      testCount,
      tasksPerLayout,
      nondeterministic,
      maxTokens,
      vocabularySide,
      seed,
    }),
  ) as GenerationSettings;
}

/** @throws InputError naming the field; the environment checks its own on the first proposal. */
function checkSettings(settings: GenerationSettings): void {
  for (const field of ['trainCount', 'validationCount', 'testCount'] as const) {
    checkWhole(settings, field, { min: 0, max: MOST });
  }
  if (taskCount(settings) === 0) throw new InputError('trainCount: no task is asked for');
  checkWhole(settings, 'tasksPerLayout', { min: 1, max: 100 });
  checkWhole(settings, 'maxTokens', { min: 1, max: MOST });
  environmentOf(settings.task.environment).propose(settings.task, createRng('check'), 1);
  const { task, vocabularySide } = settings;
  if (vocabularySide !== undefined) {
    checkWhole({ vocabularySide }, 'vocabularySide', {
      min: Math.max(task.width, task.height),
      max: 100,
    });
  }
}

/** Of tasks in a split: more than disks hold, and still a uint32. */
const MOST = 1_000_000_000;

/** Undoes `makeFolder` where nothing was written. */
function removeEmptyFolders(folder: string, topmost: string | undefined): void {
  if (topmost === undefined) return;
  try {
    for (let current = path.resolve(folder); ; current = path.dirname(current)) {
      rmdirSync(current);
      if (current === path.resolve(topmost)) return;
    }
  } catch {
    return;
  }
}
