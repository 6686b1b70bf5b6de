/** A program of the bench in a process of its own, asked and answering in lines of JSON. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { errorLine } from '../src/engine/processes.ts';

export interface Child {
  /** Sends what asks for no reply. */
  readonly tell: (message: object) => void;
  /** One request at a time. @throws ChildFailure if the program can't do it, or has ended */
  readonly ask: <Reply>(request: object) => Promise<Reply>;
  /** MiB that its process has held at most; null where the system does not say. */
  readonly peakMemory: () => number | null;
  /** Resolves when the process has ended. */
  readonly stop: () => Promise<void>;
}

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** MiB beyond which the program is ended, as one that fails. */
  readonly memoryLimit: number;
}

/** Why a program could not do what it was asked, in one line. */
export class ChildFailure extends Error {}

/** Between two looks at the memory of a process, in ms. */
const WATCH_EVERY = 100;
/** Characters of what it says on stderr that are kept. */
const KEPT = 10_000;

export function startChild(command: string, args: readonly string[], options: ChildOptions): Child {
  const { env = process.env, memoryLimit } = options;
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let waiting: ((reply: Record<string, unknown>) => void) | null = null;
  let failure: string | null = null;
  let stderr = '';

  const answer = (reply: Record<string, unknown>): void => {
    waiting?.(reply);
    waiting = null;
  };
  const watch = setInterval(() => {
    if ((memoryOf(child.pid, 'VmRSS') ?? 0) <= memoryLimit) return;
    failure ??= `needs more than ${memoryLimit.toLocaleString('en')} MiB`;
    child.kill('SIGKILL');
  }, WATCH_EVERY);
  const ended = new Promise<void>((resolve) => {
    const end = (reason: string): void => {
      clearInterval(watch);
      failure ??= reason;
      answer({ error: failure });
      resolve();
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) =>
      end(errorLine({ code, signal, stdout: '', stderr, found: true })),
    );
  });
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (stderr = (stderr + text).slice(-KEPT)));
  // A program that has ended can't be written to; `ended` says so.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) answer(JSON.parse(line) as Record<string, unknown>);
  });

  const tell = (message: object): void => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    tell,
    async ask<Reply>(request: object) {
      if (failure !== null) throw new ChildFailure(failure);
      const reply = await new Promise<Record<string, unknown>>((resolve) => {
        waiting = resolve;
        tell(request);
      });
      if (typeof reply['error'] === 'string') throw new ChildFailure(reply['error']);
      return reply as Reply;
    },
    peakMemory: () => memoryOf(child.pid, 'VmHWM'),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}

/** MiB, as Linux counts them. */
function memoryOf(pid: number | undefined, field: 'VmRSS' | 'VmHWM'): number | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [, kibibytes] = new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status) ?? [];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  } catch {
    return null;
  }
}
