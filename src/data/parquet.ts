/**
 * Examples as Parquet files (apache-arrow for the columns, parquet-wasm for the file format).
 *
 * The same examples give the same bytes: nothing of time or machine is written. Token ids are
 * lists of uint16, and no value is null.
 */
import {
  type Data,
  type DataType,
  Field,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table as ArrowTable,
  tableFromIPC,
  tableToIPC,
  Uint16,
  Uint32,
  Uint64,
} from 'apache-arrow';
import { Compression, EnabledStatistics, Encoding, ParquetFile, readParquet } from 'parquet-wasm';
import { Table, WriterPropertiesBuilder, writeParquet } from 'parquet-wasm';
import { InputError } from '../../envs/inputError.ts';
import {
  allocateExamples,
  type Examples,
  SCALAR_COLUMNS,
  TOKEN_COLUMNS,
  type TokenLists,
} from './examples.ts';

const tokenList = (): List<Uint16> => new List(new Field('element', new Uint16(), false));

const SCHEMA = new Schema([
  new Field('id', new Uint32(), false),
  new Field('width', new Uint16(), false),
  new Field('height', new Uint16(), false),
  new Field('walls', new Uint16(), false),
  new Field('optimalLength', new Uint32(), false),
  new Field('created', new Uint32(), false),
  new Field('expanded', new Uint32(), false),
  new Field('layout', new Uint64(), false),
  new Field('prompt', tokenList(), false),
  new Field('reasoning', tokenList(), false),
  new Field('plan', tokenList(), false),
]);

export function toParquet(examples: Examples): Uint8Array {
  const children = SCHEMA.fields.map(({ name, type }) => columnData(examples, name, type));
  const struct = makeData({
    type: new Struct(SCHEMA.fields),
    length: examples.count,
    nullCount: 0,
    children,
  });
  const table = new ArrowTable([new RecordBatch(SCHEMA, struct)]);
  const properties = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    // Twice as fast to write and to read as plain values, and hardly larger.
    .setDictionaryEnabled(false)
    .setEncoding(Encoding.DELTA_BINARY_PACKED)
    .setStatisticsEnabled(EnabledStatistics.None)
    .setCreatedBy('dualformer-kit')
    .build();
  return writeParquet(Table.fromIPCStream(tableToIPC(table, 'stream')), properties);
}

/** Rows of a file; as many as there are, if there are fewer. */
export interface RowRange {
  readonly offset: number;
  readonly limit: number;
}

/**
 * All rows, or those of a range, for which the pages before it are skipped.
 *
 * @throws InputError beginning with `file` if the bytes are no such table
 */
export function fromParquet(bytes: Uint8Array, file: string, range?: RowRange): Examples {
  const table = parse(bytes, file, range);
  for (const field of SCHEMA.fields) checkColumn(table, file, field);
  return gather(table);
}

/** Unpacks this column only. @throws InputError as `fromParquet` */
export async function layoutsFromParquet(
  bytes: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<BigUint64Array> {
  const field = SCHEMA.fields.find(({ name }) => name === 'layout')!;
  let table: ArrowTable;
  try {
    // The package's other reader unpacks all columns whatever it is told.
    const parquet = await ParquetFile.fromFile(new Blob([bytes]));
    table = tableFromIPC((await parquet.read({ columns: [field.name] })).intoIPCStream());
  } catch (error) {
    throw unreadable(file, error);
  }
  checkColumn(table, file, field);
  const layouts = new BigUint64Array(table.numRows);
  gatherScalars(table.getChild(field.name)!.data, layouts);
  return layouts;
}

function checkColumn(table: ArrowTable, file: string, { name, type }: Field): void {
  const found = table.schema.fields.find((field) => field.name === name);
  if (found === undefined) throw new InputError(`${file}: has no column "${name}"`);
  if (String(found.type) !== String(type)) {
    throw new InputError(`${file}: column "${name}" is ${found.type}, not ${type}`);
  }
  if (table.getChild(name)!.nullCount > 0) {
    throw new InputError(`${file}: column "${name}" has missing values`);
  }
}

function columnData(examples: Examples, name: string, type: DataType): Data {
  if (!isTokenColumn(name)) {
    const data = examples[name as (typeof SCALAR_COLUMNS)[number]];
    return makeData({ type: type as Uint32, length: examples.count, nullCount: 0, data } as never);
  }
  const { ids, offsets } = examples[name];
  const child = makeData({ type: new Uint16(), length: ids.length, nullCount: 0, data: ids });
  const valueOffsets = Int32Array.from(offsets);
  return makeData({
    type: type as List,
    length: examples.count,
    nullCount: 0,
    valueOffsets,
    child,
  });
}

function isTokenColumn(name: string): name is (typeof TOKEN_COLUMNS)[number] {
  return (TOKEN_COLUMNS as readonly string[]).includes(name);
}

function parse(bytes: Uint8Array, file: string, range: RowRange | undefined): ArrowTable {
  try {
    return tableFromIPC(readParquet(bytes, { ...range }).intoIPCStream());
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): InputError {
  return new InputError(`${file}: not a Parquet file that can be read: ${String(error)}`);
}

/** Copies the batches of an Arrow table into one. */
function gather(table: ArrowTable): Examples {
  const pieces = (name: string): readonly Data[] => table.getChild(name)!.data;
  const length = (name: string): number =>
    pieces(name).reduce(
      (sum, { valueOffsets, length }) => sum + valueOffsets[length]! - valueOffsets[0]!,
      0,
    );
  const examples = allocateExamples(table.numRows, {
    prompt: length('prompt'),
    reasoning: length('reasoning'),
    plan: length('plan'),
  });
  for (const name of SCALAR_COLUMNS) gatherScalars(pieces(name), examples[name]);
  for (const name of TOKEN_COLUMNS) gatherLists(pieces(name), examples[name]);
  return examples;
}

function gatherScalars(
  pieces: readonly Data[],
  column: Examples[(typeof SCALAR_COLUMNS)[number]],
): void {
  let row = 0;
  for (const { values, length } of pieces) {
    (column as Uint32Array).set(values.subarray(0, length), row);
    row += length;
  }
}

function gatherLists(pieces: readonly Data[], { ids, offsets }: TokenLists): void {
  let row = 0;
  let used = 0;
  for (const { valueOffsets, children, length } of pieces) {
    if (length === 0) continue;
    const first = valueOffsets[0]!;
    const last = valueOffsets[length]!;
    ids.set(children[0]!.values.subarray(first, last), used);
    for (let i = 1; i <= length; i++) offsets[row + i] = used + valueOffsets[i]! - first;
    row += length;
    used += last - first;
  }
}
