import { defineCommand } from '../command.ts';
import { text } from '../flags.ts';
import { engineFlags, EXPERIMENT, settingsFlags } from './shared.ts';

export const run = defineCommand({
  name: 'run',
  describe: 'Run every stage of an experiment, skipping what is done',
  arguments: [EXPERIMENT],
  flags: {
    out: text('Folder of the run [default: runs/<name>]'),
    data: text("Folder of the data set [default: the experiment's own, generated if need be]"),
    ...settingsFlags,
    ...engineFlags,
  },
  examples: [
    ['kit run demo', 'Mazes, training, evaluation and report in minutes'],
    ['kit run demo --out runs/short --set training.steps=500', 'The same with another setting'],
    ['kit run mine.json', 'An experiment of your own'],
  ],
  goOn: 'the same command goes on',
  async run([experiment], flags, session) {
    const { runExperiment } = await import('../actions/run.ts');
    await runExperiment(experiment!, flags, session);
  },
});
