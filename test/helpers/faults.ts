/** The compiled command in a process that fails at a chosen moment; see `faults.js`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHash } from 'node:crypto';
import { isLockFile } from '../../src/lock.ts';
import { type Outcome, spawnKit } from './kit.ts';

export interface Faults {
  /** The moment of a SIGKILL, from 1. */
  readonly killAt?: number;
  /** The message from a worker thread, from 1, at which one of them is ended. */
  readonly endWorkerAt?: number;
  /** From 0 to 1: how much of a write is done before the kill, which worker is ended. */
  readonly share?: number;
  /** Bytes that all files in the folder may take together. */
  readonly room?: number;
  /** How many milliseconds pass each time that the process asks for the time. */
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
): Promise<{ readonly moments: number; readonly messages: number; readonly room: number }> {
  const own = mkdtempSync(path.join(cwd, 'report-'));
  const report = path.join(own, 'report.json');
  const settings = { folder: path.join(cwd, folder), hurry, report };
  const { code, stderr } = await spawnWith(argv, cwd, settings);
  if (code !== 0) throw new Error(stderr);
  const measured = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(own, { recursive: true });
  return measured;
}

/** Paths and SHA-256 of all files in a folder, but for locks of processes that were killed. */
export function treeOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !isLockFile(entry.name))
    .map(({ parentPath, name }) => path.join(parentPath, name))
    .sort();
  return Object.fromEntries(
    files.map((file) => [
      path.relative(folder, file),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ]),
  );
}

function spawnWith(argv: readonly string[], cwd: string, settings: object): Promise<Outcome> {
  const env = { ...process.env, KIT_FAULTS: JSON.stringify(settings) };
  return spawnKit(argv, { cwd, env, node: ['--import', FAULTS] });
}

const FAULTS = fileURLToPath(new URL('./faults.js', import.meta.url));
