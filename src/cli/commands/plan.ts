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
      describe: "An experiment or study from `kit list`, or a .json or .mjs file of one's own",
      choices: async () => [
        ...((await EXPERIMENT.choices?.()) ?? []),
        ...Object.keys((await import('../../../experiments/studies/index.ts')).studies),
      ],
    },
  ],
  flags: {
    jobs: integer('Of a study: cells at once [default: cores]', LIMITS.cells),
    noTime: switchOn('Measures nothing, so needs no engine'),
    ...engineFlags,
  },
  examples: [
    ['kit plan demo', 'Tokens, memory and time of one experiment'],
    ['kit plan demo-baselines', 'Of each cell of a study, and of all'],
    ['kit plan maze30 --no-time', 'Counted only'],
  ],
  async run([experiment], flags, session) {
    const { planWork } = await import('../actions/plan.ts');
    await planWork(experiment!, flags, session);
  },
});
