/** Flags that several commands have in common. */
import { LIMITS } from '../../limits.ts';
import { decimal, integer, list, oneOf, switchOn, text, withDefault } from '../flags.ts';
import type { Argument } from '../command.ts';

export const EXPERIMENT: Argument = {
  name: 'EXPERIMENT',
  describe: 'A name from `kit list`, or a .json or .mjs file of your own',
  choices: async () => Object.keys((await import('../../../experiments/index.ts')).experiments),
};

export const STUDY: Argument = {
  name: 'STUDY',
  describe: 'A name from `kit list`, or a .json or .mjs file of your own',
  choices: async () => Object.keys((await import('../../../experiments/studies/index.ts')).studies),
};

export const RUN: Argument = { name: 'RUN', describe: 'The folder of a run' };

export const settingsFlags = {
  set: list('Setting to change, as in --set training.steps=500; may be given again'),
  seed: integer(
    "Seed of weights, batches, dropping and samples [default: the experiment's]",
    LIMITS.seed,
  ),
  precision: oneOf(
    "Precision of matrix products in training: fp32 or bf16 [default: the experiment's]",
    ['fp32', 'bf16'],
  ),
} as const;

export const engineFlags = {
  backend: oneOf('Tensor backend: tensorflow, wasm or cpu [default: the fastest there is]', [
    'tensorflow',
    'wasm',
    'cpu',
  ]),
  threads: integer('Number of CPU threads of the tensor backend', LIMITS.threads),
} as const;

export const planningPrecision = (usual: string) =>
  oneOf(`Precision of the model: fp32, or bf16, which is faster [default: ${usual}]`, [
    'fp32',
    'bf16',
  ]);

/** How tokens of responses are chosen; `usual` tells which temperature applies unless given. */
export const choiceFlags = (usual: string) => ({
  temperature: decimal(`Sampling temperature; 0 is greedy [default: ${usual}]`, LIMITS.temperature),
  topK: integer('Draw from this many of the likeliest tokens only', LIMITS.topK),
  topP: decimal('Draw from the likeliest tokens that together have this probability', LIMITS.topP),
  form: oneOf(
    'Form that responses must have: any, well-formed, or complete (with a whole trace or none)',
    ['any', 'well-formed', 'complete'],
  ),
});

/** Flags of commands that search what a user draws. */
export const searchFlags = {
  maxMemory: withDefault(decimal('Most memory of a search, in GiB', LIMITS.searchMemory), '1'),
} as const;

export const generationFlags = {
  count: integer('Number of training tasks [default: 10000]', LIMITS.tasks),
  validationCount: integer(
    'Number of validation tasks [default: a tenth of --count, at most 500]',
    LIMITS.heldOutTasks,
  ),
  testCount: integer(
    'Number of test tasks [default: a tenth of --count, at most 500]',
    LIMITS.heldOutTasks,
  ),
  maxTokens: integer(
    'Most tokens of trace and plan together; longer tasks are not kept [default: 10000]',
    LIMITS.traceTokens,
  ),
  vocabularySide: integer(
    'Largest side of a board that there are words for, so that models can read larger ones [default: that of the boards]',
    LIMITS.mazeSide,
  ),
  nondeterministic: switchOn('Search with shuffled children and random ties'),
  seed: integer('Seed of the tasks; the same one gives the same files [default: 1]', LIMITS.seed),
  jobs: integer('Number of worker threads [default: the number of cores]', LIMITS.workers),
  resume: switchOn('Go on with a data set that was interrupted'),
  out: text('Folder of the data set [default: data/<kind><size>]'),
} as const;
