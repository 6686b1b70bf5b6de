/** The settings of rounds of training on a model's own responses. */
import { z } from 'zod';
import { dropStrategy } from '../traces/drop.ts';
import { MODES } from '../traces/modes.ts';
import type { Experiment, TrainingSettings } from './experiment.ts';
import { decimal, drawingFields, droppingSchema, seed, whole } from './experimentFields.ts';
import { LOSSES } from './improvement/losses.ts';
import { DATA_RULES, METHODS, OPTIMIZERS, STARTS } from './improvement/methods.ts';
import type { Method, MethodName } from './improvement/methods.ts';
import { SELECTORS, type SelectorName } from './improvement/selectors.ts';
import { LIMITS } from './limits.ts';

const namesOf = <Name extends string>(record: Readonly<Record<Name, unknown>>) =>
  Object.keys(record) as [Name, ...Name[]];

export const improvementSchema = z.strictObject({
  /** See `improvement/methods.ts` for what each name, and each field in its place, means. */
  method: z
    .union([
      z.enum(namesOf<MethodName>(METHODS)),
      z.strictObject({
        start: z.enum(STARTS),
        optimizer: z.enum(OPTIMIZERS),
        data: z.enum(DATA_RULES),
        select: z.enum(namesOf<SelectorName>(SELECTORS)),
        loss: z.enum(LOSSES),
      }),
    ])
    .default('bootstrapping'),
  rounds: whole(LIMITS.improvementRounds).default(3),
  /** Training tasks that are answered, the first ones; all that training has unless given. */
  tasks: whole(LIMITS.tasks).optional(),
  /** Responses per task and round. */
  samples: whole(LIMITS.samples).default(32),
  mode: z.enum(MODES).default('slow'),
  temperature: decimal(LIMITS.drawingTemperature).default(1),
  ...drawingFields,
  /** Longest response in tokens; the evaluation's unless given. */
  maxTokens: whole(LIMITS.responseTokens).optional(),
  /** Of training, in each round. */
  steps: whole(LIMITS.steps).default(10_000),
  /** Peak of each round's schedule; the training's unless given. */
  learningRate: decimal(LIMITS.learningRate).optional(),
  /** The training's unless given, but at most a fifth of the steps. */
  warmupSteps: whole(LIMITS.warmupSteps).optional(),
  /** What is dropped from the selected traces; nothing unless given. */
  dropping: droppingSchema.default('complete-trace'),
  /** Of samples and batches; the experiment's unless given. */
  seed: seed.optional(),
});

export type ImprovementSettings = z.infer<typeof improvementSchema>;

export function methodOf({ method }: Pick<ImprovementSettings, 'method'>): Method {
  return typeof method === 'string' ? METHODS[method] : method;
}

/** The experiment of the first model, to which a run's own folder belongs. */
export function firstExperiment(experiment: Experiment): Experiment {
  return { ...experiment, improvement: undefined };
}

/** Of the folder that holds the rounds, beside what else the run's folder holds. */
export function improvementName({ method }: Pick<ImprovementSettings, 'method'>): string {
  return typeof method === 'string' ? method : 'improvement';
}

/** With a label of the round; the seed, which a study adds to the names of its cells, stays last. */
function roundName(name: string, label: string, { seed }: Pick<Experiment, 'seed'>): string {
  const suffix = `-s${seed}`;
  return name.endsWith(suffix)
    ? `${name.slice(0, -suffix.length)}-${label}${suffix}`
    : `${name}-${label}`;
}

/** The experiment whose last model is the one after so many rounds. */
export function roundExperiment(
  experiment: Experiment,
  improvement: ImprovementSettings,
  round: number,
): Experiment {
  const label = `${improvementName(improvement)}-${round}`;
  return {
    ...experiment,
    name: roundName(experiment.name, label, experiment),
    improvement: { ...improvement, rounds: round },
  };
}

/** The training of a round, as settings like those of the training before. */
export function roundTraining(
  training: TrainingSettings,
  improvement: ImprovementSettings,
): TrainingSettings {
  const { steps, dropping } = improvement;
  const fifth = Math.floor(steps / 5);
  return {
    ...training,
    steps,
    dropping,
    learningRate: improvement.learningRate ?? training.learningRate,
    warmupSteps: improvement.warmupSteps ?? Math.min(training.warmupSteps, fifth),
    examples: undefined,
    maxMinutes: null,
  };
}

export interface ImprovementFault {
  /** Of the setting, in an experiment. */
  readonly path: readonly string[];
  readonly message: string;
}

/** Why a model of the experiment can't be improved so; null if it can. */
export function improvementFault(
  { training, data }: Pick<Experiment, 'training' | 'data'>,
  improvement: ImprovementSettings,
): ImprovementFault | null {
  const { select } = methodOf(improvement);
  const { probabilities } = dropStrategy(training.dropping, data.task.environment);
  const trained = training.examples ?? data.trainCount;
  if (SELECTORS[select].needsTraces && probabilities[4] === 1) {
    const message = `leaves plans alone, and no traces that ${select} could shorten`;
    return { path: ['training', 'dropping'], message };
  }
  if (SELECTORS[select].needsTraces && improvement.mode === 'fast') {
    const message = `must be slow or auto: ${select} goes by the lengths of traces`;
    return { path: ['improvement', 'mode'], message };
  }
  if (improvement.tasks !== undefined && improvement.tasks > trained) {
    const message = `must be at most ${trained}, the training tasks`;
    return { path: ['improvement', 'tasks'], message };
  }
  return null;
}
