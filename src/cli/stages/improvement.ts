/** The stage in which a model improves on its own responses, round by round. */
import { existsSync } from 'node:fs';
import { InputError } from '../../../envs/inputError.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import { datasetChecksum, readSplit } from '../../data/dataset.ts';
import { manifestFile } from '../../data/manifest.ts';
import type { Backend } from '../../engine/backends.ts';
import type { Experiment } from '../../experiment.ts';
import { removeLeftovers, sha256 } from '../../files.ts';
import { firstDifference } from '../../firstDifference.ts';
import { improve, type Phases } from '../../improvement/driver.ts';
import type { LossName } from '../../improvement/losses.ts';
import { respondInto } from '../../improvement/responses.ts';
import { checkOrigin, openImprovement, readLedger, roundPaths } from '../../improvement/rounds.ts';
import { writeLedger, type LedgerEntry, type Origin } from '../../improvement/rounds.ts';
import { writeSelectedData } from '../../improvement/selectedData.ts';
import { methodOf, roundExperiment, roundTraining } from '../../improvementSettings.ts';
import type { ImprovementSettings } from '../../improvementSettings.ts';
import { acquireLock } from '../../lock.ts';
import type { Checkpoint } from '../../training/checkpoint.ts';
import { listCheckpoints, readCheckpoint } from '../../training/checkpoint.ts';
import { openRun, runPaths } from '../../training/runFolder.ts';
import { bytesOf } from '../../training/safetensors.ts';
import { formatNumber } from '../progress.ts';
import type { Session } from '../session.ts';
import { writeDataLink, type Dataset } from './data.ts';
import { ownDecoding } from './decoding.ts';
import { checkPrecision } from './engine.ts';
import { evaluateModes } from './evaluation.ts';
import { fit, prepareFitting } from './fitting.ts';
import { withPlanner } from './model.ts';
import { checkRunFolder } from './runFolder.ts';
import { recordProvenance, trainingExamples } from './training.ts';

export interface ImprovementStage {
  /** Without its improvement: that of the first model. */
  readonly experiment: Experiment;
  readonly improvement: ImprovementSettings;
  /** The first model. */
  readonly checkpoint: Checkpoint;
  /** That it was trained on. */
  readonly dataset: Dataset;
  readonly backend: Backend;
  /** Of the rounds. */
  readonly out: string;
}

/** Training with each loss. */
const FITS: Readonly<Record<LossName, typeof fit>> = { 'next-token': fit };

/** A model between rounds. */
interface Trained {
  readonly checkpoint: Checkpoint;
  /** That its optimiser has seen. */
  readonly updates: number;
}

/**
 * Does what is not done yet, of a stage that `checkImprovement` has let pass.
 * @returns the folders of the rounds, each a run
 * @throws InputError if the folder holds other rounds by now or is in use, nothing was selected, or a stage
 *   of a round can't be done
 */
export async function improveModel(stage: ImprovementStage, session: Session): Promise<string[]> {
  const { experiment, improvement, checkpoint, dataset, out } = stage;
  const { rounds } = improvement;
  const release = acquireLock(out);
  try {
    removeLeftovers(out);
    openImprovement(out, originOf(stage));
    await improve<Trained>(
      {
        method: methodOf(improvement),
        rounds,
        first: { checkpoint, updates: checkpoint.step },
        tasks: () => trainingExamples(dataset, improvement.tasks ?? experiment.training.examples),
      },
      phasesOf(stage, session),
    );
    return Array.from({ length: rounds }, (_, i) => roundPaths(out, i + 1).run);
  } finally {
    release();
  }
}

/**
 * What would stop the stage, told before hours of evaluation.
 * @throws InputError if the folder holds other rounds, the model can't learn from the data or go on with
 *   its optimiser, or the backend has not the precision
 */
export function checkImprovement(stage: ImprovementStage): void {
  const { experiment, improvement, checkpoint, dataset, backend, out } = stage;
  const { vocabulary } = dataset.manifest;
  const difference = firstDifference(checkpoint.vocabulary, vocabulary, 'vocabulary');
  if (difference !== null) {
    throw new InputError(
      `${dataset.folder}: is not what the model can learn from: its ${difference}`,
    );
  }
  if (methodOf(improvement).optimizer === 'keep' && checkpoint.optimizer === null) {
    throw new InputError(
      'the weights come without the state of their optimiser, as exported ones do: ' +
        'improve the run itself, or add --fresh-optimizer',
    );
  }
  checkPrecision(improvement.precision, backend, 'improvement.precision');
  checkOrigin(out, originOf(stage));
  for (let round = 1; round <= improvement.rounds; round++) {
    const { run } = roundPaths(out, round);
    const own = roundExperiment(experiment, improvement, round);
    checkRunFolder(run, own, { resume: true, ownData: true });
  }
}

function originOf({ improvement, checkpoint, dataset }: ImprovementStage): Origin {
  const { rounds: _, ...settings } = improvement;
  return {
    schema: 1,
    settings,
    step: checkpoint.step,
    weights: sha256(bytesOf(checkpoint.params)),
    dataset: datasetChecksum(dataset.manifest),
  };
}

