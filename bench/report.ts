/** What the bench prints, and writes to results/bench. */
import path from 'node:path';
import { writeFileAtomic, writeJsonAtomic } from '../src/files.ts';
import { toMarkdown, toTerminal } from '../src/report/table.ts';
import { aloneTable, type Alone } from './alone.ts';
import { rolloutFailures, rolloutTable, type RolloutsBeside } from './rolloutTable.ts';
import { failures, trainingTable, type SideBySide } from './trainingTable.ts';

export interface Results {
  /** Processor, cores and versions, in a line. */
  readonly machine: string;
  /** Why there is no PyTorch to compare with; null if there is. */
  readonly withoutPyTorch: string | null;
  readonly training: readonly SideBySide[];
  readonly rollouts: readonly RolloutsBeside[];
  readonly alone: readonly Alone[];
}

const TRAINING_NOTE =
  'Medians of rounds, in brackets the least and the most. In a round each program trains on the ' +
  'same sequences, and they take turns; a ratio is that of one round. Tokens are those read in ' +
  'prompts and predicted in responses, padding not counted. PyTorch runs eagerly unless compiled; ' +
  'bench/twin is its code.';

const ROLLOUT_NOTE =
  'Medians of rounds, in brackets the least and the most; the programs take turns, a ratio is that of ' +
  'one round. Tokens are those generated, at temperature 1; reading the prompts is in the time. ' +
  "PyTorch, eagerly, computes a prompt's keys and values once for all its samples, or, as released, " +
  'at every token of every sample: of that only some tokens are measured, in the middle of the ' +
  'responses, where a token costs what it does on the average. Its threads, and rows at once, are ' +
  'those of the fastest of short trials. Memory is that of programs that compute in one way only.';

const ALONE_NOTE =
  'Of generation seconds of the processor on one thread, and wall time where two cores are set against ' +
  'one; the released code is the Python generator of Searchformer on one core of a 2-core server. Of the ' +
  'page medians of rounds in Chromium, which has cached nothing, since the address was asked for; a plan ' +
  'is that of the shipped model, the time to press the buttons included.';

export function print(results: Results): void {
  const { machine, training, rollouts } = results;
  for (const { table } of sectionsOf(results)) process.stdout.write(toTerminal(table));
  for (const line of [...failures(training), ...rolloutFailures(rollouts), machine])
    process.stdout.write(`${line}\n`);
}

export function save(results: Results, folder: string): void {
  writeJsonAtomic(path.join(folder, 'bench.json'), results);
  writeFileAtomic(path.join(folder, 'bench.md'), toReport(results));
}

export function toReport(results: Results): string {
  const sections = sectionsOf(results).map(
    ({ title, table, notes }) =>
      `\n## ${title}\n\n${toMarkdown(table)}${notes.map((note) => `\n${note}\n`).join('')}`,
  );
  return `# Speed\n\nMade by \`npm run bench\`. ${results.machine}.\n${sections.join('')}`;
}

function sectionsOf({ training, rollouts, alone, withoutPyTorch }: Results) {
  const missing = withoutPyTorch === null ? [] : [`Without PyTorch: ${withoutPyTorch}.`];
  const listed = (lines: readonly string[]) => lines.map((line) => `– ${line}`);
  return [
    {
      title: 'Training beside PyTorch',
      table: trainingTable(training),
      notes: [TRAINING_NOTE, ...missing, ...listed(failures(training))],
    },
    {
      title: 'Rollouts beside PyTorch',
      table: rolloutTable(rollouts),
      notes: [ROLLOUT_NOTE, ...missing, ...listed(rolloutFailures(rollouts))],
    },
    { title: 'The kit alone', table: aloneTable(alone), notes: [ALONE_NOTE] },
  ].filter(({ table }) => table.rows.length > 0);
}
