import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import {
  datasetChecksum,
  readExample,
  readManifest,
  readSplit,
} from '../../../src/data/dataset.ts';
import { tokenCounts } from '../../../src/data/examples.ts';
import { generateDataset } from '../../../src/data/generate.ts';
import { type Manifest, type Shard, writeManifest } from '../../../src/data/manifest.ts';
import { toParquet } from '../../../src/data/parquet.ts';
import { sha256 } from '../../../src/files.ts';
import { contentOf, freshFolder, mazeSettings } from '../../helpers/datasets.ts';
import { toExamples, toRows } from '../../helpers/examples.ts';

const TRAIN = 'train-00000.parquet';

/** A small dataset, its files by name. */
let files: Readonly<Record<string, Buffer>>;
beforeAll(async () => {
  const out = freshFolder();
  await generateDataset(mazeSettings(), { out });
  const names = Object.keys(contentOf(out));
  files = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(out, name))]));
});

describe('a split', () => {
  it('with any byte flipped, or cut anywhere, is refused by the name of the file', () => {
    const size = files[TRAIN]!.length;
    const folder = folderWith({});
    fc.assert(
      fc.property(fc.nat({ max: size - 1 }), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = Buffer.from(files[TRAIN]!);
        flipped[at]! ^= mask;
        for (const bytes of [flipped, flipped.subarray(0, at)]) {
          writeFileSync(path.join(folder, TRAIN), bytes);
          expect(() => readSplit(folder, 'train')).toThrow(InputError);
          expect(() => readSplit(folder, 'train')).toThrow(`${path.join(folder, TRAIN)}: `);
        }
      }),
      { numRuns: 500 },
    );
    writeFileSync(path.join(folder, TRAIN), files[TRAIN]!);
    expect(readSplit(folder, 'train').count).toBe(60);
  });

  it('that is missing is refused by the name of the file', () => {
    const folder = folderWith({});
    rmSync(path.join(folder, TRAIN));
    expect(() => readSplit(folder, 'train')).toThrow(`${path.join(folder, TRAIN)}: no such file`);
    expect(readSplit(folder, 'test').count).toBe(20);
  });

  it('whose file was swapped for a valid one of other rows is refused', () => {
    const folder = folderWith({ [TRAIN]: files['test-00000.parquet']! });
    expect(() => readSplit(folder, 'train')).toThrow(`${path.join(folder, TRAIN)}: `);
  });
});

describe('one example', () => {
  it('is the same however a split is cut into shards, and is read from its own alone', () => {
    const whole = toRows(readSplit(folderWith({}), 'train'));
    const cuts = fc.array(fc.nat({ max: whole.length }), { maxLength: 4 });
    fc.assert(
      fc.property(cuts, fc.nat({ max: whole.length - 1 }), (cuts, index) => {
        const { folder, shards } = cutTrain([...cuts].sort((a, b) => a - b));
        const own = shards.findIndex(({ end }) => index < end);
        for (const [i, { file }] of shards.entries()) if (i !== own) rmSync(file);
        expect(toRows(toExamples([readExample(folder, 'train', index)]))).toEqual([whole[index]]);
        rmSync(shards[own]!.file);
        expect(() => readExample(folder, 'train', index)).toThrow(
          new InputError(`${shards[own]!.file}: no such file`),
        );
        rmSync(folder, { recursive: true });
      }),
      { numRuns: 100 },
    );
  });

  it('of a shard that was changed is refused by the name of the file', () => {
    const changed = Buffer.from(files[TRAIN]!);
    changed[changed.length >> 1]! ^= 1;
    const folder = folderWith({ [TRAIN]: changed });
    expect(() => readExample(folder, 'train', 0)).toThrow(InputError);
    expect(() => readExample(folder, 'train', 0)).toThrow(`${path.join(folder, TRAIN)}: `);
  });

  it('that the file of its shard does not hold is refused by the name of the file', () => {
    const bytes = toParquet(toExamples([]));
    const { splits, ...rest } = readManifest(folderWith({}));
    const [shard] = splits.train.shards;
    const lying = { ...shard!, bytes: bytes.length, sha256: sha256(bytes) };
    const folder = folderWith({ [TRAIN]: Buffer.from(bytes) });
    writeManifest(folder, { ...rest, splits: withTrain(splits, [lying]) });
    expect(() => readExample(folder, 'train', 3)).toThrow(
      new InputError(`${path.join(folder, TRAIN)}: rows or tokens are not those of the manifest`),
    );
  });

  it.each([-1, 60, Number.NaN])('has no index %d of 60', (index) => {
    expect(() => readExample(folderWith({}), 'train', index)).toThrow(RangeError);
  });
});

