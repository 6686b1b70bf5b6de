/**
 * A study: a question, and a grid of experiments that answers it, as one plain JSON record. Every
 * cell changes some settings of a common base and is trained with every seed; `kit sweep` runs them.
 *
 * Children of a sweep have one thread each, so batches are computed in one part unless the study says
 * otherwise.
 */
import { z } from 'zod';
import { CORRUPTIONS } from '../traces/corruptions.ts';
import { MODES } from '../traces/modes.ts';
import { METRICS, type MetricName } from './evaluation/metrics.ts';
import { checkDraws, type ExperimentInput } from './experiment.ts';
import { decimal, drawingFields, modes, nameSchema, whole } from './experimentFields.ts';
import { LIMITS } from './limits.ts';

/** The whole study, beside its cells. */
export const STUDY_FILE = 'study.json';

const name = nameSchema();

const settings = z.record(z.string(), z.unknown());

/** Of responses behind corrupted traces. */
const BEHIND_TRACES = {
  samples: 1,
  temperature: 0,
  topK: undefined,
  topP: undefined,
  modes: ['slow'],
} as const;

/** Its data are told in the form of `data`. */
const evaluationSchema = <Data extends z.ZodType>(data: Data) =>
  z
    .strictObject({
      /** Names its records. */
      label: name,
      split: z.enum(['validation', 'test']).default('test'),
      tasks: whole(LIMITS.tasks),
      samples: whole(LIMITS.samples),
      temperature: decimal(LIMITS.temperature),
      ...drawingFields,
      maxTokens: whole(LIMITS.responseTokens).optional(),
      /** Those of them that the cell's own evaluation has; all of these unless given. */
      modes: modes.optional(),
      data: data.optional(),
      /** What is done to A*'s traces, which greedy responses in slow mode are made to begin with. */
      corrupt: z.array(z.enum(CORRUPTIONS)).min(1).optional(),
    })
    .superRefine((evaluation, issues) => {
      if (evaluation.corrupt === undefined) return;
      for (const [field, needed] of Object.entries(BEHIND_TRACES)) {
        const given = evaluation[field as keyof typeof BEHIND_TRACES];
        const held = JSON.stringify(needed);
        if (given === undefined || JSON.stringify(given) === held) continue;
        const message = `must be ${held ?? 'left out'} where traces are corrupted`;
        issues.addIssue({ code: 'custom', path: [field], message });
      }
    })
    .superRefine(checkDraws);

const listOf = <Evaluation extends z.ZodType<{ readonly label: string }>>(one: Evaluation) =>
  z
    .array(one)
    .refine(
      (all) => new Set(all.map(({ label }) => label)).size === all.length,
      'two evaluations have the same label',
    );

/** More evaluations of every cell, besides the experiments' own; of data, what differs from the cell's. */
const studyEvaluationsSchema = listOf(evaluationSchema(settings));

/** The same for one run; of data, the folder of a data set. */
export const evaluationListSchema = listOf(evaluationSchema(z.string())).refine(
  (all) => all.length > 0,
  'must list one evaluation or more',
);

export type ListedEvaluation = z.infer<typeof evaluationListSchema>[number];

/** A method: a cell's model in one mode. */
const methodSchema = z.strictObject({
  cell: name,
  mode: z.enum(MODES),
  /** Another study that the cell is of; it stands in `beside`. */
  study: name.optional(),
});

/** What a paper says, or a reader suspects, as something that numbers can bear out or contradict. */
const claimSchema = z.strictObject({
  text: z.string().trim().min(1),
  metric: z.enum(Object.keys(METRICS) as [MetricName, ...MetricName[]]),
  of: methodSchema,
  to: methodSchema,
  /** Label of the evaluation; the cells' own unless given. */
  evaluation: name.optional(),
  /** That `of` has more, or less, of the metric than `to`. */
  expect: z.enum(['more', 'fewer']),
  /** The numbers that were published, in words. */
  published: z.string().optional(),
});

export const studySchema = z.strictObject({
  name,
  question: z.string().default(''),
  /** Pilots, reasons, what the study can show and what not. */
  notes: z.string().default(''),
  /** An experiment without name and seed. */
  base: settings,
  /** By name, what differs from the base. */
  cells: z
    .record(name, settings)
    .refine((cells) => Object.keys(cells).length > 0, 'expected one cell or more'),
  seeds: z
    .array(whole(LIMITS.seed))
    .min(1)
    .refine((seeds) => new Set(seeds).size === seeds.length, 'a seed is given twice')
    .default([1, 2, 3]),
  evaluations: studyEvaluationsSchema.default([]),
  claims: z.array(claimSchema).default([]),
  /** Cells of other studies in the same results folder that belong into its tables, by study. */
  beside: z.record(name, z.array(name).min(1)).default({}),
});

export type Study = z.infer<typeof studySchema>;
export type StudyEvaluation = Study['evaluations'][number];
export type Claim = Study['claims'][number];

/** In which modes an evaluation is made, as far as a cell's own evaluation has them. */
export function modesOf({
  modes,
  corrupt,
}: StudyEvaluation): NonNullable<StudyEvaluation['modes']> {
  return modes ?? (corrupt === undefined ? [...MODES] : ['slow']);
}

/** What a file in `experiments/studies` states. */
export type StudyInput = Omit<z.input<typeof studySchema>, 'base' | 'cells'> & {
  readonly base: Omit<ExperimentInput, 'name' | 'seed'>;
  readonly cells: Readonly<Record<string, DeepPartial<ExperimentInput>>>;
};

type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DeepPartial<T[K]> }
    : T;

export interface Cell {
  /** Of the cell in the study. */
  readonly cell: string;
  readonly seed: number;
  /** Of its folder: `<cell>-s<seed>`. */
  readonly folder: string;
  /** Not yet checked. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** All cells with the first seed, then all with the next, so that a sweep cut short has whole seeds. */
export function expandStudy({ name, question, notes, base, cells, seeds }: Study): Cell[] {
  const first = merged({ description: question, notes, training: { parts: 1 } }, base);
  return seeds.flatMap((seed) =>
    Object.entries(cells).map(([cell, overrides]) => {
      const folder = `${cell}-s${seed}`;
      const input = { ...merged(first, overrides), name: `${name}-${folder}`, seed };
      return { cell, seed, folder, input };
    }),
  );
}

/** Settings of several forms, of which parts do not mix. */
const WHOLE: ReadonlySet<string> = new Set([
  'training.dropping',
  'improvement.method',
  'improvement.dropping',
]);

/**
 * `base` with what `overrides` states: records are merged, everything else is replaced. A task of
 * another environment replaces the base's.
 */
export function merged(base: Plain, overrides: Plain, at = ''): Plain {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    const path = at === '' ? key : `${at}.${key}`;
    const held = Object.hasOwn(result, key) ? result[key] : undefined;
    const mixes = isPlain(held) && isPlain(value) && !WHOLE.has(path) && isAlike(held, value);
    result[key] = mixes ? merged(held, value, path) : value;
  }
  return result;
}

type Plain = Readonly<Record<string, unknown>>;

function isAlike(held: Plain, value: Plain): boolean {
  return !Object.hasOwn(value, 'environment') || value['environment'] === held['environment'];
}

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
