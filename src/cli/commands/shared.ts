/** Flags that several commands have in common. */
import { LIMITS } from '../../limits.ts';
import { decimal, integer, list, oneOf, switchOn, text } from '../flags.ts';
import type { Argument } from '../command.ts';

export const EXPERIMENT: Argument = {
  name: 'EXPERIMENT',
  describe: "A name from `kit list`, or a .json or .mjs file of one's own",
  choices: async () => Object.keys((await import('../../../experiments/index.ts')).experiments),
};

export const STUDY: Argument = {
  name: 'STUDY',
  describe: "A name from `kit list`, or a .json or .mjs file of one's own",
  choices: async () => Object.keys((await import('../../../experiments/studies/index.ts')).studies),
};

export const RUN: Argument = { name: 'RUN', describe: 'The folder of a run' };

export const MODE_NAMES = ['slow', 'fast', 'auto'] as const;

export const settingsFlags = {
  set: list('Changes a setting: --set training.steps=500; may be given again'),
  seed: integer('Of weights, batches, dropping and samples', LIMITS.seed),
  precision: oneOf('Of matrix products in training: fp32 or bf16', ['fp32', 'bf16']),
} as const;

export const engineFlags = {
  backend: oneOf('tensorflow, wasm or cpu; the fastest there is unless given', [
    'tensorflow',
    'wasm',
    'cpu',
  ]),
  threads: integer('CPU threads of the tensor backend', LIMITS.threads),
} as const;

export const planningPrecision = (usual: string) =>
  oneOf(`Of the model: fp32, or bf16, which is faster [default: ${usual}]`, ['fp32', 'bf16']);

/** How tokens of responses are chosen; `usual` tells which temperature applies unless given. */
export const choiceFlags = (usual: string) => ({
  temperature: decimal(`Of sampling; 0 is greedy [default: ${usual}]`, LIMITS.temperature),
  topK: integer('Draws from the k likeliest tokens only', LIMITS.topK),
  topP: decimal('Draws from the likeliest tokens that together have this probability', LIMITS.topP),
  form: oneOf(
    'What responses are held to: any form, well-formed ones, or ones with a complete trace or none',
    ['any', 'well-formed', 'complete'],
  ),
});

export const generationFlags = {
  count: integer('Training tasks [default: 10000]', LIMITS.tasks),
  validationCount: integer(
    'Validation tasks [default: a tenth of --count, at most 500]',
    LIMITS.heldOutTasks,
  ),
  testCount: integer('Test tasks [default: the same]', { min: 0, max: 100_000_000 }),
  maxTokens: integer(
    'Keeps tasks whose trace and plan have no more tokens [default: 10000]',
    LIMITS.traceTokens,
  ),
  vocabularySide: integer(
    "Words for boards up to this side, for models that are to read larger ones [default: the board's]",
    LIMITS.mazeSide,
  ),
  nondeterministic: switchOn('A* with shuffled children and random ties'),
  seed: integer('The same seed gives the same files [default: 1]', LIMITS.seed),
  jobs: integer('Worker threads [default: cores]', LIMITS.workers),
  resume: switchOn('Goes on with what was interrupted'),
  out: text('Folder of the data set'),
} as const;