describe('a manifest', () => {
  it.each<readonly [string, string, unknown, RegExp]>([
    ['of a later version', 'schemaVersion', 2, /schemaVersion is 2; .* reads 1/],
    ['without version', 'schemaVersion', undefined, /schemaVersion: /],
    ['without settings', 'settings', undefined, /settings: /],
    ['with an unknown field', 'colour', 'red', /colour/],
    ['with a negative count', 'splits.test.rows', -1, /splits\.test\.rows: /],
    ['whose totals do not match', 'splits.test.tokens.plan', 7, /splits\.test: rows and/],
    ['with a text for a number', 'vocabulary.costs', '7', /vocabulary\.costs: /],
    ['that points elsewhere', 'splits.train.shards.0.file', '../x.parquet', /shards\[0\]\.file/],
  ])('%s is refused by file and field', (_, field, value, message) => {
    const manifest: unknown = JSON.parse(String(files['manifest.json']));
    setField(manifest, field.split('.'), value);
    const folder = folderWith({ 'manifest.json': Buffer.from(JSON.stringify(manifest)) });
    const read = (): unknown => readManifest(folder);
    expect(read).toThrow(InputError);
    expect(read).toThrow(`${path.join(folder, 'manifest.json')}: `);
    expect(read).toThrow(message);
  });

  it.each<readonly [string, unknown]>([
    ['vocabulary.coordinates', 50],
    ['vocabulary.costs', 10],
    ['settings.task.width', 6],
    ['settings.seed', 2],
    ['generation.kept', 91],
    ['splits.train.shards.0.sha256', '0'.repeat(64)],
    ['checksum', 'x'],
  ])('whose %s was changed is refused by the name of the file', (field, value) => {
    const manifest: unknown = JSON.parse(String(files['manifest.json']));
    setField(manifest, field.split('.'), value);
    const folder = folderWith({ 'manifest.json': Buffer.from(JSON.stringify(manifest)) });
    const file = path.join(folder, 'manifest.json');
    const refusal = new InputError(`${file}: was changed: its checksum does not match`);
    expect(() => readManifest(folder)).toThrow(refusal);
    expect(() => readSplit(folder, 'test')).toThrow(refusal);
  });

  it('with any character replaced by another is refused, or read as it was', () => {
    const text = String(files['manifest.json']);
    const folder = folderWith({});
    const file = path.join(folder, 'manifest.json');
    const original = readManifest(folder);
    const character = fc.constantFrom(...'0123456789abcdef"{}[]:, \n-.eE');
    let refused = 0;
    fc.assert(
      fc.property(fc.nat({ max: text.length - 1 }), character, (at, other) => {
        writeFileSync(file, text.slice(0, at) + other + text.slice(at + 1));
        try {
          // As text, because -0 is 0 to everyone else.
          expect(JSON.stringify(readManifest(folder))).toBe(JSON.stringify(original));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message.startsWith(`${file}: `)).toBe(true);
          refused++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });

  it('may be laid out otherwise', () => {
    const manifest: unknown = JSON.parse(String(files['manifest.json']));
    const folder = folderWith({ 'manifest.json': Buffer.from(JSON.stringify(manifest)) });
    expect(readManifest(folder)).toEqual(readManifest(folderWith({})));
  });

  it('without its checksum is refused', () => {
    const manifest: unknown = JSON.parse(String(files['manifest.json']));
    setField(manifest, ['checksum'], undefined);
    const folder = folderWith({ 'manifest.json': Buffer.from(JSON.stringify(manifest)) });
    expect(() => readManifest(folder)).toThrow('manifest.json: checksum: is missing');
  });

  it('of any JSON, or any text, is an InputError', () => {
    const folder = folderWith({});
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        writeFileSync(path.join(folder, 'manifest.json'), text);
        expect(() => readManifest(folder)).toThrow(InputError);
      }),
      { numRuns: 1000 },
    );
  });

  it('that is missing is named', () => {
    expect(() => readManifest('/nowhere')).toThrow('/nowhere/manifest.json: no such file');
  });
});

