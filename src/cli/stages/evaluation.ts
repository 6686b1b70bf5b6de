/** The stage that lets a model plan, and keeps what it answered. */
import type { Backend } from '../../engine/backends.ts';
import { InputError } from '../../../envs/inputError.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import { datasetChecksum, exampleAt, readSplit } from '../../data/dataset.ts';
import { evaluate, type EvaluationExample } from '../../evaluation/evaluate.ts';
import {
  evaluationFolder,
  readEvaluationSettings,
  writeEvaluation,
  type EvaluationSettings,
} from '../../evaluation/evaluation.ts';
import { forcedExamples } from '../../evaluation/forced.ts';
import { hasUnfinished, openUnfinished } from '../../evaluation/unfinished.ts';
import type { Experiment } from '../../experiment.ts';
import { sha256 } from '../../files.ts';
import { firstDifference } from '../../firstDifference.ts';
import { acquireLock } from '../../lock.ts';
import { asked, drawnBy, nameOf, ownDecoding, type Decoding } from './decoding.ts';
import { checkPrecision } from './engine.ts';
import type { Planner } from './model.ts';
import type { Checkpoint } from '../../training/checkpoint.ts';
import { bytesOf } from '../../training/safetensors.ts';
import type { Session } from '../session.ts';
import type { Dataset } from './data.ts';

/** Nondeterministic A* runs per task that ILR compares with. */
const REFERENCE_RUNS = 10;

export interface EvaluationStage {
  readonly experiment: Experiment;
  readonly checkpoint: Checkpoint;
  /** Of this checkpoint; the caller frees it. */
  readonly planner: Planner;
  /** Where the weights come from, if not from the run's own training. */
  readonly source?: string | undefined;
  readonly dataset: Dataset;
  readonly backend: Pick<Backend, 'name' | 'devices'>;
  /** Folder of the run. */
  readonly out: string;
  readonly decoding: Decoding;
}

/**
 * Evaluates each mode that has not been evaluated so, going on where one was stopped, and returns the
 * names of all.
 * @throws InputError if the model can't read the data set, the split holds no tasks, the backend has
 *   not the precision, or another process works on the evaluation
 */
export async function evaluateModes(stage: EvaluationStage, session: Session): Promise<string[]> {
  const { experiment, checkpoint, source, dataset, out, decoding } = stage;
  checkVocabulary(checkpoint, dataset);
  const names: string[] = [];
  const sha = sha256(bytesOf(checkpoint.params));
  const open: { name: string; settings: EvaluationSettings }[] = [];
  const available = dataset.manifest.splits[decoding.split].rows;
  for (const { mode, corruption } of asked(decoding)) {
    const settings: EvaluationSettings = {
      mode,
      ...drawnBy(decoding),
      corruption,
      referenceRuns: REFERENCE_RUNS,
      tasks: Math.min(decoding.tasks, available),
      vocabulary: checkpoint.vocabulary,
      dataset: datasetChecksum(dataset.manifest),
      checkpoint: { step: checkpoint.step, sha256: sha, ...(source !== undefined && { source }) },
    };
    const name = nameOf({ mode, corruption }, decoding, { experiment, available });
    names.push(name);
    const before = readEvaluationSettings(out, name);
    const done = before !== null && firstDifference(before, settings) === null;
    if (!done) open.push({ name, settings });
    else if (hasUnfinished(out, name, settings)) {
      await locked(out, name, () => openUnfinished(out, name, settings).remove());
    }
  }
  if (open.length === 0) return names;
  const { precision } = decoding;
  const isOwn = precision === ownDecoding(experiment).precision;
  checkPrecision(precision, stage.backend, isOwn ? 'evaluation.precision' : '--precision');

  const { tasks } = open[0]!.settings;
  if (tasks === 0) {
    throw new InputError(`${dataset.folder}: its ${decoding.split} split holds no tasks`);
  }
  const split = readSplit(dataset.folder, decoding.split);
  const examples = Array.from({ length: tasks }, (_, i) => exampleAt(split, i));
  const rollout = stage.planner(precision);
  for (const { name, settings } of open) {
    await locked(out, name, async () => {
      const unfinished = openUnfinished(out, name, settings);
      const { mode, corruption } = settings;
      const what = corruption === undefined ? mode : `behind traces, ${corruption}`;
      const own = forced(examples, settings, dataset);
      const records = await session.track(`planning ${what}`, 'tasks', (onProgress) =>
        evaluate(own, rollout, {
          ...settings,
          vocabulary: createVocabulary(checkpoint.vocabulary),
          finished: unfinished,
          onProgress,
          signal: session.signal,
        }),
      );
      writeEvaluation(out, { name, settings, records });
      unfinished.remove();
    });
  }
  return names;
}

/** @throws InputError if the corruption is possible in none of the tasks */
function forced(
  examples: readonly EvaluationExample[],
  { corruption, maxTokens, vocabulary }: EvaluationSettings,
  { folder, manifest }: Dataset,
): readonly EvaluationExample[] {
  if (corruption === undefined) return examples;
  const found = forcedExamples(examples, {
    corruption,
    maxTokens,
    vocabulary: createVocabulary(vocabulary),
    written: createVocabulary(manifest.vocabulary),
  });
  if (found.length > 0) return found;
  throw new InputError(
    `--corrupt: none of ${examples.length} tasks of ${folder} allows ${corruption}`,
  );
}

/** @throws InputError if another process works on the evaluation */
async function locked(out: string, name: string, work: () => Promise<void> | void): Promise<void> {
  const release = acquireLock(evaluationFolder(out, name));
  try {
    await work();
  } finally {
    release();
  }
}

/** @throws InputError if the model can't read the data set's tokens */
export function checkVocabulary(
  { vocabulary }: Pick<Checkpoint, 'vocabulary'>,
  { folder, manifest }: Dataset,
): void {
  const own = manifest.vocabulary;
  if (own.environment !== vocabulary.environment) {
    throw new InputError(
      `${folder}: holds ${own.environment} tasks, but the model was trained on ${vocabulary.environment}`,
    );
  }
  // Ids of coordinates come before those of costs, so boards that are smaller read alike.
  if (own.coordinates > vocabulary.coordinates) {
    throw new InputError(
      `${folder}: has another vocabulary: coordinates up to ${own.coordinates - 1}, ` +
        `but the model knows them up to ${vocabulary.coordinates - 1}`,
    );
  }
}
