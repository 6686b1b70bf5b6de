/** When the search for tasks that nobody has seen is given up, and what is said then. */
import { InputError } from '../../envs/inputError.ts';
import { type SplitName, SPLITS } from './manifest.ts';
import type { Progress } from './progress.ts';

export type SplitCounts = Readonly<Record<`${SplitName}Count`, number>>;

/** Nearly all tasks that the settings allow have been found, and more are asked for. */
export class ExhaustedError extends InputError {}

/** Whether the last proposals gave no new task, and were many given the tasks found. */
export function isExhausted({ tally, barren }: Progress): boolean {
  return barren >= 200_000 + 20 * tally.kept;
}

export function exhausted({ tally, barren }: Progress, settings: SplitCounts): ExhaustedError {
  const counts = SPLITS.map((name) => settings[`${name}Count`]);
  const most = SPLITS[counts.indexOf(Math.max(...counts))]!;
  const wanted = counts.reduce((a, b) => a + b);
  const { duplicates, withoutTask, unsolvable, tooLong, kept } = tally;
  const reasons = [
    {
      field: `${most}Count`,
      weight: duplicates,
      advice: 'ask for fewer tasks, or for a larger board',
    },
    { field: 'maxTokens', weight: tooLong, advice: 'raise it' },
    // Layouts without a task are ordinary, so they explain only what nothing else does.
    {
      field: 'walls',
      weight: unsolvable + Math.min(1, withoutTask),
      advice: 'ask for fewer walls',
    },
  ].sort((a, b) => b.weight - a.weight);
  const { field, advice } = reasons[0]!;
  return new ExhaustedError(
    `${field}: found ${kept} of the ${wanted} tasks asked for, and none in the last ${barren} ` +
      `proposals; ${advice}`,
  );
}
