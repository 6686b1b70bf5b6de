/** What an experiment will take: tokens and memory from its batches, time from some real ones. */
import { createRng } from '../../../envs/rng.ts';
import { paddingOf, splitBatch, type Batch } from '../../data/batch.ts';
import { createBatches, type Batches } from '../../data/batches.ts';
import { firstExamples } from '../../data/dataset.ts';
import { listAt } from '../../data/examples.ts';
import { meanLength, responseShares } from '../../data/lengths.ts';
import type { Backend } from '../../engine/backends.ts';
import { MODE_PREFIX, type Mode } from '../../../traces/modes.ts';
import type { Experiment } from '../../experiment.ts';
import { modelConfig, type ModelConfig } from '../../model/config.ts';
import { initialParams, paramCount } from '../../model/params.ts';
import { createRollouts } from '../../model/rollout.ts';
import { OPTIMIZERS, USUAL_OPTIMIZER } from '../../optimizers/index.ts';
import { updateBytes } from '../../training/memory.ts';
import { learningRateAt } from '../../training/schedule.ts';
import { blocksOf, createTrainer } from '../../training/trainer.ts';
import { batchOptions } from '../stages/fitting.ts';
import type { Sample } from './sample.ts';

export interface Foreseen {
  readonly params: number;
  readonly trainingTasks: number;
  readonly steps: number;
  readonly passes: number;
  /** Prompts and responses, without padding. */
  readonly tokensPerStep: number;
  /** Share of what is computed. */
  readonly padding: number;
  /** At the peak of an update. */
  readonly bytes: number;
}

/** Of some batches and responses that were computed. */
export interface Speed {
  /** Of training, padding not counted. */
  readonly tokensPerSecond: number;
  /** Of responses. */
  readonly planTokensPerSecond: number;
}

/** An evaluation of the experiment's model. */
export interface Planning {
  readonly modes: readonly Mode[];
  readonly tasks: number;
  readonly samples: number;
}

interface Prepared {
  readonly config: ModelConfig;
  readonly batches: Batches;
  readonly parts: number;
  readonly rounds: number;
  readonly pieces: (step: number) => Batch[];
}

/** Batches that tokens and padding are counted in. */
const COUNTED = 256;

export function foresee(experiment: Experiment, sample: Sample): Foreseen {
  const { training, data } = experiment;
  const { config, batches, parts, rounds, pieces } = prepare(experiment, sample);
  const counted = Array.from({ length: Math.min(COUNTED, batches.batchesPerPass) }, (_, step) =>
    pieces(step),
  );
  const tokens = tokensIn(counted.flat());
  const trainingTasks = training.examples ?? data.trainCount;
  const longest = {
    B: Math.ceil(training.batchSize / rounds),
    P: batches.ladder.prompts.at(-1)!,
    T: batches.ladder.responses.at(-1)!,
  };
  return {
    params: paramCount(config),
    trainingTasks,
    steps: training.steps,
    passes: (training.steps * training.batchSize) / trainingTasks,
    tokensPerStep: tokens / counted.length,
    padding: paddingOf(counted.flat()),
    bytes: updateBytes(config, longest, parts),
  };
}

/** Tokens of all responses, if they are as long as the traces and plans of training. */
export function tokensToPlan(
  experiment: Experiment,
  { examples, vocabulary }: Sample,
  { modes, tasks, samples }: Planning,
): number {
  const whole = meanLength(responseShares(examples, batchOptions(experiment.training, vocabulary)));
  const plan = examples.plan.ids.length / examples.count + 2;
  const perTask = modes.reduce((sum, mode) => sum + (mode === 'fast' ? plan : whole), 0);
  return perTask * tasks * samples;
}

/** Batches that are computed over and over, since the first time at a length takes longer. */
const BATCHES = 12;
const ROUNDS = 3;
/** About how long the batches may take, and how many multiplications the responses. */
const SECONDS = 20;
const WORK = 3e10;

/**
 * Trains and plans for some seconds with weights that nobody keeps. Of several times the shortest
 * counts: what else the machine did then is not the experiment's.
 */
