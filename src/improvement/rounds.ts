/** The folder of an improvement: what it is of, its rounds, each a run of its own, and the ledger. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { InputError } from '../../envs/inputError.ts';
import { checkShape } from '../shape.ts';
import { listFolder, readJson } from '../reading.ts';
import { parseSealed, readSealed, writeSealed } from '../sealed.ts';
import { firstDifference } from '../firstDifference.ts';

export function roundPaths(folder: string, round: number) {
  const run = path.join(folder, `round-${round}`);
  return { run, rollouts: path.join(run, 'rollouts'), data: path.join(run, 'data') } as const;
}

export function improvementFile(folder: string): string {
  return path.join(folder, 'improvement.json');
}

/** What all rounds depend on, but for how many there are to be. */
const originSchema = z.strictObject({
  schema: z.literal(1),
  /** As the experiment has them, `rounds` left out. */
  settings: z.looseObject({}),
  /** Of the first model, and checksums of its weights and of the data set. */
  step: z.number().int().min(0),
  weights: z.string(),
  dataset: z.string(),
});

export type Origin = Readonly<z.infer<typeof originSchema>>;

/** What the folder holds; null if it holds no improvement. @throws InputError naming file and field */
export function readOrigin(folder: string): Origin | null {
  const file = improvementFile(folder);
  return existsSync(file) ? readSealed(originSchema, file) : null;
}

/** @throws InputError if rounds of another origin are there */
export function checkOrigin(folder: string, origin: Origin): void {
  const held = readOrigin(folder);
  if (held === null) return;
  const difference = firstDifference(held, JSON.parse(JSON.stringify(origin)));
  if (difference === null) return;
  throw new InputError(
    `${folder}: holds rounds of another origin: its ${difference}; choose another --out`,
  );
}

/** Makes the folder's record, or compares it. @throws InputError as `checkOrigin` */
export function openImprovement(folder: string, origin: Origin): void {
  checkOrigin(folder, origin);
  if (!existsSync(improvementFile(folder))) writeSealed(improvementFile(folder), origin);
}

const count = z.number().int().min(0);

const entrySchema = z.strictObject({
  round: count,
  tasks: count,
  responses: count,
  responseTokens: count,
  optimalResponses: count,
  optimalTasks: count,
  rows: count,
  newRows: count,
  storedTraceTokens: z.number().nullable(),
  traceTokens: z.number().nullable(),
  /** Absent until it is done; tokens of prompts and responses, padding left out. */
  training: z.strictObject({ steps: count, tokens: count }).optional(),
});

const ledgerSchema = z.strictObject({ rounds: z.array(entrySchema) });

/** What a round has taken and given. */
export type LedgerEntry = Readonly<z.infer<typeof entrySchema>>;

export function ledgerFile(folder: string): string {
  return path.join(folder, 'ledger.json');
}

/** In the order of the rounds. @throws InputError naming file and field */
export function readLedger(folder: string): LedgerEntry[] {
  const file = ledgerFile(folder);
  if (!existsSync(file)) return [];
  const value = readJson(file);
  // Earlier versions wrote the entries alone.
  if (Array.isArray(value)) return checkShape(z.array(entrySchema), value, file);
  return parseSealed(ledgerSchema, value, file).rounds;
}

/** Replaces the round's entry and those of later rounds. */
export function writeLedger(folder: string, entry: LedgerEntry): void {
  const before = readLedger(folder).filter(({ round }) => round < entry.round);
  writeSealed(ledgerFile(folder), { rounds: [...before, entry] });
}

/** Folders below a run's that hold finished rounds, each with these. */
export function listImprovements(run: string): { folder: string; rounds: string[] }[] {
  return listFolder(run)
    .map((name) => path.join(run, name))
    .filter((folder) => existsSync(improvementFile(folder)))
    .sort()
    .map((folder) => {
      const done = readLedger(folder).filter(({ training }) => training !== undefined);
      return { folder, rounds: done.map(({ round }) => roundPaths(folder, round).run) };
    })
    .filter(({ rounds }) => rounds.length > 0);
}
