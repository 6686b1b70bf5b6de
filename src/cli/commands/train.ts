import { defineCommand } from '../command.ts';
import { required, switchOn, text } from '../flags.ts';
import { engineFlags, EXPERIMENT, settingsFlags } from './shared.ts';

export const train = defineCommand({
  name: 'train',
  describe: 'Train the model of an experiment',
  arguments: [EXPERIMENT],
  flags: {
    out: required(text('Folder of the run')),
    resume: switchOn('Go on from the last checkpoint'),
    data: text("Folder of the data set [default: the experiment's own, generated if need be]"),
    ...settingsFlags,
    ...engineFlags,
  },
  examples: [
    ['kit train demo --out runs/demo --set training.steps=500', 'A short training'],
    ['kit train mine.mjs --out runs/mine --data data/maze10', 'Your own, on your own data'],
    ['kit train demo --out runs/demo --resume', 'Goes on after Ctrl-C or a crash'],
  ],
  goOn: 'add --resume to go on',
  async run([experiment], flags, session) {
    const { trainExperiment } = await import('../actions/train.ts');
    await trainExperiment(experiment!, flags, session);
  },
});
