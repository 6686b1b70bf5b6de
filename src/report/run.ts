/** What a report reads of a run's folder; nothing here needs a model. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { type Evaluation, listEvaluations, readEvaluation } from '../evaluation/evaluation.ts';
import { readLog } from '../sealedLog.ts';
import { checkShape } from '../shape.ts';
import { type HeldProvenance, readProvenance } from '../training/provenance.ts';
import { readSettings, runPaths } from '../training/runFolder.ts';

/** The settings of an experiment that a report shows; others are let through. */
const experimentSchema = z.looseObject({
  name: z.string(),
  description: z.string().default(''),
  /** Free text for the report: what the experiment can show and what not. */
  notes: z.string().default(''),
  seed: z.union([z.number(), z.string()]),
  data: z.looseObject({
    task: z.looseObject({
      environment: z.string(),
      width: z.number(),
      height: z.number(),
      /** Maze: share of cells, from and to. Sokoban: inner walls. */
      walls: z.union([z.tuple([z.number(), z.number()]), z.number()]).optional(),
      boxes: z.number().optional(),
    }),
    trainCount: z.number(),
    /** The largest board that the vocabulary has words for, if it is not the task's. */
    vocabularySide: z.number().optional(),
    nondeterministic: z.boolean().default(false),
  }),
  model: z.union([z.string(), z.looseObject({ dim: z.number() })]),
  training: z.looseObject({
    steps: z.number(),
    batchSize: z.number(),
    learningRate: z.number(),
    optimizer: z.string().optional(),
    examples: z.number().optional(),
    dropping: z.union([z.string(), z.looseObject({})]),
  }),
  /** Of the model after so many rounds. */
  improvement: z
    .looseObject({
      method: z.union([z.string(), z.looseObject({})]),
      rounds: z.number(),
      samples: z.number(),
      steps: z.number(),
    })
    .optional(),
  evaluation: z.looseObject({ drawings: z.number().int().min(0).default(3) }),
});

export type ReportedExperiment = z.infer<typeof experimentSchema>;

const trainingLine = z.looseObject({
  step: z.number(),
  loss: z.number(),
  tokens: z.number().optional(),
  tokensPerSecond: z.number().optional(),
  seconds: z.number().optional(),
});
const validationLine = z.looseObject({ step: z.number(), validationLoss: z.number() });

/** Loss in nats per token. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

export interface Run {
  /** As it was given. */
  readonly folder: string;
  readonly experiment: ReportedExperiment;
  readonly training: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
  /** Seconds of training and tokens a second, as far as they were logged. */
  readonly seconds: number | null;
  readonly tokensPerSecond: number | null;
  /** That were trained on, padding left out, as far as they were logged. */
  readonly tokens: number | null;
  /** {} if the run wrote none. */
  readonly provenance: HeldProvenance;
  readonly evaluations: readonly Evaluation[];
}

/**
 * @param wanted which evaluations, by name
 * @throws InputError naming the file, and its line and field
 */
export function readRun(folder: string, wanted: (name: string) => boolean = () => true): Run {
  if (!existsSync(folder)) throw new InputError(`${folder}: no such folder`);
  const { experiment: file, metrics } = runPaths(folder);
  if (!existsSync(file)) throw new InputError(`${folder}: holds no run (no experiment.json)`);
  return {
    folder,
    experiment: checkShape(experimentSchema, readSettings(folder), file),
    ...readCourse(metrics),
    provenance: readProvenance(folder) ?? {},
    evaluations: listEvaluations(folder)
      .filter(wanted)
      .map((name) => readEvaluation(folder, name)),
  };
}

/** The course of the training. */
export type Course = Pick<
  Run,
  'training' | 'validation' | 'seconds' | 'tokensPerSecond' | 'tokens'
>;

/**
 * Nothing where there is no log. A step may stand there twice after a resumption: the later line
 * holds.
 * @throws InputError naming the line that was changed, or the field that is wrong
 */
export function readCourse(file: string): Course {
  const training = new Map<number, z.infer<typeof trainingLine>>();
  const validation = new Map<number, number>();
  const { lines, fault } = readLog(file);
  if (fault !== null) throw new InputError(fault);
  for (const [index, { value }] of lines.entries()) {
    const where = `${file}, line ${index + 1}`;
    if ('validationLoss' in value) {
      const point = checkShape(validationLine, value, where);
      validation.set(point.step, point.validationLoss);
    } else {
      const point = checkShape(trainingLine, value, where);
      training.set(point.step, point);
    }
  }
  const points = [...training.values()].sort((a, b) => a.step - b.step);
  const speeds = points.flatMap((point) => point.tokensPerSecond ?? []);
  return {
    training: points.map(({ step, loss }) => ({ step, loss })),
    validation: [...validation]
      .map(([step, loss]) => ({ step, loss }))
      .sort((a, b) => a.step - b.step),
    seconds: points.at(-1)?.seconds ?? null,
    tokens: tokensOf(points, validation),
    tokensPerSecond: speeds.sort((a, b) => a - b)[Math.floor(speeds.length / 2)] ?? null,
  };
}

/**
 * As counted, else by the speed between lines. A validation between two takes time without training:
 * such steps count like the others.
 */
function tokensOf(
  points: readonly z.infer<typeof trainingLine>[],
  validated: ReadonlyMap<number, number>,
): number | null {
  let [sum, steps] = [0, 0];
  let before = { step: 0, seconds: 0 };
  for (const { step, tokens, tokensPerSecond, seconds } of points) {
    if (tokensPerSecond === undefined || seconds === undefined) return null;
    if (tokens !== undefined || !validated.has(before.step)) {
      sum += tokens ?? tokensPerSecond * (seconds - before.seconds);
      steps += step - before.step;
    }
    before = { step, seconds };
  }
  return steps === 0 ? null : (sum * before.step) / steps;
}
