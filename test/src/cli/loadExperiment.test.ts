import { writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { experiments } from '../../../experiments/index.ts';
import { loadExperiment } from '../../../src/cli/loadExperiment.ts';
import { settingPaths } from '../../../src/cli/settingPaths.ts';
import { UsageError } from '../../../src/cli/usageError.ts';
import { experimentSchema } from '../../../src/experiment.ts';
import { MODEL_SIZES } from '../../../src/model/config.ts';
import { temporaryFolder } from '../../helpers/kit.ts';

const folder = temporaryFolder();
const names = Object.keys(experiments);
const MINE = { name: 'mine', data: { task: { environment: 'maze', width: 4, height: 3 } } };

describe('a shipped experiment', () => {
  it.each(names)('%s loads under its own name, with a line that describes it', async (name) => {
    const { experiment } = await loadExperiment(name);
    expect(experiment.name).toBe(name);
    expect(experiment.description).toMatch(/^\S.{10,90}$/);
  });

  it.each(names)('%s is the same once it has been written as JSON and read', async (name) => {
    const { experiment } = await loadExperiment(name);
    const file = write('again.json', JSON.stringify(experiment));
    expect((await loadExperiment(file)).experiment).toEqual(experiment);
  });

  it('and its baselines share one data set', async () => {
    const data = async (name: string) => (await loadExperiment(name)).experiment.data;
    for (const name of names.filter((each) => each.startsWith('demo-'))) {
      expect(await data(name)).toEqual(await data('demo'));
    }
  });
});

describe('--set', () => {
  it('of any setting to the value that it has changes nothing', async () => {
    const { experiment } = await loadExperiment('demo');
    for (const [setting, value] of leaves(experiment)) {
      const sets = [`${setting}=${JSON.stringify(value)}`];
      expect((await loadExperiment('demo', sets)).experiment).toEqual(experiment);
    }
  });

  it('changes the setting that it names and no other', async () => {
    const { experiment } = await loadExperiment('demo');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e9 }), async (steps) => {
        const changed = await loadExperiment('demo', [`training.steps=${steps}`]);
        const training = { ...experiment.training, steps };
        expect(changed.experiment).toEqual({ ...experiment, training });
      }),
      { numRuns: 100 },
    );
  });

  it('takes the last of several values, text without quotes, and records', async () => {
    const { experiment } = await loadExperiment('demo', [
      'training.steps=5',
      'training.steps=7',
      'description=a = b',
      'training.dropping.mix=0.25',
      'model={"dim":8,"encoderLayers":1,"decoderLayers":1,"heads":2,"ffnDim":8}',
      'model.dim=16',
    ]);
    expect(experiment.training.steps).toBe(7);
    expect(experiment.description).toBe('a = b');
    expect(experiment.training.dropping).toEqual({ mix: 0.25 });
    expect(experiment.model).toMatchObject({ dim: 16, ffnDim: 8 });
  });

  it('of what is no setting is refused, whatever it is called', async () => {
    const known = new Set(settingPaths(experimentSchema));
    const segment = fc.oneof(fc.constantFrom('training', '__proto__', 'steps'), fc.string());
    const setting = fc
      .array(segment, { minLength: 1, maxLength: 3 })
      .map((segments) => segments.join('.'))
      .filter((name) => !known.has(name));
    await fc.assert(
      fc.asyncProperty(setting, async (name) => {
        await expect(loadExperiment('demo', [`${name}=1`])).rejects.toThrow(/^--set /);
      }),
      { numRuns: 200 },
    );
    expect(Object.hasOwn(Object.prototype, 'steps')).toBe(false);
  });

  it.each([
    ['training.stps=3', 'training.stps: there is no such setting; did you mean training.steps?'],
    [
      'evaluation.temp=1',
      'evaluation.temp: there is no such setting; did you mean evaluation.temperature?',
    ],
    ['clipNorm=3', 'clipNorm: there is no such setting; did you mean training.clipNorm?'],
    ['training.steps=0', 'training.steps: must be at least 1, not 0'],
    ['data.task.walls=[0.5,0.3]', /data.task.walls: the first share must not exceed the second/],
    ['evaluation.modes=["slw"]', /evaluation.modes\[0\]: expected one of .*, not "slw"$/],
    ['model=tyni', /model: expected one of "tiny".*, not "tyni"$/],
    ['training.dropping.mix=2', /training.dropping.mix: must be at most 1, not 2/],
    ['training.dropping={"mix":2}', 'training.dropping.mix: must be at most 1, not 2'],
    [
      'training.dropping={"levels":[1]}',
      'training.dropping.levels: expected array to have >=5 items, not [1]',
    ],
    [
      'training.dropping=fast',
      /^--set training.dropping: expected .*"solution-only".*\|{"mix":p}\|{"levels":\[…\]}, not "fast"$/,
    ],
    ['training.dropping={"mx":1}', /^--set training.dropping: expected .*, not {"mx":1}$/],
    ['model={"dm":3}', 'model.dm: there is no such setting; did you mean model.dim?'],
    [
      'model.heads=3',
      /^--set model.heads: model is the name "tiny" here; .* all of {"dim":n,.*"heads":n,.*}$/,
    ],
    ['data.task.boxes=3', /^--set data.task.boxes: does not go with {"environment":"maze",/],
    ['data.task.environment=lake', /environment: expected 'maze' \| 'sokoban', not "lake"$/],
    ['evaluation.topK=0', 'evaluation.topK: must be at least 1, not 0'],
    ['evaluation.topP=1.5', 'evaluation.topP: must be at most 1, not 1.5'],
    ['evaluation.topK=5', 'evaluation.topK: needs a temperature above 0; it is 5'],
    ['evaluation.topP=0.5', 'evaluation.topP: needs a temperature above 0; it is 0.5'],
    ['evaluation.form=sonnet', /evaluation.form: expected one of "any".*, not "sonnet"$/],
    ['evaluation.precision=fp16', /evaluation.precision: expected one of "fp32".*, not "fp16"$/],
    ['name=a/b', /name: must be letters, digits/],
    ['evaluation.modes=["slow","slow"]', /modes: a mode is given twice; it is \["slow","slow"\]$/],
  ])('%s is refused in one line', async (set, message) => {
    const expected = typeof message === 'string' ? `--set ${message}` : message;
    await expect(loadExperiment('demo', [set])).rejects.toThrow(expected);
    await expect(loadExperiment('demo', [set])).rejects.toBeInstanceOf(InputError);
  });
});

