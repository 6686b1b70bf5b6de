import { defineCommand } from '../command.ts';
import { text } from '../flags.ts';
import { RUN } from './shared.ts';

export const report = defineCommand({
  name: 'report',
  describe:
    'Write a page with tables and plots of runs, or of a study, from records; needs no model',
  arguments: [{ ...RUN, describe: 'Folders of runs, or one of a study', many: true }],
  flags: { out: text('Folder of the report [default: RUN/report, or report for several runs]') },
  examples: [
    ['kit report runs/demo', 'The page of a run, in runs/demo/report'],
    ['kit report results/demo-baselines', 'The page of a study, with its claims'],
    [
      'kit report runs/demo runs/demo-solution-only --out results/baselines',
      'Several runs, side by side',
    ],
  ],
  async run(folders, flags, session) {
    const { reportRuns } = await import('../actions/report.ts');
    await reportRuns(folders, flags, session);
  },
});
