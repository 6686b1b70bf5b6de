import fc from 'fast-check';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { environmentOf } from '../../../envs/index.ts';
import { InputError } from '../../../envs/inputError.ts';
import { astar } from '../../../solvers/astar.ts';
import { shortestPlanLength } from '../../../solvers/bfs.ts';
import { readManifest, readSplit } from '../../../src/data/dataset.ts';
import { generateDataset, type GenerationSettings } from '../../../src/data/generate.ts';
import { SPLITS } from '../../../src/data/manifest.ts';
import { acquireLock } from '../../../src/lock.ts';
import { tokenizerOf } from '../../../traces/index.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import { contentOf, freshFolder, mazeSettings, sokobanSettings } from '../../helpers/datasets.ts';
import { toRows } from '../../helpers/examples.ts';

const SETTINGS: Readonly<Record<string, GenerationSettings>> = {
  mazes: mazeSettings(),
  'nondeterministic mazes': mazeSettings({ nondeterministic: true, seed: 'x' }),
  'several mazes per layout': mazeSettings({ tasksPerLayout: 4 }),
  Sokoban: sokobanSettings(),
  'nondeterministic Sokoban': sokobanSettings({ nondeterministic: true, maxTokens: 3000 }),
};

async function generate(settings: GenerationSettings, jobs = 1): Promise<string> {
  const out = freshFolder();
  await generateDataset(settings, { out, jobs });
  return out;
}

const splitsOf = (folder: string) =>
  Object.fromEntries(SPLITS.map((name) => [name, toRows(readSplit(folder, name))]));

