/** The stage that trains a model on a data set. */
import { existsSync } from 'node:fs';
import { InputError } from '../../../envs/inputError.ts';
import { dropStrategy } from '../../../traces/drop.ts';
import { createVocabulary, type Vocabulary } from '../../../traces/vocabulary.ts';
import { type Batch, splitBatch } from '../../data/batch.ts';
import { type BatchOptions, createBatches, validationBatches } from '../../data/batches.ts';
import { batchLadder, EXACT, type Ladder } from '../../data/ladder.ts';
import { datasetChecksum, type Examples, firstExamples, readSplit } from '../../data/dataset.ts';
import type { Backend } from '../../engine/backends.ts';
import type { Experiment, TrainingSettings } from '../../experiment.ts';
import { readJson, writeJsonAtomic } from '../../files.ts';
import { acquireLock } from '../../lock.ts';
import { modelConfig } from '../../model/config.ts';
import { listCheckpoints, readCheckpoint } from '../../training/checkpoint.ts';
import { readMetrics, secondsTrained } from '../../training/metricsLog.ts';
import { provenance } from '../../training/provenance.ts';
import { openRun, runPaths } from '../../training/runFolder.ts';
import { checkMemory } from '../../training/memory.ts';
import { checkModel } from '../../training/runModel.ts';
import { train, type TrainingOutcome } from '../../training/train.ts';
import { blocksOf } from '../../training/trainer.ts';
import { formatNumber } from '../progress.ts';
import type { Session } from '../session.ts';
import { writeDataLink, type Dataset } from './data.ts';
import { checkPrecision, isSlow } from './engine.ts';

export interface TrainingStage {
  readonly experiment: Experiment;
  readonly dataset: Dataset;
  readonly backend: Backend;
  /** Folder of the run. */
  readonly out: string;
  /** Whether a run of the same settings may be there already. */
  readonly resume: boolean;
  /** Minutes of training that a backend gets which is too slow to finish; null for all it needs. */
  readonly budget: number | null;
}

/**
 * Does nothing if the training is done.
 * @throws InputError if the folder holds something else or is in use
 */
export async function trainModel(stage: TrainingStage, session: Session): Promise<TrainingOutcome> {
  const { experiment, dataset, backend, out } = stage;
  const { training, seed } = experiment;
  const vocabulary = createVocabulary(dataset.manifest.vocabulary);
  const config = modelConfig(experiment.model, vocabulary.size);
  const release = acquireLock(out);
  try {
    const maxMinutes = lesser(training.maxMinutes, stage.budget);
    const finished = finishedTraining(out, experiment, maxMinutes);
    const examples = finished === null ? trainingExamples(dataset, training.examples) : null;
    const validation = finished === null ? readSplit(dataset.folder, 'validation') : null;
    const { batchSize, rounds, precision } = training;
    // Operation by operation, parts only cost.
    const parts = isSlow(backend) ? 1 : Math.min(training.parts, batchSize);
    const options = batchOptions(training, vocabulary);
    checkPrecision(precision, backend, 'training.precision');
    const batches = examples && createBatches(examples, { ...options, seed });
    if (batches !== null && !isSlow(backend)) {
      const { prompts, responses } = batches.ladder;
      const longest = { B: batchSize, P: prompts.at(-1)!, T: responses.at(-1)! };
      checkMemory({ config, longest, parts, rounds });
    }
    // Only now, so that bad data leave no run behind.
    openRun(out, experiment, { resume: stage.resume });
    if (batches === null || validation === null) return finished!;
    recordProvenance(stage);
    writeDataLink(out, dataset);
    const piecesOf = (batch: Batch): Batch[] => splitBatch(batch, parts * rounds);
    const outcome = await session.track('training', 'steps', (onProgress) =>
      train({
        settings: { ...training, maxMinutes },
        seed,
        config,
        vocabulary: dataset.manifest.vocabulary,
        batchAt: (step) => piecesOf(batches.at(step)),
        parts,
        accumulate: rounds > 1,
        blocks: blocksOf(
          union(batches.ladder, validation.count === 0 ? EXACT : batchLadder(validation, options)),
        ),
        precision,
        *validationBatches() {
          if (validation.count === 0) return;
          const own = { ...options, ladder: batches.ladder };
          for (const batch of validationBatches(validation, own)) yield piecesOf(batch);
        },
        folder: out,
        signal: session.signal,
        onProgress: ({ step, steps, loss, validationLoss, tokensPerSecond }) =>
          onProgress({
            done: step,
            total: steps,
            note:
              `loss ${loss.toFixed(3)}` +
              (validationLoss === null ? '' : ` (validation ${validationLoss.toFixed(3)})`) +
              `, ${formatNumber(Math.round(tokensPerSecond))} tokens/s`,
          }),
      }),
    );
    if (outcome.stopped === 'aborted') session.signal.throwIfAborted();
    return outcome;
  } finally {
    release();
  }
}

/** What the batches of an experiment depend on, besides its seed. */
export function batchOptions(
  { batchSize, dropping, weighting, sorted }: TrainingSettings,
  vocabulary: Vocabulary,
): Omit<BatchOptions, 'seed'> {
  const strategy = dropStrategy(dropping, vocabulary.environment);
  return { batchSize, strategy, vocabulary, weighting, sorted };
}

/** All training tasks of the data set, or the first `count`. @throws InputError if there are fewer */
export function trainingExamples({ folder }: Dataset, count: number | undefined): Examples {
  const split = readSplit(folder, 'train');
  if (count === undefined) return split;
  if (count > split.count) {
    throw new InputError(
      `training.examples: ${count}, but ${folder} holds ${split.count} training tasks`,
    );
  }
  return firstExamples(split, count);
}

/** For training and validation, whose longest sequences differ. */
function union(a: Ladder, b: Ladder): Ladder {
  return {
    prompts: [...a.prompts, ...b.prompts],
    responses: [...a.responses, ...b.responses],
  };
}

/** How the training ended, or null if it has not. */
function finishedTraining(
  run: string,
  experiment: Experiment,
  maxMinutes: number | null,
): TrainingOutcome | null {
  const { steps } = experiment.training;
  const { checkpoints, metrics } = runPaths(run);
  const newest = listCheckpoints(checkpoints).at(-1);
  if (newest === undefined) return null;
  const { step, file } = newest;
  checkModel(readCheckpoint(file), experiment, file);
  if (step >= steps) return { step, stopped: 'finished' };
  const seconds = secondsTrained(readMetrics(metrics).filter((line) => line.step <= step));
  const outOfTime = maxMinutes !== null && seconds >= maxMinutes * 60;
  return outOfTime ? { step, stopped: 'timeLimit' } : null;
}

/** The machine that began the run, and those that went on with it. */
function recordProvenance({ experiment, dataset, backend, out }: TrainingStage): void {
  const file = runPaths(out).provenance;
  const own = provenance(experiment.seed, datasetChecksum(dataset.manifest), backend);
  if (!existsSync(file)) return writeJsonAtomic(file, own);
  const first = readJson(file) as { dataChecksum?: unknown; resumed?: unknown };
  if (first.dataChecksum !== own.dataChecksum) {
    throw new InputError(`${out} was trained on another data set than ${dataset.folder}`);
  }
  const { kit, commit, node, machine, started } = own;
  const resumed = Array.isArray(first.resumed) ? (first.resumed as unknown[]) : [];
  const again = { kit, commit, node, backend, machine, started };
  writeJsonAtomic(file, { ...first, resumed: [...resumed, again] });
}

function lesser(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
