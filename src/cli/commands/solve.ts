import { MODES } from '../../../traces/modes.ts';
import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { integer, oneOf, withDefault } from '../flags.ts';
import { choiceFlags, engineFlags, planningPrecision, RUN, searchFlags } from './shared.ts';

export const solve = defineCommand({
  name: 'solve',
  describe: "Show a model's plan for drawn problems, with its trace and A*'s beside it",
  arguments: [
    RUN,
    { name: 'FILE', describe: 'File of drawn problems, as for kit trace; - reads stdin' },
  ],
  flags: {
    mode: withDefault(oneOf('Mode in which the model answers: slow, fast or auto', MODES), 'auto'),
    samples: withDefault(
      integer('Responses per problem, of which the best is shown', LIMITS.samples),
      '1',
    ),
    ...choiceFlags('0, or 1 with --samples, --top-k or --top-p'),
    maxTokens: integer(
      "Most tokens of a response [default: the experiment's]",
      LIMITS.responseTokens,
    ),
    precision: planningPrecision('fp32'),
    seed: integer('Seed of the samples [default: 1]', LIMITS.seed),
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
