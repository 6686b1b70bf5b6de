import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer, switchOn } from '../flags.ts';
import { searchFlags } from './shared.ts';

export const trace = defineCommand({
  name: 'trace',
  describe: "Show A*'s search of drawn problems, and its tokens",
  arguments: [
    {
      name: 'FILE',
      describe:
        'File of mazes (# wall, . free, S start, G goal) or Sokoban levels (XSB), separated by blank lines; - reads stdin',
    },
  ],
  flags: {
    json: switchOn('Print one line of JSON per problem'),
    nondeterministic: switchOn('Search with shuffled children and random ties'),
    seed: integer('Seed of a nondeterministic search [default: 1]', LIMITS.seed),
    ...searchFlags,
  },
  examples: [
    ['kit trace maze.txt', 'Drawing, order of the search, tokens'],
    ['kit trace --json - < level.xsb', 'Prompt, reasoning and plan as JSON'],
  ],
  async run([file], flags, session) {
    const { traceFile } = await import('../actions/trace.ts');
    await traceFile(file!, flags, session);
  },
});
