import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../../envs/index.ts';
import { tokenizerOf } from '../../../traces/index.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import { exampleAt, readManifest, readSplit } from '../../../src/data/dataset.ts';
import { generateDataset, type GenerationSettings } from '../../../src/data/generate.ts';
import { publishedLengths } from '../../../src/data/publishedLengths.ts';
import { datasetStatistics } from '../../../src/data/statistics.ts';
import { freshFolder, mazeSettings, sokobanSettings } from '../../helpers/datasets.ts';

const SPLITS = ['train', 'validation', 'test'] as const;

describe('the statistics of a data set', () => {
  it.each([
    ['mazes', mazeSettings({ tasksPerLayout: 5 })],
    ['Sokoban levels', sokobanSettings()],
  ])('of %s count what its tasks tell when they are read one by one', async (_, settings) => {
    const folder = freshFolder();
    const manifest = await generateDataset(settings, { out: folder });
    const progress: number[] = [];
    const statistics = datasetStatistics(folder, manifest, {
      splits: SPLITS,
      onProgress: ({ done }) => progress.push(done),
    });
    const counted = Object.fromEntries(
      statistics.quantities.map(({ name, counts }) => [name, counts.entries()]),
    );
    expect(counted).toEqual(countedByHand(folder, settings));
    const { trainCount, validationCount, testCount } = settings;
    expect(statistics.tasks).toBe(trainCount + validationCount + testCount);
    expect(progress.at(-1)).toBe(statistics.tasks);
    expect(statistics.repetitions).toMatchObject({ repeatedTasks: 0, sharedLayouts: 0 });
  });

  it('of one split are those of its tasks', async () => {
    const folder = freshFolder();
    const manifest = await generateDataset(mazeSettings(), { out: folder });
    const { tasks, quantities } = datasetStatistics(folder, manifest, { splits: ['test'] });
    expect([tasks, ...quantities.map(({ counts }) => counts.total)]).toEqual(
      Array.from({ length: quantities.length + 1 }, () => 20),
    );
  });

  it('are the same whichever shards and splits its tasks lie in', async () => {
    const folder = freshFolder();
    const manifest = await generateDataset(mazeSettings(), { out: folder });
    const all = SPLITS.map((name) => manifest.splits[name]);
    const train = {
      rows: all.reduce((sum, { rows }) => sum + rows, 0),
      tokens: manifest.splits.train.tokens,
      shards: all.flatMap(({ shards }) => shards).reverse(),
    };
    const joined = { ...manifest, splits: { ...manifest.splits, train } };
    const apart = datasetStatistics(folder, manifest, { splits: SPLITS });
    const together = datasetStatistics(folder, joined, { splits: ['train'] });
    const plain = ({ quantities, ...rest }: typeof apart) => ({
      ...rest,
      quantities: quantities.map(({ name, counts }) => [name, counts.entries()]),
    });
    expect(plain(together)).toEqual(plain(apart));
  });

  it('tell of tasks that repeat and layouts that splits share', async () => {
    const folder = freshFolder();
    const manifest = await generateDataset(mazeSettings(), { out: folder });
    const { train, test } = manifest.splits;
    const leaking = { ...manifest, splits: { train, validation: test, test } };
    expect(datasetStatistics(folder, leaking, { splits: SPLITS }).repetitions).toEqual({
      repeatedTasks: 20,
      layouts: 80,
      sharedLayouts: 20,
    });
  });
});

describe('published lengths', () => {
  it('are those of the same settings, whatever the seed, the count and the cap', () => {
    const published = (
      side: number,
      changes: Partial<GenerationSettings> = {},
      walls: readonly [number, number] = [0.3, 0.5],
    ) => publishedLengths(mazeSettings(changes, { width: side, height: side, walls }));
    expect(published(10)).toMatchObject({ min: 130, median: 264, max: 814 });
    expect(published(30, { seed: 'x', maxTokens: 20_000 })).toMatchObject({ median: 1600 });
    expect(published(20, { nondeterministic: true })).toEqual({ median: 865 });
    expect(published(15)).toBeNull();
    expect(published(10, {}, [0.1, 0.2])).toBeNull();
    const sokoban = (changes: Partial<GenerationSettings>) =>
      publishedLengths(sokobanSettings(changes));
    expect(sokoban({ nondeterministic: true })).toMatchObject({ median: 4290 });
    expect(sokoban({})).toBeNull();
  });
});

/** From the drawn board and the plan's steps rather than from the columns. */
function countedByHand(folder: string, settings: GenerationSettings) {
  const manifest = readManifest(folder);
  const vocabulary = createVocabulary(manifest.vocabulary);
  const environment = environmentOf(settings.task.environment);
  const isMaze = environment.name === 'maze';
  const all: Record<string, number[]> = {};
  const note = (name: string, value: number): void => void (all[name] ??= []).push(value);
  for (const split of SPLITS) {
    const examples = readSplit(folder, split);
    for (let i = 0; i < examples.count; i++) {
      const example = exampleAt(examples, i);
      const task = tokenizerOf(environment.name).readPrompt(example.prompt, vocabulary, example);
      const drawing = [...environment.render(task)];
      const occurrences = (characters: string): number =>
        drawing.filter((character) => characters.includes(character)).length;
      const words = [...example.reasoning].map((id) => vocabulary.token(id));
      const said = (word: string): number => words.filter((each) => each === word).length;
      const cells = example.width * example.height;
      note('prompt', example.prompt.length);
      note('reasoning', words.length);
      note('plan', example.plan.length);
      note('response', words.length + example.plan.length);
      note('optimalLength', example.plan.length / 3);
      note('walls', Math.round((10_000 * occurrences('#')) / cells));
      note('created', said('create'));
      note('closed', said('close'));
      if (isMaze) {
        note('searched', Math.round((10_000 * said('close')) / (cells - occurrences('#'))));
      } else {
        note('box', occurrences('$'));
        note('dock', occurrences('.+'));
      }
    }
  }
  return Object.fromEntries(
    Object.entries(all).map(([name, values]) => [
      name,
      [...new Set(values)]
        .sort((a, b) => a - b)
        .map((value) => [value, values.filter((each) => each === value).length]),
    ]),
  );
}
