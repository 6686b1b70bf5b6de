/**
 * An experiment: everything that decides what a run computes, as one plain JSON record.
 *
 * `experiments/<name>.ts` states only what differs from the defaults here; a run keeps the full
 * record. Defaults follow Dualformer (arXiv 2410.09918) where the paper states them.
 */
import { z } from 'zod';
import { MODES } from '../traces/modes.ts';
import { decimal, drawingFields, droppingSchema, fraction } from './experimentFields.ts';
import { modes, nameSchema, seed, whole } from './experimentFields.ts';
import { improvementFault, improvementSchema } from './improvementSettings.ts';
import { LIMITS } from './limits.ts';
import { LONGEST_EXPERIMENT } from './names.ts';
import { OPTIMIZER_NAMES } from './optimizers/index.ts';

const range = z
  .tuple([fraction, fraction])
  .refine(([low, high]) => low <= high, 'the first share must not exceed the second');

const mazeData = z.strictObject({
  environment: z.literal('maze'),
  width: whole(LIMITS.mazeSide),
  height: whole(LIMITS.mazeSide),
  /** Share of cells that are walls, drawn uniformly by count. */
  walls: range.default([0.3, 0.5]),
});

const sokobanData = z.strictObject({
  environment: z.literal('sokoban'),
  /** Cells, border included. */
  width: whole(LIMITS.sokobanSide).default(7),
  height: whole(LIMITS.sokobanSide).default(7),
  boxes: whole(LIMITS.boxes).default(2),
  /** Inner walls. */
  walls: whole(LIMITS.innerWalls).default(2),
});

export const taskSettingsSchema = z.discriminatedUnion('environment', [mazeData, sokobanData]);

export const dataSchema = z.strictObject({
  task: taskSettingsSchema,
  /** Tasks per split. */
  trainCount: whole(LIMITS.tasks).default(10_000),
  validationCount: whole(LIMITS.heldOutTasks).default(500),
  testCount: whole(LIMITS.heldOutTasks).default(500),
  /** Tasks that are tried on each random layout; the acceptable ones are kept. */
  tasksPerLayout: whole(LIMITS.tasksPerLayout).default(1),
  /** Searches that shuffle children and break ties at random. */
  nondeterministic: z.boolean().default(false),
  /** Tasks whose reasoning and plan together are longer are not kept. */
  maxTokens: whole(LIMITS.traceTokens).default(10_000),
  /**
   * Words for boards up to this side, so that a model reads larger ones than it was trained on; for
   * the task's own board unless given.
   */
  vocabularySide: whole(LIMITS.mazeSide).optional(),
  seed: seed.default(1),
});

export const modelSchema = z.union([
  z.enum(['tiny', 's', 'm-s', 'l', 'xl-2']),
  z
    .strictObject({
      dim: whole(LIMITS.width),
      encoderLayers: whole(LIMITS.layers),
      decoderLayers: whole(LIMITS.layers),
      heads: whole(LIMITS.heads),
      ffnDim: whole(LIMITS.width),
    })
    .refine(({ dim, heads }) => dim % (2 * heads) === 0, {
      message: 'must be an even multiple of heads',
      path: ['dim'],
    }),
]);

