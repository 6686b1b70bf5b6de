/**
 * An evaluation on disk: RUN/evaluation/<mode>-<decoding>/ with settings.json and
 * records.jsonl.gz. The settings are written last and hold the checksum of the records, so a
 * folder is complete if its settings exist; see `unfinished.ts` for what else may lie there.
 */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { CORRUPTIONS } from '../../traces/corruptions.ts';
import { readJson, sha256, writeJsonAtomic } from '../files.ts';
import { type EvaluationRecord, readRecords, writeRecords } from './records.ts';
import { checkShape } from './schema.ts';
import type { TokenChoice } from './tokenChoice.ts';

export const EVALUATION_SCHEMA = 1;

const settingsSchema = z.strictObject({
  mode: z.enum(['slow', 'fast', 'auto']),
  samples: z.number().int().positive(),
  temperature: z.number().min(0),
  /** As in `TokenChoice`. */
  topK: z.number().int().positive().optional(),
  topP: z.number().gt(0).max(1).optional(),
  form: z.enum(['well-formed', 'complete']).optional(),
  /** Of weights and of what is remembered while planning; fp32 unless given. */
  precision: z.literal('bf16').optional(),
  /** What was done to A*'s trace, which every response was made to begin with. */
  corruption: z.enum(CORRUPTIONS).optional(),
  maxTokens: z.number().int().positive(),
  seed: z.union([z.string(), z.number()]),
  /** Nondeterministic A* runs per task. */
  referenceRuns: z.number().int().min(0),
  split: z.string(),
  tasks: z.number().int().min(0),
  /** What the ids in the records mean. */
  vocabulary: z.strictObject({
    environment: z.string(),
    coordinates: z.number().int().positive(),
    costs: z.number().int().positive(),
  }),
  /** Checksums of the data set and of the weights. */
  dataset: z.string(),
  checkpoint: z.strictObject({
    step: z.number().int().min(0),
    sha256: z.string(),
    /** Where the weights come from, if not from the run's own training. */
    source: z.string().optional(),
  }),
});

const fileSchema = z.strictObject({
  schema: z.literal(EVALUATION_SCHEMA),
  settings: settingsSchema,
  recordsSha256: z.string(),
});

/** Everything that the records depend on. */
export type EvaluationSettings = Readonly<z.infer<typeof settingsSchema>>;

export interface Evaluation {
  /** The folder's name. */
  readonly name: string;
  readonly settings: EvaluationSettings;
  readonly records: readonly EvaluationRecord[];
}

/**
 * `slow-greedy`, `auto-n64-t1-k20-well-formed-bf16`, `slow-greedy-corrupt-swap`; `on` names a data set
 * other than the run's own.
 */
export function evaluationName(
  settings: Pick<EvaluationSettings, 'mode' | 'samples' | 'precision' | 'corruption'> & TokenChoice,
  on?: string,
): string {
  const { mode, samples, temperature, topK, topP, form, precision, corruption } = settings;
  const decoding = samples === 1 && temperature === 0 ? 'greedy' : `n${samples}-t${temperature}`;
  const parts = [
    mode,
    decoding,
    topK === undefined ? undefined : `k${topK}`,
    topP === undefined ? undefined : `p${topP}`,
    form,
    precision,
    corruption && `corrupt-${corruption}`,
    on,
  ];
  return parts.filter((part) => part !== undefined).join('-');
}

export function evaluationFolder(run: string, name: string): string {
  return path.join(run, 'evaluation', name);
}

/** Replaces an evaluation of the same name. */
export function writeEvaluation(run: string, evaluation: Evaluation): void {
  const folder = evaluationFolder(run, evaluation.name);
  const file = path.join(folder, RECORDS);
  rmSync(path.join(folder, SETTINGS), { force: true });
  writeRecords(file, evaluation.records);
  writeJsonAtomic(path.join(folder, SETTINGS), {
    schema: EVALUATION_SCHEMA,
    settings: evaluation.settings,
    recordsSha256: sha256(readFileSync(file)),
  });
}

/** The settings of a finished evaluation, or null. @throws InputError naming file and field. */
export function readEvaluationSettings(run: string, name: string): EvaluationSettings | null {
  const file = path.join(evaluationFolder(run, name), SETTINGS);
  return existsSync(file) ? parseSettings(file).settings : null;
}

/** @throws InputError naming the file, and its line and field or that it was changed. */
export function readEvaluation(run: string, name: string): Evaluation {
  const folder = evaluationFolder(run, name);
  const { settings, recordsSha256 } = parseSettings(path.join(folder, SETTINGS));
  const file = path.join(folder, RECORDS);
  const records = readRecords(file);
  if (sha256(readFileSync(file)) !== recordsSha256) {
    throw new InputError(`${file}: does not match the checksum in ${SETTINGS}`);
  }
  return { name, settings, records };
}

/** Names of the finished evaluations of a run: slow, fast, auto, then by decoding. */
export function listEvaluations(run: string): string[] {
  const folder = path.join(run, 'evaluation');
  if (!existsSync(folder)) return [];
  const rank = (name: string) => ['slow', 'fast', 'auto'].indexOf(name.split('-')[0] ?? '');
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, SETTINGS)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

const SETTINGS = 'settings.json';
const RECORDS = 'records.jsonl.gz';

function parseSettings(file: string): z.infer<typeof fileSchema> {
  return checkShape(fileSchema, readJson(file), file);
}
