/** The compiled command in a process that fails at a chosen moment; see `faults.js`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../src/files.ts';
import { isLockFile } from '../../src/lock.ts';
import { type Outcome, spawnKit } from './kit.ts';

export interface Faults {
  /** The moment of a SIGKILL, from 1. */
  readonly killAt?: number;
  /** The number of solved tasks of a data set at which the process is killed. */
  readonly killAfterTasks?: number;
  /** The message from a worker thread, from 1, at which one of them is ended. */
  readonly endWorkerAt?: number;
  /** From 0 to 1: how much of a write is done before the kill, which worker is ended. */
  readonly share?: number;
  /** Bytes that all files in the folder may take together. */
  readonly room?: number;
  /** How many milliseconds pass with each part of a data set, if no others are to count. */
  readonly hurry?: number;
}

/** How many times a process is killed by each test of this; more of them find rarer faults. */
export const KILLS = Number(process.env['KIT_KILLS'] ?? 12);

/** Runs the command in `cwd`, where faults happen to the folder `folder`. */
export function spawnFaulty(
  argv: readonly string[],
  { cwd, folder, ...faults }: Faults & { readonly cwd: string; readonly folder: string },
): Promise<Outcome> {
  return spawnWith(argv, cwd, { ...faults, folder: path.join(cwd, folder) });
}

/** What a run without faults comes to. */
export async function measureMoments(
  argv: readonly string[],
  { cwd, folder, hurry = 0 }: { readonly cwd: string; readonly folder: string; hurry?: number },
): Promise<{ readonly moments: number; readonly room: number }> {
  const own = mkdtempSync(path.join(cwd, 'report-'));
  const report = path.join(own, 'report.json');
  const settings = { folder: path.join(cwd, folder), hurry, report };
  const { code, stderr } = await spawnWith(argv, cwd, settings);
  if (code !== 0) throw new Error(stderr);
  const measured = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(own, { recursive: true });
  return measured;
}

/** Of an experiment that takes seconds. */
export const TINY_SETTINGS = {
  data: {
    task: { environment: 'maze', width: 3, height: 3 },
    trainCount: 30,
    validationCount: 4,
    testCount: 4,
  },
  model: { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 16 },
  training: { steps: 9, batchSize: 4, warmupSteps: 2, checkpointEvery: 4 },
};

/** So many samples that each task is a batch of its own. */
const TINY = {
  ...TINY_SETTINGS,
  name: 'tiny',
  evaluation: { modes: ['slow', 'fast'], samples: 520, maxTokens: 8 },
};

/** Puts `tiny.json` into `cwd`, and a run of it that has not been evaluated into `trained`. */
export async function trainTiny(cwd: string): Promise<void> {
  writeFileSync(path.join(cwd, 'tiny.json'), JSON.stringify(TINY));
  const { code, stderr } = await spawnKit('train tiny.json --out trained -q'.split(' '), { cwd });
  if (code !== 0) throw new Error(stderr);
}

/** Bytes of all files in a folder. */
export function sizeOf(folder: string): number {
  return filesOf(folder).reduce((sum, file) => sum + statSync(file).size, 0);
}

/** Paths and SHA-256 of all files in a folder, but for locks of processes that were killed. */
export function treeOf(folder: string): Record<string, string> {
  const files = filesOf(folder).filter((file) => !isLockFile(path.basename(file)));
  return Object.fromEntries(
    files.map((file) => [path.relative(folder, file), sha256(readFileSync(file))]),
  );
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort();
}

function spawnWith(argv: readonly string[], cwd: string, settings: object): Promise<Outcome> {
  const env = { ...process.env, KIT_FAULTS: JSON.stringify(settings) };
  return spawnKit(argv, { cwd, env, node: ['--import', FAULTS] });
}

const FAULTS = fileURLToPath(new URL('./faults.js', import.meta.url));