export const trainingSchema = z.strictObject({
  steps: whole(LIMITS.steps).default(400_000),
  /** Sequences per step. */
  batchSize: whole(LIMITS.batchSize).default(16),
  learningRate: decimal(LIMITS.learningRate).default(2.5e-4),
  warmupSteps: whole(LIMITS.warmupSteps).default(2_000),
  /** Cosine decay ends at this share of the learning rate. */
  finalLearningRate: fraction.default(0.1),
  /** AdamW unless given. */
  optimizer: z.enum(OPTIMIZER_NAMES).optional(),
  betas: z.tuple([decimal(LIMITS.beta), decimal(LIMITS.beta)]).default([0.9, 0.99]),
  weightDecay: decimal(LIMITS.weightDecay).default(0.01),
  /** Largest norm of the whole gradient; null does not clip. */
  clipNorm: decimal(LIMITS.clipNorm).nullable().default(null),
  /** Of matrix products; bf16 keeps weights and everything else in fp32. */
  precision: z.enum(['fp32', 'bf16']).default('fp32'),
  /** Parts that a batch is computed in side by side; more than threads bring nothing. */
  parts: whole(LIMITS.threads).default(4),
  /** Rounds in which a batch is computed one after the other; more of them need less memory. */
  rounds: whole(LIMITS.batchRounds).default(1),
  dropping: droppingSchema.default('dualformer'),
  /**
   * Trains on the first so many training tasks only, so that one data set serves experiments with
   * different numbers of them; on all unless given.
   */
  examples: whole(LIMITS.tasks)
    .nullish()
    .transform((examples) => examples ?? undefined),
  /** Whether every sequence weighs the same in the loss, or every token. */
  weighting: z.enum(['sequence', 'token']).default('sequence'),
  /** Batches of similar lengths; false mixes all lengths, at the price of padding. */
  sorted: z.boolean().default(true),
  /** Steps between two checkpoints, each with the validation loss. */
  checkpointEvery: whole(LIMITS.steps).default(1_000),
  /** Stops early, in minutes of training; null trains all steps. */
  maxMinutes: decimal(LIMITS.minutes).nullable().default(null),
});

const evaluationFields = z.strictObject({
  split: z.enum(['validation', 'test']).default('test'),
  /** Tasks of the split, the first ones. */
  tasks: whole(LIMITS.tasks).default(400),
  modes: modes.default([...MODES]),
  /** Responses per task; 1 with temperature 0 is greedy. */
  samples: whole(LIMITS.samples).default(64),
  temperature: decimal(LIMITS.temperature).default(1),
  ...drawingFields,
  /** Longest response in tokens. */
  maxTokens: whole(LIMITS.responseTokens).default(10_000),
  /** Solved tasks that the report draws, per mode. */
  drawings: whole(LIMITS.drawings).default(3),
});

/** Greedy responses draw from nothing. */
export function checkDraws(
  evaluation: { readonly temperature: number; readonly topK?: unknown; readonly topP?: unknown },
  issues: z.core.$RefinementCtx,
): void {
  if (evaluation.temperature > 0) return;
  for (const field of ['topK', 'topP'] as const) {
    if (evaluation[field] === undefined) continue;
    issues.addIssue({ code: 'custom', path: [field], message: 'needs a temperature above 0' });
  }
}

export const evaluationSchema = evaluationFields.superRefine(checkDraws);

const experimentFields = z.strictObject({
  name: nameSchema(LONGEST_EXPERIMENT),
  description: z.string().default(''),
  /** What the experiment can show and what not, for the report. */
  notes: z.string().default(''),
  /** Of initial weights, batches, dropping and sampling. */
  seed: seed.default(1),
  data: dataSchema,
  model: modelSchema.default('s'),
  training: trainingSchema.prefault({}),
  evaluation: evaluationSchema.prefault({}),
  /** Of the native engine; null takes all cores. */
  threads: whole(LIMITS.threads).nullable().default(null),
  /**
   * A checkpoint of this experiment, relative to the kit or to the user's file, that plans where
   * the backend is too slow to train one.
   */
  pretrained: z.string().nullable().default(null),
  /** What follows training; the run itself is the model before it. */
  improvement: improvementSchema.nullish().transform((improvement) => improvement ?? undefined),
});

export const experimentSchema = experimentFields.superRefine((experiment, issues) => {
  const fault = experiment.improvement && improvementFault(experiment, experiment.improvement);
  if (!fault) return;
  issues.addIssue({ code: 'custom', path: [...fault.path], message: fault.message });
});

export type TaskSettings = z.infer<typeof taskSettingsSchema>;
export type DataSettings = z.infer<typeof dataSchema>;
export type ModelSettings = z.infer<typeof modelSchema>;
export type DroppingSettings = z.infer<typeof droppingSchema>;
export type TrainingSettings = z.infer<typeof trainingSchema>;
export type EvaluationSettings = z.infer<typeof evaluationSchema>;
export type Experiment = z.infer<typeof experimentFields>;
/** What a file in `experiments` states: only the differences from the defaults. */
export type ExperimentInput = z.input<typeof experimentFields>;
