import fc from 'fast-check';
import { Field, Table, tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import { Uint32, vectorFromArray } from 'apache-arrow';
import { ParquetFile, readParquet, Table as ParquetTable, writeParquet } from 'parquet-wasm';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import {
  allocateExamples,
  copyExamples,
  createExampleBuffer,
  exampleAt,
  tokenCounts,
} from '../../../src/data/examples.ts';
import { COLUMN_MEANINGS } from '../../../src/data/manifest.ts';
import { fromParquet, toParquet } from '../../../src/data/parquet.ts';
import { example, toExamples, toRows } from '../../helpers/examples.ts';

const rows = fc.array(example, { maxLength: 20 });

describe('columns of examples', () => {
  it('give back the rows that were added', () => {
    fc.assert(
      fc.property(rows, (rows) => {
        expect(toRows(toExamples(rows))).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  it('joined one after another hold the rows of all', () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 5 }), (parts) => {
        const all = parts.flat();
        const joined = allocateExamples(all.length, tokenCounts(toExamples(all)));
        let row = 0;
        for (const part of parts) {
          copyExamples(joined, toExamples(part), row);
          row += part.length;
        }
        expect(toRows(joined)).toEqual(all);
      }),
      { numRuns: 500 },
    );
  });

  it('that a buffer shows without copying are those that it holds', () => {
    fc.assert(
      fc.property(rows, rows, (before, rows) => {
        const buffer = createExampleBuffer();
        for (const row of before) buffer.add(row);
        buffer.clear();
        for (const row of rows) buffer.add(row);
        expect(toRows(buffer.view())).toEqual(rows);
        expect(toParquet(buffer.view())).toEqual(toParquet(toExamples(rows)));
      }),
      { numRuns: 200 },
    );
  });

  it('have no row outside of their count', () => {
    for (const i of [-1, 0, 1, Number.NaN])
      expect(() => exampleAt(toExamples([]), i)).toThrow(RangeError);
  });
});

describe('Parquet', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(rows, (rows) => {
        const read = fromParquet(toParquet(toExamples(rows)), 'x.parquet');
        expect(toRows(read)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
  });

  it('joins the batches in which a long table is read', () => {
    const long = Array.from({ length: 3000 }, (_, i) => ({
      id: i,
      width: 3,
      height: 3,
      walls: i % 9,
      optimalLength: 2,
      created: i,
      expanded: 1,
      layout: BigInt(i) << 40n,
      prompt: new Uint16Array(i % 7).fill(i),
      reasoning: new Uint16Array(i % 50).fill(i + 1),
      plan: new Uint16Array(3).fill(i + 2),
    }));
    expect(toRows(fromParquet(toParquet(toExamples(long)), 'x.parquet'))).toEqual(long);
  });

  it('reads any range of rows as they are among all', () => {
    fc.assert(
      fc.property(rows, fc.nat({ max: 25 }), fc.nat({ max: 25 }), (rows, offset, limit) => {
        const read = fromParquet(toParquet(toExamples(rows)), 'x.parquet', { offset, limit });
        expect(toRows(read)).toEqual(rows.slice(offset, offset + limit));
      }),
      { numRuns: 300 },
    );
  });

  it('writes the same bytes for the same examples', () => {
    fc.assert(
      fc.property(rows, (rows) => {
        expect(toParquet(toExamples(rows))).toEqual(toParquet(toExamples(rows)));
      }),
      { numRuns: 100 },
    );
  });

  it('has the columns that the manifest explains, none of which can be null', async () => {
    const bytes = toParquet(toExamples([]));
    const file = await ParquetFile.fromFile(new Blob([bytes as Uint8Array<ArrayBuffer>]));
    const columns = fromParquet(bytes, 'x.parquet');
    expect(
      Object.keys(columns)
        .filter((name) => name !== 'count')
        .sort(),
    ).toEqual(Object.keys(COLUMN_MEANINGS).sort());
    expect(file.metadata().fileMetadata().createdBy()).toBe('dualformer-kit');
    const { fields } = tableFromIPC(readParquet(bytes).intoIPCStream()).schema;
    const items = fields.flatMap(({ type }) => (type.children as Field[] | null) ?? []);
    expect([...fields, ...items].map(({ nullable }) => nullable)).not.toContain(true);
  });

  it('is refused by file and column when it is another table', () => {
    const write = (table: Table): Uint8Array =>
      writeParquet(ParquetTable.fromIPCStream(tableToIPC(table, 'stream')));
    const read = (bytes: Uint8Array) => () => fromParquet(bytes, 'x.parquet');
    const other = write(tableFromArrays({ id: Uint32Array.of(1), width: Float32Array.of(2) }));
    expect(read(other)).toThrow(new InputError('x.parquet: column "width" is Float32, not Uint16'));
    expect(read(write(tableFromArrays({ x: [1] })))).toThrow(/x\.parquet: has no column "id"/);
    const holes = new Table({ id: vectorFromArray([1, null], new Uint32()) });
    expect(holes.schema.fields[0]).toBeInstanceOf(Field);
    expect(read(write(holes))).toThrow(/x\.parquet: column "id" has missing values/);
  });

  it('survives any bytes with an InputError', () => {
    const whole = toParquet(toExamples([]));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), (noise, cut) => {
        for (const bytes of [noise, whole.subarray(0, cut % whole.length)]) {
          expect(() => fromParquet(bytes, 'x.parquet')).toThrow(InputError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
