import { defineCommand } from '../command.ts';
import { text } from '../flags.ts';
import { RUN } from './shared.ts';

export const report = defineCommand({
  name: 'report',
  describe: 'Write tables and plots of runs from their records; needs no model',
  arguments: [{ ...RUN, describe: 'Folders of runs', many: true }],
  flags: { out: text('Folder of the report [default: RUN/report, or report for several runs]') },
  examples: [
    ['kit report runs/demo', 'In runs/demo/report'],
    ['kit report runs/demo runs/demo-solution-only --out results/baselines', 'Several, compared'],
  ],
  async run(folders, flags, session) {
    const { reportRuns } = await import('../stages/report.ts');
    await reportRuns(folders, flags, session);
  },
});
