/** Programs run to their end, with what they wrote. */
import { spawn } from 'node:child_process';

export interface Finished {
  /** Exit code; null if a signal ended the program or it could not be started. */
  readonly code: number | null;
  /** Whether the program was found. */
  readonly found: boolean;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Ends the program; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

/** Never rejects because of the program itself. */
export function runProgram(
  command: string,
  args: readonly string[],
  { env = process.env, signal, timeoutMs = 0 }: RunOptions = {},
): Promise<Finished> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      timeout: timeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => (output[name] += text));
    }
    const stop = (): void => void child.kill();
    signal?.addEventListener('abort', stop, { once: true });
    const settle = (result: Finished): void => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve(result);
    };
    child.on('error', () => settle({ code: null, found: false, signal: null, ...output }));
    child.on('close', (code, ended) => settle({ code, found: true, signal: ended, ...output }));
  });
}

/** The last line that says something, preferably one that calls itself an error. */
export function errorLine({ stdout, stderr, signal, code }: Finished): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '');
  const error = said.find((line) => /(^|: )(fatal )?\w*error: /i.test(line)) ?? said.at(-1);
  return error ?? (signal === null ? `exit code ${code}` : `ended by ${signal}`);
}
