import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { readRecords, writeRecords } from '../../../src/evaluation/records.ts';
import { correctSample, malformedSample, record, recordsArbitrary } from '../../helpers/records.ts';

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'records-'));
  file = path.join(folder, 'records.jsonl.gz');
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('records on disk', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        writeRecords(file, records);
        expect(readRecords(file)).toEqual(records);
      }),
      { numRuns: 200 },
    );
  });

  it('come back from more than one gzip member, and from none', () => {
    const many = Array.from({ length: 200 }, (_, id) => record([correctSample(5)], { id }));
    for (const records of [many, []]) {
      writeRecords(file, records);
      expect(readRecords(file)).toEqual(records);
    }
  });

  it('are the same bytes each time, whatever the order of the fields', () => {
    const one = record([correctSample(5), malformedSample()]);
    writeRecords(file, [one]);
    const bytes = readFileSync(file);
    writeRecords(file, [
      Object.fromEntries(Object.entries(one).reverse()) as unknown as typeof one,
    ]);
    expect(readFileSync(file)).toEqual(bytes);
    expect(bytes.subarray(4, 8)).toEqual(Buffer.alloc(4)); // no time of writing
  });

  it('are readable as JSON lines', () => {
    writeRecords(file, [record([malformedSample()])]);
    expect(gunzipSync(readFileSync(file)).toString()).toBe(
      '{"id":0,"width":5,"height":5,"walls":8,"optimalLength":5,"aStarTraceLength":40,' +
        '"referenceTraceLength":40,"prompt":[5,10,10,6,11,11],"samples":[{"outcome":"malformed",' +
        '"reason":"no plan","planLength":null,"traceLength":3,"trace":"illegal",' +
        '"tokens":[2,2,2]}]}\n',
    );
  });
});

describe('damaged records', () => {
  const good = JSON.stringify({
    ...record([malformedSample({ tokens: [1] as never })]),
    prompt: [5],
  });
  const altered = (change: object) => JSON.stringify({ ...JSON.parse(good), ...change });
  const sample = (change: object) =>
    altered({ samples: [{ ...JSON.parse(good).samples[0], ...change }] });

  it.each<[string, string, RegExp]>([
    ['no JSON', 'oops', /, line 2: not valid JSON/],
    ['a list', '[]', /, line 2: /],
    ['a missing field', altered({ walls: undefined }), /, line 2: walls: /],
    ['an unknown field', altered({ wals: 1 }), /, line 2: .*wals/],
    ['a negative length', altered({ optimalLength: -1 }), /, line 2: optimalLength: /],
    ['no samples', altered({ samples: [] }), /, line 2: samples: /],
    [
      'more samples than before',
      altered({ id: 1, samples: [1, 2].map(() => JSON.parse(good).samples[0]) }),
      /, line 2: samples: 2, but 1 in line 1/,
    ],
    ['a token beyond 16 bits', sample({ tokens: [1, 65536] }), /, line 2: samples\[0\]\.tokens: /],
    ['a fractional token', sample({ tokens: [0.5] }), /, line 2: samples\[0\]\.tokens: /],
    ['an unknown outcome', sample({ outcome: 'fine' }), /, line 2: samples\[0\]\.outcome: /],
    [
      'a length of a malformed plan',
      sample({ planLength: 3 }),
      /, line 2: samples\[0\]\.planLength: /,
    ],
    ['a task twice', good, /, line 2: id: task 0 occurs twice/],
  ])('%s is refused with line and field', (_, line, message) => {
    writeFileSync(file, gzipSync(`${good}\n${line}\n`));
    expectInputError(() => readRecords(file), message);
  });

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['cut off', (bytes) => bytes.subarray(0, -5), /truncated or damaged/],
    ['empty', () => Buffer.alloc(0), /truncated or damaged/],
    ['not gzip', () => Buffer.from('hello'), /truncated or damaged/],
    ['with a flipped byte', (bytes) => flip(bytes, 20), /truncated or damaged/],
    ['cut off within a line', () => gzipSync(good), /line 1: truncated/],
  ])('a file that is %s is refused', (_, damage, message) => {
    writeRecords(file, [record([correctSample(5)])]);
    writeFileSync(file, damage(readFileSync(file)));
    expectInputError(() => readRecords(file), message);
  });

  it('a missing file is refused by name', () => {
    expectInputError(() => readRecords(path.join(folder, 'none.gz')), /none\.gz: no such file/);
  });
});

// Helpers

function expectInputError(act: () => unknown, message: RegExp): void {
  expect(act).toThrow(InputError);
  expect(act).toThrow(message);
  try {
    act();
  } catch (error) {
    expect((error as Error).message).not.toContain('\n');
  }
}

function flip(bytes: Buffer, at: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ 0x10;
  return flipped;
}
