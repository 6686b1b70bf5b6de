import { MODES } from '../../../traces/modes.ts';
import { CORRUPTIONS } from '../../../traces/corruptions.ts';
import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { fileName, integer, oneOf, someOf, switchOn, text } from '../flags.ts';
import { choiceFlags, engineFlags, planningPrecision, RUN } from './shared.ts';

export const evaluate = defineCommand({
  name: 'eval',
  describe: "Evaluate a run's model on tasks that it has not seen",
  arguments: [RUN],
  flags: {
    mode: someOf(
      "Modes in which the model answers: slow, fast, auto; several with commas [default: the experiment's]",
      MODES,
    ),
    samples: integer("Responses per task [default: the experiment's]", LIMITS.samples),
    ...choiceFlags("the experiment's"),
    greedy: switchOn('Give one response per task, always with the likeliest token'),
    maxTokens: integer(
      "Most tokens of a response [default: the experiment's]",
      LIMITS.responseTokens,
    ),
    precision: planningPrecision("the experiment's"),
    data: text("Folder of the data set [default: the run's own]"),
    split: oneOf("Split with the tasks: validation, test or train [default: the experiment's]", [
      'validation',
      'test',
      'train',
    ]),
    tasks: integer(
      "Number of tasks, from the first on; at most all of the split [default: the experiment's]",
      LIMITS.tasks,
    ),
    seed: integer("Seed of the samples [default: the experiment's]", LIMITS.seed),
    corrupt: someOf(
      `Let responses begin with A*'s trace, corrupted: ${CORRUPTIONS.join(', ')}; several with commas`,
      CORRUPTIONS,
    ),
    evaluations: text(
      'File that lists several evaluations as a study does, but with folders as their data',
    ),
    label: fileName(
      "Name of the evaluation, after mode and decoding [default: what differs from the experiment's]",
    ),
    ...engineFlags,
  },
  examples: [
    ['kit eval runs/demo --mode auto --samples 64', '64 responses per task at temperature 1'],
    ['kit eval runs/demo --mode slow,fast --greedy', 'One response per task'],
    ['kit eval runs/demo --samples 8 --form well-formed', 'Responses that follow the grammar'],
    ['kit eval runs/demo --corrupt drop-close,blocked', 'Does the plan follow from the trace?'],
    ['kit eval runs/demo --data data/maze5-dense', 'Tasks of another kind'],
  ],
  goOn: 'the same command goes on; batches that were finished are kept',
  async run([folder], flags, session) {
    const { evaluateRun } = await import('../actions/evaluate.ts');
    await evaluateRun(folder!, flags, session);
  },
});
