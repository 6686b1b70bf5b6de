import { defineCommand } from '../command.ts';
import { integer, oneOf, withDefault } from '../flags.ts';
import {
  choiceFlags,
  engineFlags,
  MODE_NAMES,
  planningPrecision,
  RUN,
  searchFlags,
} from './shared.ts';

export const solve = defineCommand({
  name: 'solve',
  describe: "Show a model's plan for drawn problems, with its trace and A*'s beside it",
  arguments: [RUN, { name: 'FILE', describe: 'Drawn problems, as for kit trace; - reads stdin' }],
  flags: {
    mode: withDefault(oneOf('slow, fast or auto', MODE_NAMES), 'auto'),
    samples: withDefault(
      integer('Responses to draw, of which the best is shown', { min: 1, max: 100_000 }),
      '1',
    ),
    ...choiceFlags('0, or 1 with --samples, --top-k or --top-p'),
    maxTokens: integer("Longest response [default: the experiment's]", { min: 1, max: 1_000_000 }),
    precision: planningPrecision('fp32'),
    seed: integer('Of the samples [default: 1]'),
    ...searchFlags,
    ...engineFlags,
  },
  examples: [
    ['kit solve runs/demo maze.txt --mode slow', 'Reasons first'],
    ['kit solve runs/demo maze.txt --mode fast', 'Answers at once'],
  ],
  async run([folder, file], flags, session) {
    const { solveFile } = await import('../actions/solve.ts');
    await solveFile(folder!, file!, { flags, session });
  },
});
