import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer, switchOn } from '../flags.ts';
import { engineFlags, EXPERIMENT } from './shared.ts';

export const plan = defineCommand({
  name: 'plan',
  describe: 'Foresee tokens, memory and time of an experiment, or of every cell of a study',
  arguments: [
    {
      name: 'EXPERIMENT',
      describe: 'An experiment or study from `kit list`, or a .json or .mjs file of your own',
      choices: async () => [
        ...((await EXPERIMENT.choices?.()) ?? []),
        ...Object.keys((await import('../../../experiments/studies/index.ts')).studies),
      ],
    },
  ],
  flags: {
    jobs: integer('Cells of a study that run at once [default: the number of cores]', LIMITS.cells),
    noTime: switchOn('Measure no times, so that no engine is needed'),
    ...engineFlags,
  },
  examples: [
    ['kit plan demo', 'Tokens, memory and time of one experiment'],
    ['kit plan demo-baselines', 'Each cell of a study, and all together'],
    ['kit plan maze30 --no-time', 'Tokens and memory only'],
  ],
  async run([experiment], flags, session) {
    const { planWork } = await import('../actions/plan.ts');
    await planWork(experiment!, flags, session);
  },
});
