import { defineCommand } from '../command.ts';
import { required, switchOn, text } from '../flags.ts';
import { RUN } from './shared.ts';

export const exportCommand = defineCommand({
  name: 'export',
  describe: 'Copy what is worth keeping of a run: settings, records, weights, report',
  arguments: [RUN],
  flags: {
    out: required(text('Folder of the copy')),
    recordsOnly: switchOn('Copy settings and records only, neither weights nor a report'),
  },
  examples: [
    ['kit export runs/demo --out results/demo', 'Without optimiser and data, so that it is small'],
    ['kit solve results/demo maze.txt', 'What was exported still plans'],
  ],
  async run([run = ''], flags, session) {
    const { exportRun } = await import('../actions/export.ts');
    await exportRun(run, flags, session);
  },
});
