import { LIMITS } from '../../limits.ts';
import { defineCommand } from '../command.ts';
import { decimal, integer, oneOf, switchOn, text } from '../flags.ts';
import { choiceFlags, engineFlags, planningPrecision, RUN } from './shared.ts';

export const bootstrap = defineCommand({
  name: 'bootstrap',
  describe: "Train a run's model further on its own shortest optimal responses, round by round",
  arguments: [RUN],
  flags: {
    rounds: integer(
      'How many in all; further ones go on from those before [default: 3]',
      LIMITS.improvementRounds,
    ),
    samples: integer('Responses per training task and round [default: 32]', LIMITS.samples),
    tasks: integer(
      'Training tasks, the first ones [default: all that the run was trained on]',
      LIMITS.tasks,
    ),
    mode: oneOf('In which the model answers: slow or auto [default: slow]', ['slow', 'auto']),
    ...choiceFlags('1'),
    temperature: decimal('Of sampling [default: 1]', LIMITS.drawingTemperature),
    maxTokens: integer("Longest response [default: the experiment's]", LIMITS.responseTokens),
    precision: planningPrecision('fp32'),
    steps: integer('Of training, in each round [default: 10000]', LIMITS.steps),
    learningRate: decimal("Its peak in each round [default: the training's]", LIMITS.learningRate),
    warmupSteps: integer(
      "Until it [default: the training's, at most a fifth of the steps]",
      LIMITS.warmupSteps,
    ),
    freshOptimizer: switchOn(
      "Begin without the optimiser's state, which exported weights come without",
    ),
    seed: integer("Of responses and batches [default: the experiment's]", LIMITS.seed),
    data: text("Data set [default: the run's own]"),
    out: text('Folder of the rounds [default: RUN/bootstrapping]'),
    ...engineFlags,
  },
  examples: [
    ['kit bootstrap runs/mine --tasks 4000 --steps 2000', 'As Searchformer: shorter traces'],
    [
      'kit bootstrap runs/demo --mode auto --tasks 1000 --steps 2000',
      "Does auto's thought shrink?",
    ],
    ['kit report runs/mine runs/mine/bootstrapping/round-3', 'Rounds are runs, beside others'],
  ],
  goOn: 'the same command goes on',
  async run([folder], flags, session) {
    const { bootstrapRun } = await import('../actions/bootstrap.ts');
    await bootstrapRun(folder!, flags, session);
  },
});