describe.each(Object.entries(SETTINGS))('a dataset of %s', (_, settings) => {
  let out: string;
  beforeAll(async () => {
    out = await generate(settings);
  });

  it('has the same bytes for any number of jobs', async () => {
    for (const jobs of [2, 3]) {
      expect(contentOf(await generate(settings, jobs))).toEqual(contentOf(out));
    }
  });

  it('consists of a manifest and shards, and has as many tasks as were asked for', () => {
    expect(Object.keys(contentOf(out))).toEqual([
      'manifest.json',
      'test-00000.parquet',
      'train-00000.parquet',
      'validation-00000.parquet',
    ]);
    const { splits, generation } = readManifest(out);
    for (const name of SPLITS) expect(splits[name].rows).toBe(settings[`${name}Count`]);
    expect(generation.kept).toBe(SPLITS.reduce((sum, name) => sum + splits[name].rows, 0));
  });

  it('has splits without duplicates and with no layout in common', () => {
    const splits = splitsOf(out);
    const layouts = Object.values(splits).map((rows) => new Set(rows.map(({ layout }) => layout)));
    const all = new Set(layouts.flatMap((set) => [...set]));
    expect(all.size).toBe(layouts.reduce((sum, { size }) => sum + size, 0));
    for (const rows of Object.values(splits)) {
      expect(new Set(rows.map(({ prompt }) => prompt.join())).size).toBe(rows.length);
      expect(rows.map(({ id }) => id)).toEqual(rows.map((_, i) => i));
      if (settings.tasksPerLayout === 1) {
        expect(new Set(rows.map(({ layout }) => layout)).size).toBe(rows.length);
      }
    }
  });

  it('holds searches and shortest plans of its prompts, none longer than allowed', () => {
    const manifest = readManifest(out);
    const vocabulary = createVocabulary(manifest.vocabulary);
    const environment = environmentOf(settings.task.environment);
    const tokenizer = tokenizerOf(environment.name);
    let longest = 0;
    for (const example of Object.values(splitsOf(out)).flat()) {
      const task = tokenizer.readPrompt(example.prompt, vocabulary, example);
      const problem = environment.searchProblem(task);
      expect(example.optimalLength).toBe(shortestPlanLength(environment.searchProblem(task)));
      expect(example.plan.length).toBe(3 * example.optimalLength);
      expect(example.walls).toBe(task.walls.reduce((a, b) => a + b));
      const response = example.reasoning.length + example.plan.length;
      expect(response).toBeLessThanOrEqual(settings.maxTokens);
      longest = Math.max(longest, response);
      if (settings.nondeterministic) continue;
      const { log, plan } = astar(problem);
      const reasoning = tokenizer.reasoning(task, vocabulary, { problem, log });
      expect(example.reasoning.join()).toBe(reasoning.join());
      const cells = plan!.map((state) => problem.agent(state));
      expect(example.plan.join()).toBe(tokenizer.plan(task, vocabulary, cells).join());
      expect(example.expanded).toBe(log.closes.reduce((a, b) => a + b));
      expect(example.created).toBe(log.length - example.expanded);
    }
    expect(manifest.longest.response).toBe(longest);
  });

  it('has a vocabulary whose last token was written, or that holds every cost of a maze', () => {
    const { vocabulary, settings: kept } = readManifest(out);
    const { size } = createVocabulary(vocabulary);
    const highest = Math.max(
      ...Object.values(splitsOf(out)).flatMap((rows) => rows.flatMap((row) => [...row.reasoning])),
    );
    expect(highest).toBeLessThan(size);
    if (kept.task.environment === 'sokoban') expect(highest).toBe(size - 1);
    else expect(vocabulary.costs).toBe(20);
  });

  it('continues to the same bytes wherever it is stopped', async () => {
    const whole = contentOf(out);
    const stopAt = fc.double({ min: 0, max: 1, noNaN: true });
    await fc.assert(
      fc.asyncProperty(stopAt, fc.integer({ min: 1, max: 2 }), async (share, jobs) => {
        const again = freshFolder();
        const controller = new AbortController();
        const stopped = generateDataset(settings, {
          out: again,
          jobs,
          signal: controller.signal,
          onProgress({ done, total }) {
            if (done >= share * total) controller.abort(new Error('stop'));
          },
        });
        await stopped.catch((error: unknown) => expect(error).toEqual(new Error('stop')));
        await generateDataset(settings, { out: again, resume: true });
        expect(contentOf(again)).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  });
});

describe('generation', () => {
  it.each([0, 0.6])(
    'of Sokoban levels continues from %d of them to the same bytes',
    async (share) => {
      const task = { environment: 'sokoban', width: 6, height: 6, boxes: 1, walls: 3 } as const;
      const settings = sokobanSettings({ task, trainCount: 500 });
      const whole = contentOf(await generate(settings));
      const out = freshFolder();
      const controller = new AbortController();
      const stopped = generateDataset(settings, {
        out,
        signal: controller.signal,
        onProgress({ done, total }) {
          if (done >= share * total) controller.abort(new Error('stop'));
        },
      });
      await expect(stopped).rejects.toThrow('stop');
      expect(Object.keys(contentOf(out))).toContain('progress.json');
      await generateDataset(settings, { out, resume: true });
      expect(contentOf(out)).toEqual(whole);
    },
  );

  it('keeps the test and validation sets when more training tasks are asked for', async () => {
    const small = contentOf(await generate(mazeSettings({ trainCount: 10 })));
    const large = contentOf(await generate(mazeSettings({ trainCount: 200 })));
    expect(large['test-00000.parquet']).toBe(small['test-00000.parquet']);
    expect(large['validation-00000.parquet']).toBe(small['validation-00000.parquet']);
    expect(large['train-00000.parquet']).not.toBe(small['train-00000.parquet']);
  });

  it('proposes the same layouts whether or not searches are deterministic', async () => {
    const [plain, random] = [
      splitsOf(await generate(mazeSettings())),
      splitsOf(await generate(mazeSettings({ nondeterministic: true }))),
    ];
    const prompts = (splits: typeof plain) => splits['train']!.map(({ prompt }) => prompt.join());
    expect(prompts(random)).toEqual(prompts(plain));
    expect(random).not.toEqual(plain);
  });

  it('gives other tasks for another seed', async () => {
    const [a, b] = [await generate(mazeSettings()), await generate(mazeSettings({ seed: 2 }))];
    expect(contentOf(b)).not.toEqual(contentOf(a));
  });

  it('leaves out splits of no tasks', async () => {
    const out = await generate(mazeSettings({ validationCount: 0, testCount: 0 }));
    expect(Object.keys(contentOf(out))).toEqual(['manifest.json', 'train-00000.parquet']);
    expect(readSplit(out, 'test').count).toBe(0);
  });

  it('counts every proposal once', async () => {
    for (const settings of [mazeSettings(), sokobanSettings({ maxTokens: 2000 })]) {
      const { generation } = await generateDataset(settings, { out: freshFolder() });
      const { proposals, kept, ...rejected } = generation;
      expect(Object.values(rejected).reduce((a, b) => a + b)).toBe(proposals - kept);
      expect(proposals).toBeGreaterThan(kept);
    }
  });

  // On 2×2 cells, 30–50 % are 2 walls. Of the 6 layouts, 4 have neighbouring free cells; the two
  // diagonals have no path. With no walls, there is 1 layout and 4·3 pairs of start and goal.
  it.each([
    { walls: [0.3, 0.5], tasksPerLayout: 1, exist: 4 },
    { walls: [0, 0], tasksPerLayout: 1, exist: 1 },
    { walls: [0.3, 0.5], tasksPerLayout: 100, exist: 8 },
  ] as const)('finds all $exist unique 2×2 mazes and says so if more are wanted', async (row) => {
    const settings = (trainCount: number): GenerationSettings =>
      mazeSettings(
        { trainCount, validationCount: 0, testCount: 0, tasksPerLayout: row.tasksPerLayout },
        { width: 2, height: 2, walls: row.walls },
      );
    const { generation } = await generateDataset(settings(row.exist), { out: freshFolder() });
    expect(generation.kept).toBe(row.exist);

    const out = freshFolder();
    const failed = generateDataset(settings(row.exist + 1), { out: path.join(out, 'deep', 'er') });
    await expect(failed).rejects.toThrow(InputError);
    await expect(failed).rejects.toThrow(
      `found ${row.exist} of the ${row.exist + 1} tasks asked for`,
    );
    await expect(failed).rejects.toThrow(/; ask for fewer tasks, or for a larger board$/);
    expect(existsSync(out)).toBe(false);
  });

  it('says what to change when more 3×3 mazes are asked for than there are', async () => {
    const settings = mazeSettings({ trainCount: 1000 }, { width: 3, height: 3 });
    await expect(generateDataset(settings, { out: freshFolder() })).rejects.toThrow(
      /^trainCount: found \d+ of the 1030 tasks.*; ask for fewer tasks, or for a larger board$/,
    );
  });

  it('says what to change when no search fits', async () => {
    const out = freshFolder();
    const failed = generateDataset(mazeSettings({ maxTokens: 5 }), { out });
    await expect(failed).rejects.toThrow(/^maxTokens: found 0 of the 90 tasks.*; raise it$/);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [mazeSettings({}, { width: 0 }), /width: 0/],
    [mazeSettings({}, { height: 1e9 }), /height: 1000000000/],
    [mazeSettings({}, { walls: [0.99, 1] }), /walls: 0\.99-1/],
    [mazeSettings({ trainCount: -3 }), /trainCount: -3/],
    [mazeSettings({ trainCount: 1.5 }), /trainCount: 1\.5/],
    [mazeSettings({ trainCount: 0, validationCount: 0, testCount: 0 }), /trainCount/],
    [mazeSettings({ tasksPerLayout: 0 }), /tasksPerLayout: 0/],
    [mazeSettings({ maxTokens: 0 }), /maxTokens: 0/],
    [mazeSettings({ vocabularySide: 4 }), /vocabularySide: 4 is not a whole number from 5 to 100/],
    [{ ...mazeSettings(), task: { environment: 'chess', width: 8, height: 8 } }, /"chess"/],
  ])('refuses impossible settings at once and leaves nothing (%#)', async (settings, message) => {
    const out = freshFolder();
    const failed = generateDataset(settings, { out });
    await expect(failed).rejects.toThrow(InputError);
    await expect(failed).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });
});

it('the vocabulary of a dataset may reach for larger boards, and says the same', async () => {
  const own = await generate(mazeSettings());
  const wide = await generate(mazeSettings({ vocabularySide: 8 }));
  expect(readManifest(wide).vocabulary).toEqual({ environment: 'maze', coordinates: 8, costs: 64 });
  const textOf = (folder: string): string[] => {
    const { token } = createVocabulary(readManifest(folder).vocabulary);
    const rows = Object.values(splitsOf(folder)).flat();
    return rows.flatMap((row) =>
      [row.prompt, row.reasoning, row.plan].map((ids) => Array.from(ids, token).join(' ')),
    );
  };
  expect(textOf(wide)).toEqual(textOf(own));
});

describe('the folder of a dataset', () => {
  const stopEarly = async (out: string): Promise<void> => {
    const controller = new AbortController();
    const { signal } = controller;
    const onProgress = (): void => controller.abort(new Error('stop'));
    const settings = mazeSettings({ trainCount: 1000 });
    await expect(generateDataset(settings, { out, signal, onProgress })).rejects.toThrow('stop');
  };

  it('with an unfinished dataset is left alone, without resume or with other settings', async () => {
    const out = freshFolder();
    await stopEarly(out);
    const before = contentOf(out);
    expect(Object.keys(before)).toContain('progress.json');
    await expect(generateDataset(mazeSettings({ trainCount: 1000 }), { out })).rejects.toThrow(
      `${out}: holds an unfinished dataset with the same settings: add --resume`,
    );
    await expect(
      generateDataset(mazeSettings({ trainCount: 1000 }, { width: 6 }), { out, resume: true }),
    ).rejects.toThrow('holds another dataset: its task.width is 5, not 6');
    expect(contentOf(out)).toEqual(before);
  });

  it('with the finished dataset is accepted by resume and refused without', async () => {
    const out = await generate(mazeSettings());
    const before = contentOf(out);
    await expect(generateDataset(mazeSettings(), { out })).rejects.toThrow('this dataset already');
    const manifest = await generateDataset(mazeSettings(), { out, resume: true });
    expect(manifest).toEqual(readManifest(out));
    await expect(generateDataset(mazeSettings({ seed: 9 }), { out, resume: true })).rejects.toThrow(
      'its seed is 1, not 9',
    );
    expect(contentOf(out)).toEqual(before);
  });

  it.each(SPLITS.map((name) => `${name}-00000.parquet`))(
    'with the finished dataset but a missing, truncated or changed %s is refused by resume',
    async (name) => {
      const out = await generate(mazeSettings());
      const file = path.join(out, name);
      const bytes = readFileSync(file);
      const resumed = () => generateDataset(mazeSettings(), { out, resume: true });

      const flipped = Buffer.from(bytes);
      flipped[bytes.length >> 1]! ^= 1;
      writeFileSync(file, flipped);
      await expect(resumed()).rejects.toThrow(InputError);
      await expect(resumed()).rejects.toThrow(`${file}: was changed: its checksum is not`);
      writeFileSync(file, bytes.subarray(1));
      await expect(resumed()).rejects.toThrow(`${file}: has ${bytes.length - 1} bytes, `);
      rmSync(file);
      await expect(resumed()).rejects.toThrow(`${file}: no such file`);
      writeFileSync(file, bytes);
      await resumed();
    },
  );

  it('with anything else is left alone', async () => {
    const out = freshFolder();
    mkdirSync(out);
    writeFileSync(path.join(out, 'thesis.tex'), '');
    for (const resume of [false, true]) {
      await expect(generateDataset(mazeSettings(), { out, resume })).rejects.toThrow(
        `${out}: is not empty: it holds thesis.tex`,
      );
    }
    expect(Object.keys(contentOf(out))).toEqual(['thesis.tex']);
  });

  it('may be empty or begun by resume, and is cleared of what killed processes left', async () => {
    const out = freshFolder();
    mkdirSync(out);
    writeFileSync(path.join(out, 'progress.json.1234-abcd0123.tmp'), 'half');
    await generateDataset(mazeSettings(), { out, resume: true });
    expect(contentOf(out)).toEqual(contentOf(await generate(mazeSettings())));
  });

  it('that is finished is read beside others, and where nothing can be written', async () => {
    const settings = mazeSettings();
    const out = await generate(settings);
    const release = acquireLock(out);
    try {
      const manifest = await generateDataset(settings, { out, resume: true });
      expect(manifest).toEqual(readManifest(out));
    } finally {
      release();
    }
    // Where something is left to tidy up it waits for the lock, as one that is made does.
    writeFileSync(path.join(out, 'manifest.json.1-ab.tmp'), '');
    await generateDataset(settings, { out, resume: true });
    expect(Object.keys(contentOf(out))).not.toContain('manifest.json.1-ab.tmp');
  });

  it('is made by a whole number of jobs, 1 or more', async () => {
    for (const jobs of [0, -1, 1.5, 1e9, Number.NaN]) {
      const out = freshFolder();
      await expect(generateDataset(mazeSettings(), { out, jobs })).rejects.toThrow(/^jobs: /);
      expect(existsSync(out)).toBe(false);
    }
  });

  it('that is a file, or lies in one, is an InputError', async () => {
    const out = freshFolder();
    writeFileSync(out, '');
    for (const folder of [out, path.join(out, 'x')]) {
      await expect(generateDataset(mazeSettings(), { out: folder })).rejects.toThrow(InputError);
    }
  });

  it('with a broken progress.json or shard is refused by the name of the file', async () => {
    const out = freshFolder();
    await stopEarly(out);
    const settings = mazeSettings({ trainCount: 1000 });
    const [pending] = Object.keys(contentOf(out)).filter((name) => name.startsWith('pending'));
    writeFileSync(path.join(out, pending!), 'x');
    await expect(generateDataset(settings, { out, resume: true })).rejects.toThrow(pending);
    writeFileSync(path.join(out, 'progress.json'), '{"schemaVersion": 1}');
    await expect(generateDataset(settings, { out, resume: true })).rejects.toThrow(
      /progress\.json: settings: /,
    );
  });

  it('with a progress.json that was changed is refused by resume', async () => {
    const out = freshFolder();
    await stopEarly(out);
    const file = path.join(out, 'progress.json');
    const progress = JSON.parse(readFileSync(file, 'utf8')) as { block: number };
    writeFileSync(file, JSON.stringify({ ...progress, block: progress.block + 1 }));
    await expect(
      generateDataset(mazeSettings({ trainCount: 1000 }), { out, resume: true }),
    ).rejects.toThrow(new InputError(`${file}: was changed: its checksum does not match`));
  });

  it('is left without a new one by a signal that comes before the beginning', async () => {
    const out = freshFolder();
    const signal = AbortSignal.abort(new Error('early'));
    await expect(generateDataset(mazeSettings(), { out, signal })).rejects.toThrow('early');
    expect(existsSync(out)).toBe(false);
  });
});
