/** What a command gets from the frame around it: output, progress, and word of an interruption. */
import { explainWriteError } from '../files.ts';
import type { Progress } from './progress.ts';

export interface Session {
  /** Aborted by Ctrl-C and SIGTERM; its reason is an `Interruption`. */
  readonly signal: AbortSignal;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** A line of the result, on stdout. @throws OutputClosed once its reader has gone */
  print(line?: string): Promise<void>;
  /** Text of the result that may be longer than memory allows at once. @throws OutputClosed */
  write(parts: Iterable<string>): Promise<void>;
  /** A remark about the work, on stderr; nothing with --quiet. */
  note(line: string): void;
  /** Shows how far `work` has come, on stderr; nothing with --quiet. */
  track<T>(label: string, unit: string, work: (progress: Progress) => Promise<T>): Promise<T>;
}

/** Ctrl-C or SIGTERM: the work was saved and left. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitCode: number;
  constructor(signal: keyof typeof SIGNAL_EXIT_CODES, goOn: string) {
    super(`interrupted by ${signal}; ${goOn}`);
    this.exitCode = SIGNAL_EXIT_CODES[signal];
  }
}

/** The reader of stdout has gone, as `head` does: no reason to say anything. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/**
 * In the environment of a command that another one started, and that ends, after saving, when the
 * channel to that one is cut.
 */
export const CHILD = 'KIT_CHILD';

/** 128 + the number of the signal, as shells do. */
export const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

export interface SessionOptions {
  readonly signal: AbortSignal;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

export function createSession(options: SessionOptions): Session {
  const { quiet } = options;
  return {
    ...options,
    print: (line = '') => writeOut(`${line}\n`),
    async write(parts) {
      let text = '';
      for (const part of parts) {
        text += part;
        if (text.length < WRITTEN_AT_ONCE) continue;
        await writeOut(text);
        text = '';
      }
      if (text !== '') await writeOut(text);
    },
    note(line) {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    async track(label, unit, work) {
      const { startProgress } = await import('./progress.ts');
      const { update, stop } = startProgress({ label, unit, quiet });
      try {
        return await work(update);
      } finally {
        stop();
      }
    },
  };
}

/** Characters. */
const WRITTEN_AT_ONCE = 65_536;

function writeOut(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (!error) resolve();
      else reject(isClosedPipe(error) ? new OutputClosed() : explainWriteError(error, 'stdout'));
    });
  });
}

/** What a write reports also raises an event, which would end the process if nobody listened. */
export function ignoreOutputEvent(): void {}

function isClosedPipe(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED';
}