describe('the checksum of a dataset', () => {
  it('is that of its vocabulary and of the checksums of its shards, in the order of splits', () => {
    const { vocabulary, splits } = readManifest(folderWith({}));
    const shards = (['train', 'validation', 'test'] as const).map((name) => [
      createHash('sha256').update(files[`${name}-00000.parquet`]!).digest('hex'),
    ]);
    expect(Object.keys(splits)).toEqual(['train', 'validation', 'test']);
    const { environment, coordinates, costs } = vocabulary;
    const text = JSON.stringify([{ environment, coordinates, costs }, shards]);
    expect(datasetChecksum(readManifest(folderWith({})))).toBe(
      createHash('sha256').update(text).digest('hex'),
    );
  });

  it('depends on its data and vocabulary alone', () => {
    const manifest = readManifest(folderWith({}));
    const checksum = datasetChecksum(manifest);
    expect(datasetChecksum({ ...manifest, longest: { prompt: 0, response: 0 } })).toBe(checksum);
    const { vocabulary, splits } = manifest;
    expect(datasetChecksum({ ...manifest, vocabulary: { ...vocabulary, costs: 1 } })).not.toBe(
      checksum,
    );
    const swapped = { ...splits, train: splits.test, test: splits.train };
    expect(datasetChecksum({ ...manifest, splits: swapped })).not.toBe(checksum);
  });
});

/** The dataset with its train split cut before these rows, which may make empty shards. */
function cutTrain(cuts: readonly number[]) {
  const folder = folderWith({});
  const rows = toRows(readSplit(folder, 'train'));
  const ends = [...cuts, rows.length];
  const shards = ends.map((end, i) => {
    const examples = toExamples(rows.slice(cuts[i - 1] ?? 0, end));
    const bytes = toParquet(examples);
    const file = `train-${String(i).padStart(5, '0')}.parquet`;
    writeFileSync(path.join(folder, file), bytes);
    const tokens = tokenCounts(examples);
    return { file, rows: examples.count, tokens, bytes: bytes.length, sha256: sha256(bytes) };
  });
  const { splits, ...rest } = readManifest(folder);
  writeManifest(folder, { ...rest, splits: withTrain(splits, shards) });
  return {
    folder,
    shards: shards.map(({ file }, i) => ({ file: path.join(folder, file), end: ends[i]! })),
  };
}

function withTrain(splits: Manifest['splits'], shards: Shard[]): Manifest['splits'] {
  return { ...splits, train: { ...splits.train, shards } };
}

function setField(record: unknown, [key, ...inner]: readonly string[], value: unknown): void {
  const fields = record as Record<string, unknown>;
  if (inner.length > 0) setField(fields[key!], inner, value);
  else fields[key!] = value;
}

/** A copy of the dataset with some of its files replaced. */
function folderWith(replaced: Readonly<Record<string, Buffer>>): string {
  const folder = freshFolder();
  mkdirSync(folder);
  for (const [name, bytes] of Object.entries({ ...files, ...replaced })) {
    writeFileSync(path.join(folder, name), bytes);
  }
  return folder;
}
