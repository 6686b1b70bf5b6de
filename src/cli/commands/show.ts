import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer, oneOf, withDefault } from '../flags.ts';

export const show = defineCommand({
  name: 'show',
  describe: 'Show an example of a data set, and what each dropping level leaves of it',
  arguments: [{ name: 'DATASET', describe: 'The folder of a data set' }],
  flags: {
    index: withDefault(integer('Number of the example, from 0', LIMITS.index), '0'),
    split: withDefault(
      oneOf('Split of the example: train, validation or test', ['train', 'validation', 'test']),
      'train',
    ),
    level: integer('Dropping level to show, 0 to 4 [default: all]', LIMITS.level),
    seed: integer('Seed of what level 3 drops [default: 1]', LIMITS.seed),
  },
  examples: [
    ['kit show data/maze30 --index 3', 'An example at all levels'],
    ['kit show data/maze30 --index 3 --level 2', 'The same without close clauses and costs'],
  ],
  async run([dataset], flags, session) {
    const { showExample } = await import('../actions/show.ts');
    await showExample(dataset!, flags, session);
  },
});
