import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { datasetChecksum, readManifest, readSplit } from '../../../src/data/dataset.ts';
import { generateDataset } from '../../../src/data/generate.ts';
import { contentOf, freshFolder, mazeSettings } from '../../helpers/datasets.ts';

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

describe('a manifest', () => {
  it.each<readonly [string, string, unknown, RegExp]>([
    ['of a later version', 'schemaVersion', 2, /schemaVersion is 2; .* reads 1/],
    ['without version', 'schemaVersion', undefined, /schemaVersion: /],
    ['without settings', 'settings', undefined, /settings: /],
    ['with an unknown field', 'colour', 'red', /colour/],
    ['with a negative count', 'splits.test.rows', -1, /splits\.test\.rows: /],
    ['whose totals do not match', 'splits.test.tokens.plan', 7, /splits\.test: rows and/],
    ['with a text for a number', 'vocabulary.costs', '7', /vocabulary\.costs: /],
    ['that points elsewhere', 'splits.train.shards.0.file', '../x.parquet', /shards\.0\.file/],
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
