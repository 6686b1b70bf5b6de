/**
 * The training loop. What a step computes depends on settings and step number alone, so a run that
 * was stopped, or killed, and resumed from its last checkpoint ends with the weights that an
 * uninterrupted run ends with (on the same kind of processor, backend and number of threads; any numbers
 * of them that the parts are as many as, or more, are the same).
 */
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../../envs/inputError.ts';
import { createRng } from '../../envs/rng.ts';
import type { VocabularySettings } from '../../traces/vocabulary.ts';
import type { Batch } from '../data/batch.ts';
import type { Precision } from '../engine/program.ts';
import { makeFolder, removeLeftovers } from '../files.ts';
import type { AttentionBlocks } from '../model/attentionBlocks.ts';
import type { ModelConfig } from '../model/config.ts';
import { initialParams } from '../model/params.ts';
import type { Objective } from '../objectives/objective.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { checkpointFile, listCheckpoints, pruneCheckpoints } from './checkpoint.ts';
import { readCheckpoint, writeCheckpoint, type Checkpoint } from './checkpoint.ts';
import { eventWriter, rewindEvents } from './events.ts';
import { openMetrics, secondsTrained, type MetricsLine } from './metricsLog.ts';
import { firstDifference } from '../firstDifference.ts';
import { runPaths } from './runFolder.ts';
import { learningRateAt, type ScheduleSettings } from './schedule.ts';
import { createTrainer, emptySlots, type Trainer } from './trainer.ts';
import type { UpdateSettings } from './trainingFunctions.ts';
import { emptyWindow, grown, meansOf } from './window.ts';

export interface TrainingLoopSettings extends UpdateSettings, ScheduleSettings {
  /** Steps between two checkpoints, each with the validation loss. */
  readonly checkpointEvery: number;
  /** Stops early, in minutes of training; null trains all steps. */
  readonly maxMinutes: number | null;
}