describe('of several --set', () => {
  it.each<[sets: readonly string[], message: string | RegExp]>([
    [['model=s', 'model.dim=8'], /^--set model.dim: model is the name "s" here/],
    [['model.dim=8', 'model=tyni'], /^--set model: expected .*, not "tyni"$/],
    [['model.dim=8', 'model={"dim":8}'], /^--set model.encoderLayers: is missing/],
    [
      ['training.dropping=dualformer', 'training.dropping.mix=7'],
      /dropping.mix: must be at most 1, not 7/,
    ],
    [
      ['training.dropping.mix=1', 'training.dropping.levels=[1]'],
      '--set training.dropping.levels: does not go with {"mix":1}',
    ],
  ])('the one at fault is named: %j', async (sets, message) => {
    await expect(loadExperiment('demo', sets)).rejects.toThrow(message);
  });

  it.each(['training.steps=many', 'training.steps=1.5', 'training=3', 'evaluation.modes=slow'])(
    'a value of another kind can not be read: %s',
    async (set) => {
      await expect(loadExperiment('demo', [set])).rejects.toBeInstanceOf(UsageError);
    },
  );
});

describe("a user's file", () => {
  it('may be JSON, or a module with one export or a default', async () => {
    const json = write('a.json', JSON.stringify(MINE));
    const one = write('b.mjs', `export const mine = ${JSON.stringify(MINE)};`);
    const standard = write('c.mjs', `export const x = 1; export default ${JSON.stringify(MINE)};`);
    const { experiment, folders } = await loadExperiment(json);
    expect(experiment).toMatchObject({ ...MINE, model: 's' });
    expect(folders[0]).toBe(folder);
    for (const file of [one, standard]) {
      expect((await loadExperiment(file)).experiment).toEqual(experiment);
    }
  });

  it.each<[name: string, text: string, message: string | RegExp]>([
    ['broken.json', '{', /: not valid JSON/],
    ['list.json', '[1]', ': an experiment is a record of settings'],
    ['null.json', 'null', ': an experiment is a record of settings'],
    [
      'typo.json',
      JSON.stringify({ ...MINE, trainng: {} }),
      ': trainng: there is no such setting; did you mean training?',
    ],
    ['short.json', JSON.stringify({ name: 'x' }), /: data: is missing/],
    [
      'wide.json',
      JSON.stringify({ ...MINE, data: { task: { environment: 'maze', width: 1e9, height: 3 } } }),
      /: data.task.width: .*100, not 1000000000/,
    ],
    [
      'place.json',
      JSON.stringify({ ...MINE, data: { task: { environment: 'lake' } } }),
      /: data.task.environment: .*"lake"/,
    ],
    // The wording is the engine's.
    ['syntax.mjs', 'export default {', /: \S+/],
    ['throws.mjs', 'throw new Error("boo")', ': boo'],
    ['two.mjs', 'export const a = 1, b = 2', ': must export one experiment, as its default'],
  ])('%s is refused with its name', async (name, text, message) => {
    const file = write(name, text);
    const error = await loadExperiment(file).then(
      () => null,
      (reason: unknown) => reason as Error,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error!.message.startsWith(file)).toBe(true);
    const rest = error!.message.slice(file.length);
    if (typeof message === 'string') expect(rest).toBe(message);
    else expect(rest).toMatch(message);
  });

  it('is no folder and no file of another kind', async () => {
    await expect(loadExperiment(folder)).rejects.toThrow(/^there is no experiment/);
    await expect(loadExperiment(`${folder}/none.json`)).rejects.toThrow(/no such file/);
  });
});

describe('the paths of settings', () => {
  it('hold every leaf of every experiment and size', async () => {
    const known = new Set(settingPaths(experimentSchema));
    for (const name of names) {
      for (const [setting] of leaves((await loadExperiment(name)).experiment)) {
        expect(known).toContain(setting);
      }
    }
    for (const field of Object.keys(MODEL_SIZES.tiny)) expect(known).toContain(`model.${field}`);
  });
});

function write(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Settings that are no records, with their values. */
function leaves(record: object, at: readonly string[] = []): [string, unknown][] {
  return Object.entries(record).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(value, [...at, key])
      : [[[...at, key].join('.'), value] satisfies [string, unknown]],
  );
}
