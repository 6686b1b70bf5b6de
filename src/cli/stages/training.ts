/** The stage that trains a model on a data set. */
import { InputError } from '../../../envs/inputError.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import { datasetChecksum, type Examples, firstExamples, readSplit } from '../../data/dataset.ts';
import type { Backend } from '../../engine/backends.ts';
import type { Experiment } from '../../experiment.ts';
import { acquireLock } from '../../lock.ts';
import { modelConfig } from '../../model/config.ts';
import { listCheckpoints, readCheckpoint } from '../../training/checkpoint.ts';
import { readMetrics, secondsTrained } from '../../training/metricsLog.ts';
import { provenance, readProvenance, writeProvenance } from '../../training/provenance.ts';
import { openRun, runPaths } from '../../training/runFolder.ts';
import { checkModel } from '../../training/runModel.ts';
import type { TrainingOutcome } from '../../training/train.ts';
import type { Session } from '../session.ts';
import { writeDataLink, type Dataset } from './data.ts';
import { fit, prepareFitting } from './fitting.ts';

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
  const { vocabulary } = dataset.manifest;
  const config = modelConfig(experiment.model, createVocabulary(vocabulary).size);
  const release = acquireLock(out);
  try {
    const maxMinutes = lesser(training.maxMinutes, stage.budget);
    const finished = finishedTraining(out, experiment, maxMinutes);
    const settings = { training: { ...training, maxMinutes }, seed, config, vocabulary, backend };
    const fitting =
      finished === null
        ? prepareFitting(
            settings,
            trainingExamples(dataset, training.examples),
            readSplit(dataset.folder, 'validation'),
          )
        : null;
    // Only now, so that bad data leave no run behind.
    openRun(out, experiment, { resume: stage.resume });
    if (fitting === null) return finished!;
    recordProvenance(stage);
    writeDataLink(out, dataset);
    return await fit(fitting, { folder: out, label: 'training' }, session);
  } finally {
    release();
  }
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
export function recordProvenance({
  experiment,
  dataset,
  backend,
  out,
}: Pick<TrainingStage, 'experiment' | 'dataset' | 'backend' | 'out'>): void {
  const own = provenance(experiment.seed, datasetChecksum(dataset.manifest), backend);
  const first = readProvenance(out);
  if (first === null) return writeProvenance(out, own);
  if (first.dataChecksum !== own.dataChecksum) {
    throw new InputError(`${out} was trained on another data set than ${dataset.folder}`);
  }
  const { kit, commit, node, machine, started } = own;
  const again = { kit, commit, node, backend, machine, started };
  writeProvenance(out, { ...first, resumed: [...(first.resumed ?? []), again] });
}

function lesser(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}