function phasesOf(stage: ImprovementStage, session: Session): Phases<Trained> {
  const { experiment, improvement, dataset, out } = stage;
  return {
    selected(round) {
      const { data } = roundPaths(out, round);
      const isDone = existsSync(manifestFile(data)) && entryOf(out, round) !== undefined;
      return isDone ? () => readSplit(data, 'train') : null;
    },
    respond: (round, { model, tasks }) => respond(stage, { round, model, tasks }, session),
    keep(round, { examples, counts }) {
      writeLedger(out, { round, ...counts });
      // Last, since selection is done once the data are there.
      writeSelectedData(roundPaths(out, round).data, examples, dataset.manifest);
      session.note(
        `round ${round}: ${formatNumber(counts.newRows)} of ${formatNumber(counts.rows)} answers ` +
          `are new, ${meanTokens(counts.traceTokens)} trace tokens after ` +
          meanTokens(counts.storedTraceTokens),
      );
    },
    train: (round, from) => trainRound(stage, { round, ...from }, session),
    async evaluate(round, { checkpoint }) {
      const { backend } = stage;
      const experimentAfter = roundExperiment(experiment, improvement, round);
      const decoding = ownDecoding(experimentAfter);
      const { run } = roundPaths(out, round);
      const own = { experiment: experimentAfter, checkpoint, dataset, backend, out: run, decoding };
      await withPlanner(checkpoint, backend, (planner) =>
        evaluateModes({ ...own, planner }, session),
      );
    },
  };
}

async function respond(
  { experiment, improvement, backend, out }: ImprovementStage,
  { round, model, tasks }: { round: number; model: Trained } & Pick<Asked, 'tasks'>,
  session: Session,
) {
  const { checkpoint } = model;
  const { run, rollouts } = roundPaths(out, round);
  openRun(run, roundExperiment(experiment, improvement, round), { resume: true });
  const { form, maxTokens = experiment.evaluation.maxTokens } = improvement;
  return withPlanner(checkpoint, backend, (planner) =>
    session.track(`round ${round}: answering`, 'tasks', (onProgress) =>
      respondInto(rollouts, tasks, {
        ...improvement,
        form: form === 'any' ? undefined : form,
        maxTokens,
        seed: seedOf(experiment, improvement, round),
        vocabulary: createVocabulary(checkpoint.vocabulary),
        rollout: planner(improvement.precision),
        onProgress,
        signal: session.signal,
      }),
    ),
  );
}

type Asked = Parameters<Phases<Trained>['respond']>[1];
type From = Parameters<Phases<Trained>['train']>[1];

async function trainRound(
  { experiment, improvement, dataset, backend, out }: ImprovementStage,
  { round, start, data }: From & { readonly round: number },
  session: Session,
): Promise<Trained> {
  const { run } = roundPaths(out, round);
  const training = roundTraining(experiment.training, improvement);
  const { loss, optimizer: rule } = methodOf(improvement);
  const isFresh = rule === 'fresh';
  const { params, optimizer, config, vocabulary } = start.checkpoint;
  const updates = isFresh ? 0 : start.updates;
  const newest = () => listCheckpoints(runPaths(run).checkpoints).at(-1);
  const entry = entryOf(out, round);
  const isDone = newest()?.step === training.steps;
  if (!isDone || entry?.training === undefined) {
    const examples = data();
    if (examples.count === 0) {
      throw new InputError(
        `round ${round}: none of the responses was selected, so there is nothing to learn from`,
      );
    }
    const seed = seedOf(experiment, improvement, round);
    const settings = { training, seed, config, vocabulary, backend };
    // The loss on A*'s traces would rise where a model learns to do without parts of them.
    const fitting = prepareFitting(settings, examples, null);
    if (!isDone) {
      const own = roundExperiment(experiment, improvement, round);
      recordProvenance({ experiment: own, dataset, backend, out: run });
      writeDataLink(run, dataset);
      const from = { params, optimizer: isFresh ? null : optimizer, updates };
      const label = `round ${round}: training`;
      await FITS[loss](fitting, { folder: run, start: from, label }, session);
    }
    let tokens = 0;
    for (let step = 0; step < training.steps; step++) tokens += fitting.batches.at(step).tokens;
    if (entry !== undefined) {
      writeLedger(out, { ...entry, training: { steps: training.steps, tokens } });
    }
  }
  return { checkpoint: readCheckpoint(newest()!.file), updates: updates + training.steps };
}

function entryOf(out: string, round: number): LedgerEntry | undefined {
  return readLedger(out).find((each) => each.round === round);
}

function seedOf({ seed }: Experiment, improvement: ImprovementSettings, round: number): string {
  return `${improvement.seed ?? seed}, round ${round}`;
}

function meanTokens(mean: number | null): string {
  return mean === null ? 'no' : formatNumber(mean);
}
