import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer, integers, names, switchOn, text } from '../flags.ts';
import { engineFlags, STUDY } from './shared.ts';

export const sweep = defineCommand({
  name: 'sweep',
  describe: 'Run the cells of a study, several side by side, skipping what is done',
  arguments: [STUDY],
  flags: {
    out: text('Folder of the runs [default: runs/<study>]'),
    results: text('Folder of the records worth keeping [default: results/<study>]'),
    jobs: integer(
      'Cells that run at once, each with one thread [default: the number of cores]',
      LIMITS.cells,
    ),
    only: names('Names of the cells to run; several with commas [default: all]'),
    seeds: integers('Seeds to run; several with commas [default: all]', LIMITS.seed),
    backend: engineFlags.backend,
    dryRun: switchOn('Say what would be done, and do nothing'),
  },
  examples: [
    ['kit sweep demo-baselines', 'Every cell with every seed'],
    ['kit sweep demo-baselines --only mix --seeds 1,2', 'Some of them'],
    ['kit sweep mine.json --dry-run', 'The commands that a study of your own takes'],
  ],
  goOn: 'the same command goes on',
  async run([study], flags, session) {
    const { sweepStudy } = await import('../actions/sweep.ts');
    await sweepStudy(study!, flags, session);
  },
});
