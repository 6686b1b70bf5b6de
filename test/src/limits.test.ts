import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import { experiments } from '../../experiments/index.ts';
import { commands } from '../../src/cli/commands/index.ts';
import { checkExperiment } from '../../src/cli/loadExperiment.ts';
import { readStudy } from '../../src/cli/loadStudy.ts';
import { readRunExperiment } from '../../src/cli/stages/runFolder.ts';
import { UsageError } from '../../src/cli/usageError.ts';
import { decimal, whole } from '../../src/experimentFields.ts';
import { kitRoot } from '../../src/kitPackage.ts';
import { LIMITS, rangeFault, type Limits } from '../../src/limits.ts';

const all: [name: string, limits: Limits][] = Object.entries(LIMITS);

/** Numbers near the limits, and any others. */
const numbersFor = ({ min, above, max, below }: Limits) => {
  const edges = [min, above, max, below].filter((edge) => edge !== undefined);
  const near = edges.flatMap((edge) => [edge - 1, edge, edge + 1, edge / 2, edge * 2]);
  return fc.oneof(
    fc.constantFrom(...near, 0, -0, Infinity, -Infinity, 1e308, 5e-324, 1.5),
    fc.double({ noNaN: true }),
    fc.maxSafeInteger(),
  );
};

const isWithin = (number: number, { min, above, max, below, orZero }: Limits): boolean =>
  (orZero === true && number === 0) ||
  ((min === undefined || number >= min) &&
    (above === undefined || number > above) &&
    (max === undefined || number <= max) &&
    (below === undefined || number < below));

describe('limits', () => {
  it.each(all)('of %s hold a number exactly if it is within its bounds', (_, limits) => {
    const [anyNumber, wholeNumber] = [decimal(limits), whole(limits)];
    fc.assert(
      fc.property(numbersFor(limits), (number) => {
        const holds = isWithin(number, limits);
        expect(rangeFault(number, limits) === null).toBe(holds);
        expect(anyNumber.safeParse(number).success).toBe(holds);
        expect(wholeNumber.safeParse(number).success).toBe(holds && Number.isSafeInteger(number));
      }),
    );
  });

  it('keep 0 without a sign', () => {
    expect(Object.is(decimal(LIMITS.weightDecay).parse(-0), 0)).toBe(true);
    expect(Object.is(whole(LIMITS.seed).parse(-0), 0)).toBe(true);
  });
});

const MAZE = (await experiments['demo']!()) as Readonly<Record<string, unknown>>;
const SOKOBAN = { name: 'x', data: { task: { environment: 'sokoban' } } };
const DRAWN = { ...MAZE, improvement: {} };

/** Flags beside the settings that they stand for. */
const PAIRS: readonly [line: string, setting: string, base: object][] = [
  ['gen-mazes count', 'data.trainCount', MAZE],
  ['gen-mazes validation-count', 'data.validationCount', MAZE],
  ['gen-mazes test-count', 'data.testCount', MAZE],
  ['gen-mazes max-tokens', 'data.maxTokens', MAZE],
  ['gen-mazes vocabulary-side', 'data.vocabularySide', MAZE],
  ['gen-mazes tasks-per-layout', 'data.tasksPerLayout', MAZE],
  ['gen-mazes width', 'data.task.width', MAZE],
  ['gen-mazes seed', 'data.seed', MAZE],
  ['gen-sokoban height', 'data.task.height', SOKOBAN],
  ['gen-sokoban boxes', 'data.task.boxes', SOKOBAN],
  ['gen-sokoban walls', 'data.task.walls', SOKOBAN],
  ['run threads', 'threads', MAZE],
  ['train seed', 'seed', MAZE],
  ['eval tasks', 'evaluation.tasks', MAZE],
  ['eval samples', 'evaluation.samples', MAZE],
  ['eval temperature', 'evaluation.temperature', MAZE],
  ['eval max-tokens', 'evaluation.maxTokens', MAZE],
  ['eval top-k', 'evaluation.topK', { ...MAZE, evaluation: { temperature: 1 } }],
  ['eval top-p', 'evaluation.topP', { ...MAZE, evaluation: { temperature: 1 } }],
  ['bootstrap rounds', 'improvement.rounds', DRAWN],
  ['bootstrap samples', 'improvement.samples', DRAWN],
  ['bootstrap temperature', 'improvement.temperature', DRAWN],
  ['bootstrap top-k', 'improvement.topK', DRAWN],
  ['bootstrap top-p', 'improvement.topP', DRAWN],
  ['bootstrap max-tokens', 'improvement.maxTokens', DRAWN],
  ['bootstrap steps', 'improvement.steps', DRAWN],
  ['bootstrap learning-rate', 'improvement.learningRate', DRAWN],
  ['bootstrap warmup-steps', 'improvement.warmupSteps', DRAWN],
  ['bootstrap seed', 'improvement.seed', DRAWN],
];

describe('a flag and its setting', () => {
  it.each(PAIRS)('%s and %s refuse the same numbers in the same words', (line, setting, base) => {
    const [name, flagName = ''] = line.split(' ');
    const key = flagName.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const flag = commands.find((each) => each.name === name)!.flags[key]!;
    const texts = fc.oneof(
      numbersFor(LIMITS.tasks).map(String),
      fc.constantFrom('1e400', '-1e400', '1e15', '1e308', '1e-40', '-0', '1.5', '9007199254740993'),
      fc.integer({ min: -3, max: 500 }).map(String),
    );
    fc.assert(
      fc.property(texts, (text) => {
        fc.pre(!text.includes('Infinity'));
        const path = setting.split('.');
        const value: unknown = JSON.parse(text);
        const byFlag = complaint(() => flag.read(text, `--${flagName}`));
        const bySetting = complaint(() =>
          checkExperiment(base as Readonly<Record<string, unknown>>, 'it', [
            { path: setting, value },
          ]),
        );
        expect(bySetting?.replace(`--set ${path.join('.')}:`, `--${flagName}`)).toBe(byFlag);
      }),
    );
  });
});

describe('what is committed', () => {
  const results = path.join(kitRoot, 'results');
  const files = (readdirSync(results, { recursive: true }) as string[]).map((name) =>
    path.join(results, name),
  );

  it('stays valid: settings of runs, and studies with all their cells', () => {
    const runs = files.filter((file) => path.basename(file) === 'experiment.json');
    const studies = files.filter((file) => path.basename(file) === 'study.json');
    expect([runs.length > 100, studies.length > 3]).toEqual([true, true]);
    for (const file of runs) readRunExperiment(path.dirname(file));
    for (const file of studies) readStudy(path.dirname(file));
  });
});

/** Without quotes around what was given. */
function complaint(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof InputError || error instanceof UsageError)) throw error;
    return `${error.name}: ${error.message.replaceAll('"', '')}`;
  }
}
