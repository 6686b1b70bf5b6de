/**
 * What the shell may complete: commands, flags, and the values that are known. Where there is
 * nothing to offer, the shell completes names of files.
 */
import { defineCommand, type Command } from './command.ts';
import { flagName } from './flags.ts';

/** How the script that yargs prints asks for completions; the words of the line follow. */
export const COMPLETION_REQUEST = '--get-yargs-completions';

/** @param printScript the one for the user's shell */
export const completionCommand = (printScript: () => void): Command =>
  defineCommand({
    name: 'completion',
    describe: 'Print a script that lets the shell complete kit commands',
    flags: {},
    examples: [['kit completion >> ~/.bashrc', 'For every shell that is opened from now on']],
    run: async () => printScript(),
  });

/** @param words of the line from `kit` on, the one under the cursor last */
export async function completions(
  words: readonly string[],
  commands: readonly Command[],
  globalFlags: readonly string[],
): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const offered = await candidates(words, commands, globalFlags);
  return offered.filter((candidate) => candidate.startsWith(current));
}

async function candidates(
  words: readonly string[],
  commands: readonly Command[],
  globalFlags: readonly string[],
): Promise<readonly string[]> {
  const current = words.at(-1) ?? '';
  const command = words.length > 2 ? commands.find(({ name }) => name === words[1]) : undefined;
  const own = Object.entries(command?.flags ?? {});
  const before = own.find(([key]) => `--${flagName(key)}` === words.at(-2))?.[1];
  if (before !== undefined && before.kind !== 'switch') return before.choices ?? [];
  if (current.startsWith('-')) {
    return [...own.map(([key]) => `--${flagName(key)}`), ...globalFlags];
  }
  if (words.length <= 2) return commands.map(({ name }) => name);
  return (await command?.arguments[0]?.choices?.()) ?? [];
}
