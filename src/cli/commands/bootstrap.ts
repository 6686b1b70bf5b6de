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
      'Number of rounds in all, with those that are done [default: 3]',
      LIMITS.improvementRounds,
    ),
    samples: integer('Responses per task in each round [default: 32]', LIMITS.samples),
    tasks: integer(
      'Number of training tasks, from the first on [default: all that the run was trained on]',
      LIMITS.tasks,
    ),
    mode: oneOf('Mode in which the model answers: slow or auto [default: slow]', ['slow', 'auto']),
    ...choiceFlags('1'),
    temperature: decimal('Sampling temperature [default: 1]', LIMITS.drawingTemperature),
    maxTokens: integer(
      "Most tokens of a response [default: the experiment's]",
      LIMITS.responseTokens,
    ),
    precision: planningPrecision('fp32'),
    steps: integer('Training steps in each round [default: 10000]', LIMITS.steps),
    learningRate: decimal(
      "Peak learning rate in each round [default: that of the run's training]",
      LIMITS.learningRate,
    ),
    warmupSteps: integer(
      "Steps of linear warm-up in each round [default: those of the run's training, at most a fifth of --steps]",
      LIMITS.warmupSteps,
    ),
    freshOptimizer: switchOn(
      "Start without the optimiser's state, which exported weights do not have",
    ),
    seed: integer("Seed of responses and batches [default: the experiment's]", LIMITS.seed),
    data: text("Folder of the data set [default: the run's own]"),
    out: text('Folder of the rounds [default: RUN/bootstrapping]'),
    ...engineFlags,
  },
  examples: [
    [
      'kit bootstrap runs/mine --tasks 4000 --steps 2000',
      'As in Searchformer: traces become shorter',
    ],
    [
      'kit bootstrap runs/demo --mode auto --tasks 1000 --steps 2000',
      'In auto mode: does the thought shrink?',
    ],
    [
      'kit report runs/mine runs/mine/bootstrapping/round-3',
      'The report of the run and of its third round',
    ],
  ],
  goOn: 'the same command goes on',
  async run([folder], flags, session) {
    const { bootstrapRun } = await import('../actions/bootstrap.ts');
    await bootstrapRun(folder!, flags, session);
  },
});
