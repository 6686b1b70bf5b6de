import { defineCommand } from '../command.ts';
import { oneOf, switchOn } from '../flags.ts';

export const data = defineCommand({
  name: 'data',
  describe: 'Measure a data set: lengths, walls, search effort, repetitions',
  arguments: [
    { name: 'ACTION', describe: 'What to do: stats', choices: async () => ['stats'] },
    { name: 'DATASET', describe: 'The folder of a data set' },
  ],
  flags: {
    split: oneOf('Split to measure: train, validation or test [default: all together]', [
      'train',
      'validation',
      'test',
    ]),
    json: switchOn('Print one line of JSON, with all counts'),
  },
  examples: [
    ['kit data stats data/maze30', 'Quartiles, histograms, published lengths, repeated tasks'],
    ['kit data stats data/maze30 --split test --json', 'One split, for programs'],
  ],
  async run([action, dataset], flags, session) {
    const { runDataAction } = await import('../actions/data.ts');
    await runDataAction(action!, { folder: dataset!, ...flags }, session);
  },
});
