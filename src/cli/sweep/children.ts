/**
 * Commands in processes of their own, several at once. A child belongs to no terminal, so that
 * Ctrl-C reaches the sweep alone, which tells its children once; and it ends, after saving, when the
 * sweep is killed.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { explainWriteError, makeFolder } from '../../files.ts';
import { kitRoot } from '../../kitPackage.ts';
import { readText } from '../../reading.ts';
import { shellLine } from '../../shell.ts';
import { CHILD } from '../session.ts';

export interface Children {
  /** Runs `kit` with these arguments; null if all went well, else the line that says what did not. */
  run(argv: readonly string[], log: string): Promise<string | null>;
}

/** Children are told to end when `signal` aborts, and at once when this process leaves. */
export async function withChildren<T>(
  signal: AbortSignal,
  work: (children: Children) => Promise<T>,
): Promise<T> {
  const running = new Map<ChildProcess, Promise<string | null>>();
  const end = (): void => running.forEach((_, child) => child.kill('SIGTERM'));
  signal.addEventListener('abort', end);
  process.on('exit', end);
  const run = (argv: readonly string[], log: string): Promise<string | null> => {
    const output = openLog(log, argv);
    const child = spawn(process.execPath, [path.join(kitRoot, 'bin', 'kit.js'), ...argv], {
      detached: true,
      env: { ...process.env, [CHILD]: '1' },
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    const outcome = new Promise<string | null>((resolve) => {
      const ended = (fault: string | null): void => {
        running.delete(child);
        resolve(fault);
      };
      child.on('error', (error) => ended(error.message));
      child.on('exit', (code, killedBy) => {
        if (code === 0) return ended(null);
        const how = killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`;
        ended(lastComplaint(log) ?? how);
      });
    });
    running.set(child, outcome);
    return outcome;
  };
  try {
    return await work({ run });
  } finally {
    // Only where the work threw.
    if (running.size > 0 && !signal.aborted) end();
    await Promise.all(running.values());
    signal.removeEventListener('abort', end);
    process.off('exit', end);
  }
}

/** Does `work` for each item, `atOnce` of them side by side, in order, until `signal` aborts or one throws. */
export async function sideBySide<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
  { atOnce, signal }: { readonly atOnce: number; readonly signal: AbortSignal },
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length && !signal.aborted) {
      try {
        await work(items[next++]!);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, worker);
  await Promise.all(workers);
}

/** A log to append to, beginning with what is run. @throws InputError if it can't be written */
function openLog(log: string, argv: readonly string[]): number {
  makeFolder(path.dirname(log));
  try {
    appendFileSync(log, `$ ${shellLine(['kit', ...argv])}\n`);
    return openSync(log, 'a');
  } catch (error) {
    throw explainWriteError(error, log);
  }
}

/** What the latest command complained of at its end. */
function lastComplaint(log: string): string | null {
  const lines = readText(log).split('\n');
  const own = lines.slice(lines.findLastIndex((line) => line.startsWith('$ kit ')));
  return own.findLast((line) => line.startsWith('kit: '))?.slice('kit: '.length) ?? null;
}