export async function measureSpeed(
  experiment: Experiment,
  sample: Sample,
  backend: Pick<Backend, 'threads'>,
): Promise<Speed> {
  const prepared = prepare(experiment, sample);
  const params = initialParams(prepared.config, createRng(experiment.seed).split('weights'));
  return {
    tokensPerSecond: await trainingSpeed(experiment, prepared, params),
    planTokensPerSecond: await planningSpeed(experiment, sample, {
      params,
      config: prepared.config,
      parts: backend.threads,
    }),
  };
}

async function trainingSpeed(
  { training }: Experiment,
  { config, batches, parts, rounds, pieces }: Prepared,
  params: Float32Array,
): Promise<number> {
  const optimizer = await OPTIMIZERS[training.optimizer ?? USUAL_OPTIMIZER]();
  const trainer = createTrainer(
    { params },
    {
      config,
      optimizer,
      settings: training,
      parts,
      accumulate: rounds > 1,
      blocks: blocksOf(batches.ladder),
      precision: training.precision,
    },
  );
  let step = 0;
  const secondsOf = (batch: readonly Batch[]): number => {
    const began = performance.now();
    trainer.update(batch, ++step, learningRateAt(step, training));
    return (performance.now() - began) / 1000;
  };
  try {
    const first = pieces(0);
    secondsOf(first);
    const affordable = Math.floor(SECONDS / ROUNDS / secondsOf(first));
    const count = Math.max(1, Math.min(BATCHES, affordable, batches.batchesPerPass));
    const measured = Array.from({ length: count }, (_, i) => pieces(i));
    const shortest = measured.map(() => Infinity);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, batch] of measured.entries()) {
        shortest[i] = Math.min(shortest[i]!, secondsOf(batch));
      }
    }
    return tokensIn(measured.flat()) / shortest.reduce((sum, seconds) => sum + seconds, 0);
  } finally {
    trainer.dispose();
  }
}

async function planningSpeed(
  experiment: Experiment,
  sample: Sample,
  model: Parameters<typeof createRollouts>[0],
): Promise<number> {
  const { examples } = sample;
  const { samples } = experiment.evaluation;
  const tasks = Math.min(examples.count, Math.max(1, Math.floor(1024 / samples)));
  const requests = Array.from({ length: tasks }, (_, i) => ({
    id: String(i),
    prompt: listAt(examples.prompt, i),
  }));
  const responses = tasks * samples;
  const mean = tokensToPlan(experiment, sample, { modes: ['slow'], tasks: 1, samples: 1 });
  const affordable = Math.max(16, WORK / responses / model.params.length);
  const maxTokens = Math.ceil(Math.min(mean, affordable));
  const { respond, dispose } = createRollouts(model);
  try {
    const prefix = MODE_PREFIX.auto;
    const choice = { prefix, samples, temperature: 1, maxTokens, seed: 'speed', end: null };
    let shortest = Infinity;
    for (let round = 0; round < ROUNDS - 1; round++) {
      const began = performance.now();
      await respond(requests, choice);
      shortest = Math.min(shortest, (performance.now() - began) / 1000);
    }
    return (responses * maxTokens) / shortest;
  } finally {
    dispose();
  }
}

function tokensIn(pieces: readonly Batch[]): number {
  return pieces.reduce((sum, piece) => sum + piece.tokens, 0);
}

function prepare({ model, training, seed }: Experiment, sample: Sample): Prepared {
  const { vocabulary } = sample;
  const { examples, rounds } = training;
  const tasks =
    examples === undefined
      ? sample.examples
      : firstExamples(sample.examples, Math.min(examples, sample.examples.count));
  const batches = createBatches(tasks, { ...batchOptions(training, vocabulary), seed });
  const parts = Math.min(training.parts, training.batchSize);
  return {
    config: modelConfig(model, vocabulary.size),
    batches,
    parts,
    rounds,
    pieces: (step) => splitBatch(batches.at(step), parts * rounds),
  };
}
