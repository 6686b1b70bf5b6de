/**
 * An evaluation on disk: RUN/evaluation/<mode>-<decoding>/ with settings.json and
 * records.jsonl.gz. The settings are written last and hold the checksum of the records and their own, so
 * a folder is complete if its settings exist; see `unfinished.ts` for what else may lie there.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { CORRUPTIONS } from '../../traces/corruptions.ts';
import { MODE_PREFIX, MODES } from '../../traces/modes.ts';
import { removeFile, sha256, writeFileAtomic } from '../files.ts';
import { listFolder, readBytes } from '../reading.ts';
import { isSealed, readSealed, writeSealed } from '../sealed.ts';
import { type EvaluationRecord, readRecords, writeRecords } from './records.ts';
import type { TokenChoice } from './tokenChoice.ts';

export const EVALUATION_SCHEMA = 1;

const settingsSchema = z.strictObject({
  mode: z.enum(MODES),
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
  const { settings, records } = evaluationFiles(run, evaluation.name);
  removeFile(settings);
  writeRecords(records, evaluation.records);
  writeSealed(settings, {
    schema: EVALUATION_SCHEMA,
    settings: evaluation.settings,
    recordsSha256: sha256(readBytes(records)),
  });
}

/** Copies an evaluation to another run. @throws InputError as `readEvaluation` */
export function copyEvaluation(from: string, to: string, name: string): void {
  readEvaluation(from, name);
  const [source, target] = [evaluationFiles(from, name), evaluationFiles(to, name)];
  removeFile(target.settings);
  writeFileAtomic(target.records, readBytes(source.records));
  writeFileAtomic(target.settings, readBytes(source.settings));
}

/** The settings of a finished evaluation, or null. @throws InputError naming file and field. */
export function readEvaluationSettings(run: string, name: string): EvaluationSettings | null {
  const { settings } = evaluationFiles(run, name);
  return existsSync(settings) ? parseSettings(settings).settings : null;
}

/** Looks whether settings and records are as they were written. @throws InputError naming the file */
export function checkEvaluation(run: string, name: string): void {
  const files = evaluationFiles(run, name);
  const { recordsSha256 } = parseSettings(files.settings);
  if (sha256(readBytes(files.records)) !== recordsSha256) {
    throw new InputError(`${files.records}: does not match the checksum in ${SETTINGS}`);
  }
}

/** @throws InputError naming the file, and its line and field or that it was changed. */
export function readEvaluation(run: string, name: string): Evaluation {
  const files = evaluationFiles(run, name);
  const { settings } = parseSettings(files.settings);
  const records = readRecords(files.records);
  checkEvaluation(run, name);
  if (!isSealed(files.settings)) checkAgainst(settings, records, files.settings);
  return { name, settings, records };
}

/** Settings of an earlier version have no checksum, so what they say is held against the records. */
function checkAgainst(
  { mode, samples, tasks, corruption }: EvaluationSettings,
  records: readonly EvaluationRecord[],
  file: string,
): void {
  const refuse = (field: string, found: string): never => {
    throw new InputError(`${file}: settings.${field}: is not what the records hold: ${found}`);
  };
  // Corrupted traces leave out the tasks that do not allow it.
  const isCount = corruption === undefined ? records.length === tasks : records.length <= tasks;
  if (!isCount) refuse('tasks', `${records.length} tasks`);
  for (const record of records) {
    if (record.samples.length !== samples) refuse('samples', `${record.samples.length} responses`);
    if (record.forced !== undefined) continue;
    const prefix = MODE_PREFIX[mode];
    const isOfMode = record.samples.every(({ tokens }) =>
      prefix.every((id, at) => tokens[at] === id),
    );
    if (!isOfMode) refuse('mode', `responses that ${mode} mode does not begin so`);
  }
}

/** Names of the finished evaluations of a run: slow, fast, auto, then by decoding. */
export function listEvaluations(run: string): string[] {
  const rank = (name: string) => (MODES as readonly string[]).indexOf(name.split('-')[0] ?? '');
  return listFolder(path.join(run, 'evaluation'))
    .filter((name) => existsSync(evaluationFiles(run, name).settings))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

const SETTINGS = 'settings.json';

/** The files of a finished evaluation. */
export function evaluationFiles(run: string, name: string) {
  const folder = evaluationFolder(run, name);
  return {
    settings: path.join(folder, SETTINGS),
    records: path.join(folder, 'records.jsonl.gz'),
  } as const;
}

function parseSettings(file: string): z.infer<typeof fileSchema> {
  return readSealed(fileSchema, file);
}
