/**
 * The `kit` command: runs a command line and returns its exit code.
 *
 * 0 done; 1 bad input or a failure; 2 a command line that can't be understood; 130 and 143 left,
 * after saving, on Ctrl-C and SIGTERM.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../envs/inputError.ts';
import type { Command } from './command.ts';
import { runCommandLine, type GlobalFlags } from './commandLine.ts';
import { commands } from './commands/index.ts';
import { usageHint } from './complaints.ts';
import { kitVersion } from '../kitPackage.ts';
import { CHILD, createSession, ignoreOutputEvent, Interruption, OutputClosed } from './session.ts';
import { UsageError } from './usageError.ts';

/** @param argv the arguments after the name of the program */
export async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', ignoreOutputEvent);
  process.stderr.on('error', ignoreOutputEvent);
  try {
    await runCommandLine(argv, { commands, version: kitVersion(), invoke });
    return 0;
  } catch (error) {
    return report(error, argv);
  } finally {
    process.stdout.off('error', ignoreOutputEvent);
    process.stderr.off('error', ignoreOutputEvent);
  }
}

async function invoke(
  command: Command,
  given: Readonly<Record<string, unknown>>,
  flags: GlobalFlags,
): Promise<void> {
  const run = (signal: AbortSignal): Promise<void> =>
    command.run(given, createSession({ ...flags, signal }));
  if (command.goOn === null) await run(new AbortController().signal);
  else await interruptible(run, command.goOn);
}

/** The first signal asks the work to save and leave, the second ends the process. */
async function interruptible(
  work: (signal: AbortSignal) => Promise<void>,
  goOn: string,
): Promise<void> {
  const controller = new AbortController();
  const onSignal = (name: 'SIGINT' | 'SIGTERM'): void => {
    const interruption = new Interruption(name, goOn);
    if (controller.signal.aborted) process.exit(interruption.exitCode);
    process.stderr.write('\nkit: saving; once more to leave at once\n');
    controller.abort(interruption);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const onOrphaned = (): void => onSignal('SIGTERM');
  if (process.env[CHILD] !== undefined) process.on('disconnect', onOrphaned);
  try {
    await work(controller.signal);
  } catch (error) {
    // Whatever the work threw on its way out, the interruption is why it ended.
    if (controller.signal.aborted && !(error instanceof InputError)) throw controller.signal.reason;
    throw error;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.off('disconnect', onOrphaned);
  }
  // Work that saves and returns has not done all that was asked.
  controller.signal.throwIfAborted();
}

/** One line on stderr, the usage if something is missing, the stack only if asked for. */
function report(error: unknown, argv: readonly string[]): number {
  if (error instanceof OutputClosed) return 0;
  const message = error instanceof Error ? error.message : String(error);
  const line = message.trim().replaceAll(/\s*\n\s*/g, ' ');
  const say = (text: string): boolean => process.stderr.write(`kit: ${text}\n`);
  if (error instanceof Interruption) {
    say(line);
    return error.exitCode;
  }
  const expected = error instanceof InputError || error instanceof UsageError;
  say(
    expected
      ? line
      : `unexpected error: ${line || 'no message'}; run again with --verbose for the stack`,
  );
  if (error instanceof UsageError && error.isIncomplete) {
    process.stderr.write(`${usageHint(argv, commands)}\n`);
  }
  const verbose = argv.includes('--verbose');
  if (verbose && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return error instanceof UsageError ? 2 : 1;
}

const executed = process.argv[1];
if (executed !== undefined && realpathSync(executed) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