export interface TrainingRun {
  readonly settings: TrainingLoopSettings;
  readonly seed: string | number;
  readonly config: ModelConfig;
  readonly vocabulary: VocabularySettings;
  readonly optimizer: Optimizer;
  /** Next-token unless given. */
  readonly objective?: Objective;
  /** Weights drawn by the seed, and no update before, unless given. */
  readonly start?: TrainingStart;
  /** The pieces of the batch of a step, counted from 0. */
  readonly batchAt: (step: number) => readonly Batch[];
  /** How many of them are computed side by side, whether there may be more, and how exactly. */
  readonly parts: number;
  readonly accumulate?: boolean;
  readonly blocks?: readonly AttentionBlocks[];
  readonly precision?: Precision;
  readonly validationBatches: () => Iterable<readonly Batch[]>;
  /** The run's folder, which the caller has locked. */
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** What was trained before; steps, and so the learning rate, are counted anew. */
export interface TrainingStart {
  readonly params: Float32Array;
  /** Null begins with an optimiser that knows nothing. */
  readonly optimizer: Checkpoint['optimizer'];
  /** Updates that the optimiser's means have seen; its bias correction goes on from there. */
  readonly updates: number;
}

export interface TrainingProgress {
  readonly step: number;
  readonly steps: number;
  /** Nats, mean since the last report. */
  readonly loss: number;
  readonly validationLoss: number | null;
  readonly tokensPerSecond: number;
}

export interface TrainingOutcome {
  readonly step: number;
  readonly stopped: 'finished' | 'timeLimit' | 'aborted';
}

/** Lines of the log per run, about. */
const LOG_LINES = 1_000;

/**
 * Trains from the newest checkpoint of the folder, or from the start.
 * @throws InputError if that checkpoint is damaged or of another model, if loss or weights stop
 * being finite, or if a file can't be written
 */
export async function train(run: TrainingRun): Promise<TrainingOutcome> {
  const { settings, folder, signal } = run;
  const paths = runPaths(folder);
  makeFolder(paths.checkpoints);
  removeLeftovers(folder, paths.checkpoints);
  const start = startingPoint(run, paths.checkpoints);
  const metrics = openMetrics(paths.metrics, start.step);
  const secondsBefore = secondsTrained(metrics.lines);
  const older = listCheckpoints(paths.checkpoints).slice(0, -1);
  // Of these weights some may be the best, whatever has become of the log.
  const checkpoints = [...older.map(({ file }) => readCheckpoint(file)), start];
  const validationLosses = new Map([...metrics.lines, ...checkpoints].flatMap(validationEntry));
  rewindEvents(folder, start.step);
  const logEvents = eventWriter(folder);
  const trainer = createTrainer({ params: start.params, slots: start.optimizer! }, run);
  const updatesBefore = run.start?.updates ?? 0;
  const clock = stopwatch(secondsBefore);
  const every = Math.max(1, Math.ceil(settings.steps / LOG_LINES));
  let window = emptyWindow();
  let validationLoss = start.validationLoss;
  let step = start.step;
  let saved = step;

  const log = (line: MetricsLine): void => {
    metrics.append(line);
    const { step: at, ...scalars } = line;
    logEvents(at, scalars);
  };
  const closeWindow = (): void => {
    if (window.steps === 0) return;
    const { loss, logged } = meansOf(window);
    const { tokens } = window;
    const tokensPerSecond = tokens / (clock() - window.since);
    const learningRate = learningRateAt(step, settings);
    log({ step, loss, ...logged, learningRate, tokens, tokensPerSecond, seconds: clock() });
    run.onProgress?.({ step, steps: settings.steps, loss, validationLoss, tokensPerSecond });
    window = { ...emptyWindow(), since: clock() };
  };
  const save = (withValidation: boolean): void => {
    closeWindow();
    const values = trainer.values();
    if (!values.params.every(Number.isFinite)) {
      throw divergence('a weight is no longer finite', step, learningRateAt(step, settings));
    }
    validationLoss = withValidation ? lossOnValidation(trainer, run) : null;
    if (validationLoss !== null && Number.isFinite(validationLoss)) {
      validationLosses.set(step, validationLoss);
      log({ step, validationLoss });
    }
    const { config, vocabulary } = run;
    const { params, slots: optimizer } = values;
    writeCheckpoint(checkpointFile(paths.checkpoints, step), {
      step,
      validationLoss,
      config,
      vocabulary,
      params,
      optimizer,
    });
    pruneCheckpoints(paths.checkpoints, bestStep(validationLosses));
    saved = step;
    window = { ...window, since: clock() };
  };
  const outOfTime = (): boolean =>
    settings.maxMinutes !== null && clock() >= settings.maxMinutes * 60;

  try {
    window = { ...window, since: clock() };
    while (step < settings.steps && !outOfTime()) {
      await tf.nextFrame();
      if (signal?.aborted) {
        if (step > saved) save(false);
        return { step, stopped: 'aborted' };
      }
      const pieces = run.batchAt(step);
      const learningRate = learningRateAt(step + 1, settings);
      const measured = trainer.update(pieces, updatesBefore + ++step, learningRate);
      const { loss } = measured;
      if (!Number.isFinite(loss)) throw divergence(`the loss became ${loss}`, step, learningRate);
      window = grown(window, measured, sumOf(pieces, 'tokens'));
      if (step % settings.checkpointEvery === 0 && step < settings.steps) save(true);
      else if (step % every === 0) closeWindow();
    }
    if (step > saved) save(true);
    return { step, stopped: step < settings.steps ? 'timeLimit' : 'finished' };
  } finally {
    trainer.dispose();
  }
}

function startingPoint(run: TrainingRun, checkpoints: string): Checkpoint {
  const newest = listCheckpoints(checkpoints).at(-1);
  if (newest === undefined) {
    const params =
      run.start?.params ?? initialParams(run.config, createRng(run.seed).split('weights'));
    const optimizer = run.start?.optimizer ?? emptySlots(run.optimizer, params.length);
    checkSlots(optimizer, run, 'the model to start from');
    const { config, vocabulary } = run;
    return { step: 0, validationLoss: null, config, vocabulary, params, optimizer };
  }
  const checkpoint = readCheckpoint(newest.file);
  if (checkpoint.optimizer === null) {
    throw new InputError(
      `${newest.file}: holds no optimiser state, so training can't go on from it`,
    );
  }
  checkSlots(checkpoint.optimizer, run, newest.file);
  for (const part of ['config', 'vocabulary'] as const) {
    const difference = firstDifference(checkpoint[part], run[part], part);
    if (difference !== null) {
      throw new InputError(`${newest.file}: its ${part} is not the one of this run: ${difference}`);
    }
  }
  return checkpoint;
}

/** @throws InputError if what was remembered is another optimiser's */
function checkSlots(
  held: NonNullable<Checkpoint['optimizer']>,
  { optimizer }: TrainingRun,
  place: string,
): void {
  const [known, needed] = [Object.keys(held).sort(), [...optimizer.slots].sort()];
  if (known.join() === needed.join()) return;
  throw new InputError(
    `${place}: holds the state of another optimiser: ${known.join(', ')}, not ${needed.join(', ')}`,
  );
}

/** Nats; null if there are no examples to validate on. */
function lossOnValidation(trainer: Trainer, { validationBatches }: TrainingRun): number | null {
  let sum = 0;
  let sequences = 0;
  for (const pieces of validationBatches()) {
    const rows = sumOf(pieces, 'B');
    sum += trainer.measure(pieces).loss * rows;
    sequences += rows;
  }
  return sequences === 0 ? null : sum / sequences;
}

function sumOf(pieces: readonly Batch[], field: 'B' | 'tokens'): number {
  return pieces.reduce((sum, piece) => sum + piece[field], 0);
}

function stopwatch(from: number): () => number {
  const started = performance.now();
  return () => from + (performance.now() - started) / 1000;
}

function divergence(what: string, step: number, learningRate: number): InputError {
  return new InputError(
    `${what} at step ${step} with learning rate ${learningRate.toPrecision(3)}; ` +
      'checkpoints before are kept: lower training.learningRate or set training.clipNorm',
  );
}

function validationEntry({ step, validationLoss = null }: Measured): [number, number][] {
  return validationLoss === null ? [] : [[step, validationLoss]];
}

interface Measured {
  readonly step: number;
  readonly validationLoss?: number | null;
}

function bestStep(losses: ReadonlyMap<number, number>): number[] {
  const best = [...losses].reduce<[number, number] | null>(
    (best, entry) => (best === null || entry[1] < best[1] ? entry : best),
    null,
  );
  return best === null ? [] : [best[0]];
}
