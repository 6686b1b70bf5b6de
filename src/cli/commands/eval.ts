import { CORRUPTIONS } from '../../../traces/corruptions.ts';
import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { fileName, integer, oneOf, someOf, switchOn, text } from '../flags.ts';
import { choiceFlags, engineFlags, MODE_NAMES, planningPrecision, RUN } from './shared.ts';

export const evaluate = defineCommand({
  name: 'eval',
  describe: "Evaluate a run's model on tasks that it has not seen",
  arguments: [RUN],
  flags: {
    mode: someOf("slow, fast or auto; several with commas [default: the experiment's]", MODE_NAMES),
    samples: integer("Responses per task [default: the experiment's]", LIMITS.samples),
    ...choiceFlags("the experiment's"),
    greedy: switchOn('One response per task, always the likeliest token'),
    maxTokens: integer("Longest response [default: the experiment's]", LIMITS.responseTokens),
    precision: planningPrecision("the experiment's"),
    data: text("Data set [default: the run's own]"),
    split: oneOf("validation, test or train [default: the experiment's]", [
      'validation',
      'test',
      'train',
    ]),
    tasks: integer("How many tasks, the first ones [default: the experiment's]", LIMITS.tasks),
    seed: integer("Of the samples [default: the experiment's]", LIMITS.seed),
    corrupt: someOf(
      "Makes responses begin with A*'s trace, corrupted in these ways; several with commas",
      CORRUPTIONS,
    ),
    evaluations: text(
      'A file that lists several evaluations as a study does, with folders as their data, for one process',
    ),
    label: fileName("Names the evaluation [default: what differs from the experiment's]"),
    ...engineFlags,
  },
  examples: [
    ['kit eval runs/demo --mode auto --samples 64', '64 responses per task at temperature 1'],
    ['kit eval runs/demo --mode slow,fast --greedy', 'One response per task'],
    ['kit eval runs/demo --samples 8 --form well-formed', 'Held to the grammar of responses'],
    [
      'kit eval runs/demo --corrupt drop-close,blocked',
      'Does the plan follow from the trace? Beside the true trace',
    ],
    ['kit eval runs/demo --data data/maze5-dense', 'Out of distribution'],
  ],
  goOn: 'the same command goes on; batches that were finished are kept',
  async run([folder], flags, session) {
    const { evaluateRun } = await import('../actions/evaluate.ts');
    await evaluateRun(folder!, flags, session);
  },
});
