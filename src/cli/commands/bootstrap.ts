import { defineCommand } from '../command.ts';
import { decimal, integer, oneOf, switchOn, text } from '../flags.ts';
import { choiceFlags, engineFlags, planningPrecision, RUN } from './shared.ts';

export const bootstrap = defineCommand({
  name: 'bootstrap',
  describe: "Train a run's model further on its own shortest optimal responses, round by round",
  arguments: [RUN],
  flags: {
    rounds: integer('How many in all; further ones go on from those before [default: 3]', {
      min: 1,
      max: 100,
    }),
    samples: integer('Responses per training task and round [default: 32]', {
      min: 1,
      max: 100_000,
    }),
    tasks: integer('Training tasks, the first ones [default: all that the run was trained on]', {
      min: 1,
    }),
    mode: oneOf('In which the model answers: slow or auto [default: slow]', ['slow', 'auto']),
    ...choiceFlags('1'),
    temperature: decimal('Of sampling [default: 1]', { above: 0, max: 1e6 }),
    maxTokens: integer("Longest response [default: the experiment's]", { min: 1, max: 1_000_000 }),
    precision: planningPrecision('fp32'),
    steps: integer('Of training, in each round [default: 10000]', { min: 1, max: 1e9 }),
    learningRate: decimal("Its peak in each round [default: the training's]", { above: 0 }),
    warmupSteps: integer("Until it [default: the training's, at most a fifth of the steps]", {
      min: 0,
      max: 1e9,
    }),
    freshOptimizer: switchOn(
      "Begin without the optimiser's state, which exported weights come without",
    ),
    seed: integer("Of responses and batches [default: the experiment's]"),
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
