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
        'Mazes (# wall, . free, S start, G goal) or Sokoban levels (XSB), separated by blank lines; - reads stdin',
    },
  ],
  flags: {
    json: switchOn('One line of JSON a problem'),
    nondeterministic: switchOn('Shuffled children and random ties'),
    seed: integer('Of a nondeterministic search [default: 1]'),
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
