import { MODES } from '../../../traces/modes.ts';
import { defineCommand } from '../command.ts';
import { oneOf, someOf, text } from '../flags.ts';
import { RUN } from './shared.ts';

export const compare = defineCommand({
  name: 'compare',
  describe: 'Compare runs by their records, with intervals of how they differ from the first',
  arguments: [{ ...RUN, describe: 'Folders of runs, exported runs or studies', many: true }],
  flags: {
    mode: someOf('Modes to compare: slow, fast, auto; several with commas [default: all]', MODES),
    evaluation: text(
      'Label or decoding of the evaluations, such as greedy or n64-t1 [default: all]',
    ),
    to: oneOf(
      'Mode of the first run that all others are compared with [default: each mode with the same]',
      MODES,
    ),
  },
  examples: [
    ['kit compare runs/demo runs/demo-mix', 'By how much mixing differs from the demo'],
    [
      'kit compare results/demo-baselines --evaluation sampled',
      'All cells of a study against the first',
    ],
    ['kit compare runs/demo --to slow', 'Fast and auto against slow, of one run'],
  ],
  async run(folders, flags, session) {
    const { compareRuns } = await import('../actions/compare.ts');
    await compareRuns(folders, flags, session);
  },
});
