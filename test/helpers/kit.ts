/** The `kit` command in this process, or compiled in one of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, vi } from 'vitest';
import { main } from '../../src/cli/kit.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs in this process and keeps what was written. */
export async function runKit(...argv: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation(((text: string, done?: () => void) => {
      written[name] += text;
      done?.();
      return true;
    }) as typeof process.stdout.write),
  );
  const log = vi.spyOn(console, 'log').mockImplementation((...texts: unknown[]) => {
    written.stdout += `${texts.join(' ')}\n`;
  });
  const error = vi.spyOn(console, 'error').mockImplementation((...texts: unknown[]) => {
    written.stderr += `${texts.join(' ')}\n`;
  });
  try {
    return { code: await main(argv), ...written };
  } finally {
    for (const spy of [...spies, log, error]) spy.mockRestore();
  }
}

export const KIT = fileURLToPath(new URL('../../dist/src/cli/kit.js', import.meta.url));

export interface SpawnOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  readonly node?: readonly string[];
  /** Goes away after the first piece of stdout. */
  readonly hangUp?: boolean;
  /** Told of every piece of stderr; may end the process. */
  readonly onStderr?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the compiled command. */
export function spawnKit(argv: readonly string[], options: SpawnOptions = {}): Promise<Outcome> {
  const { cwd, env = process.env, stdin = '', node = [], hangUp = false, onStderr } = options;
  const child = spawn(process.execPath, [...node, KIT, ...argv], { cwd, env });
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => {
    written.stdout += data.toString();
    if (hangUp) child.stdout.destroy();
  });
  child.stderr.on('data', (data: Buffer) => {
    written.stderr += data.toString();
    onStderr?.(written.stderr, (signal) => child.kill(signal));
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...written }));
  });
}

/** An empty folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'kit-cli-'));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
