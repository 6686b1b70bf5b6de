/** Flags that several commands have in common. */
import { decimal, integer, list, oneOf, switchOn, text, withDefault } from '../flags.ts';
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
  seed: integer('Of weights, batches, dropping and samples'),
  precision: oneOf('Of matrix products in training: fp32 or bf16', ['fp32', 'bf16']),
} as const;

export const engineFlags = {
  backend: oneOf('tensorflow, wasm or cpu; the fastest there is unless given', [
    'tensorflow',
    'wasm',
    'cpu',
  ]),
  threads: integer('CPU threads of the tensor backend', { min: 1, max: 4096 }),
} as const;

export const planningPrecision = (usual: string) =>
  oneOf(`Of the model: fp32, or bf16, which is faster [default: ${usual}]`, ['fp32', 'bf16']);

/** How tokens of responses are chosen; `usual` tells which temperature applies unless given. */
export const choiceFlags = (usual: string) => ({
  temperature: decimal(`Of sampling; 0 is greedy [default: ${usual}]`, { min: 0, max: 1e6 }),
  topK: integer('Draws from the k likeliest tokens only', { min: 1, max: 65_536 }),
  topP: decimal('Draws from the likeliest tokens that together have this probability', {
    above: 0,
    max: 1,
  }),
  form: oneOf(
    'What responses are held to: any form, well-formed ones, or ones with a complete trace or none',
    ['any', 'well-formed', 'complete'],
  ),
});

/** Of searches of what a user draws. */
export const searchFlags = {
  maxMemory: withDefault(
    decimal('A search that needs more GiB of memory than this is given up', { min: 0.01, max: 64 }),
    '1',
  ),
} as const;

export const generationFlags = {
  count: integer('Training tasks [default: 10000]', { min: 1, max: 100_000_000 }),
  validationCount: integer('Validation tasks [default: a tenth of --count, at most 500]', {
    min: 0,
    max: 100_000_000,
  }),
  testCount: integer('Test tasks [default: the same]', { min: 0, max: 100_000_000 }),
  maxTokens: integer('Keeps tasks whose trace and plan have no more tokens [default: 10000]', {
    min: 1,
    max: 100_000_000,
  }),
  vocabularySide: integer(
    "Words for boards up to this side, for models that are to read larger ones [default: the board's]",
    { min: 2, max: 100 },
  ),
  nondeterministic: switchOn('A* with shuffled children and random ties'),
  seed: integer('The same seed gives the same files [default: 1]'),
  jobs: integer('Worker threads [default: cores]', { min: 1, max: 256 }),
  resume: switchOn('Goes on with what was interrupted'),
  out: text('Folder of the data set'),
} as const;
