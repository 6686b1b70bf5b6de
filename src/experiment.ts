/**
 * An experiment: everything that decides what a run computes, as one plain JSON record.
 *
 * `experiments/<name>.ts` states only what differs from the defaults here; a run keeps the full
 * record. Defaults follow Dualformer (arXiv 2410.09918) where the paper states them.
 */
import { z } from 'zod';
import { count, drawingFields, droppingSchema, fraction } from './experimentFields.ts';
import { improvementFault, improvementSchema } from './improvementSettings.ts';
import { OPTIMIZER_NAMES } from './optimizers/index.ts';

const range = z
  .tuple([fraction, fraction])
  .refine(([low, high]) => low <= high, 'the first share must not exceed the second');

const mazeData = z.strictObject({
  environment: z.literal('maze'),
  width: count.min(2).max(100),
  height: count.min(2).max(100),
  /** Share of cells that are walls, drawn uniformly by count. */
  walls: range.default([0.3, 0.5]),
});

const sokobanData = z.strictObject({
  environment: z.literal('sokoban'),
  /** Cells, border included. */
  width: count.min(5).max(20).default(7),
  height: count.min(5).max(20).default(7),
  boxes: count.max(8).default(2),
  /** Inner walls. */
  walls: z.number().int().min(0).default(2),
});

export const taskSettingsSchema = z.discriminatedUnion('environment', [mazeData, sokobanData]);

export const dataSchema = z.strictObject({
  task: taskSettingsSchema,
  /** Tasks per split. */
  trainCount: count.default(10_000),
  validationCount: z.number().int().min(0).default(500),
  testCount: z.number().int().min(0).default(500),
  /** Tasks that are tried on each random layout; the acceptable ones are kept. */
  tasksPerLayout: count.max(100).default(1),
  /** Searches that shuffle children and break ties at random. */
  nondeterministic: z.boolean().default(false),
  /** Tasks whose reasoning and plan together are longer are not kept. */
  maxTokens: count.default(10_000),
  /**
   * Words for boards up to this side, so that a model reads larger ones than it was trained on; for
   * the task's own board unless given.
   */
  vocabularySide: count.max(100).optional(),
  seed: z.union([z.number().int(), z.string()]).default(1),
});

export const modelSchema = z.union([
  z.enum(['tiny', 's', 'm-s', 'l', 'xl-2']),
  z
    .strictObject({
      dim: count,
      encoderLayers: count,
      decoderLayers: count,
      heads: count,
      ffnDim: count,
    })
    .refine(({ dim, heads }) => dim % (2 * heads) === 0, {
      message: 'must be an even multiple of heads',
      path: ['dim'],
    }),
]);

export const trainingSchema = z.strictObject({
  steps: count.default(400_000),
  /** Sequences per step. */
  batchSize: count.default(16),
  learningRate: z.number().positive().default(2.5e-4),
  warmupSteps: z.number().int().min(0).default(2_000),
  /** Cosine decay ends at this share of the learning rate. */
  finalLearningRate: fraction.default(0.1),
  /** AdamW unless given. */
  optimizer: z.enum(OPTIMIZER_NAMES).optional(),
  betas: z.tuple([fraction, fraction]).default([0.9, 0.99]),
  weightDecay: z.number().min(0).default(0.01),
  /** Largest norm of the whole gradient; null does not clip. */
  clipNorm: z.number().positive().nullable().default(null),
  /** Of matrix products; bf16 keeps weights and everything else in fp32. */
  precision: z.enum(['fp32', 'bf16']).default('fp32'),
  /** Parts that a batch is computed in side by side; more than threads bring nothing. */
  parts: count.default(4),
  /** Rounds in which a batch is computed one after the other; more of them need less memory. */
  rounds: count.default(1),
  dropping: droppingSchema.default('dualformer'),
  /**
   * Trains on the first so many training tasks only, so that one data set serves experiments with
   * different numbers of them; on all unless given.
   */
  examples: count.nullish().transform((examples) => examples ?? undefined),
  /** Whether every sequence weighs the same in the loss, or every token. */
  weighting: z.enum(['sequence', 'token']).default('sequence'),
  /** Batches of similar lengths; false mixes all lengths, at the price of padding. */
  sorted: z.boolean().default(true),
  /** Steps between two checkpoints, each with the validation loss. */
  checkpointEvery: count.default(1_000),
  /** Stops early, in minutes of training; null trains all steps. */
  maxMinutes: z.number().positive().nullable().default(null),
});

const evaluationFields = z.strictObject({
  split: z.enum(['validation', 'test']).default('test'),
  /** Tasks of the split, the first ones. */
  tasks: count.default(400),
  modes: z
    .array(z.enum(['slow', 'fast', 'auto']))
    .min(1)
    .default(['slow', 'fast', 'auto']),
  /** Responses per task; 1 with temperature 0 is greedy. */
  samples: count.default(64),
  temperature: z.number().min(0).default(1),
  ...drawingFields,
  /** Longest response in tokens. */
  maxTokens: count.default(10_000),
  /** Solved tasks that the report draws, per mode. */
  drawings: z.number().int().min(0).default(3),
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
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/i, 'letters, digits, ".", "_" and "-" only'),
  description: z.string().default(''),
  /** What the experiment can show and what not, for the report. */
  notes: z.string().default(''),
  /** Of initial weights, batches, dropping and sampling. */
  seed: z.union([z.number().int(), z.string()]).default(1),
  data: dataSchema,
  model: modelSchema.default('s'),
  training: trainingSchema.prefault({}),
  evaluation: evaluationSchema.prefault({}),
  /** Of the native engine; null takes all cores. */
  threads: count.nullable().default(null),
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
export type Mode = EvaluationSettings['modes'][number];
export type Experiment = z.infer<typeof experimentFields>;
/** What a file in `experiments` states: only the differences from the defaults. */
export type ExperimentInput = z.input<typeof experimentFields>;
