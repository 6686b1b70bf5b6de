/**
 * The safetensors format: eight bytes of header length, a JSON header with dtype, shape and offsets
 * per tensor and string metadata, then the values, little-endian. Only float32 is needed here.
 */
import { InputError } from '../../envs/inputError.ts';

export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface TensorFile {
  readonly tensors: readonly NamedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where the values of a tensor lie in a file. */
export interface TensorPlace {
  readonly name: string;
  readonly shape: readonly number[];
  /** Bytes. */
  readonly from: number;
  readonly to: number;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;

/** The file as parts to be written one after the other. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array[] {
  return [...encodeHeader(tensors, metadata), ...tensors.map(({ values }) => bytesOf(values))];
}

/** What stands before the values, which follow in the order of the tensors. */
export function encodeHeader(
  tensors: readonly Pick<NamedTensor, 'name' | 'shape'>[],
  metadata: TensorFile['metadata'],
): Uint8Array[] {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, shape } of tensors) {
    header[name] = {
      dtype: 'F32',
      shape,
      data_offsets: [offset, (offset += bytesIn(shape))],
    } satisfies HeaderEntry;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20);
  padded.set(json);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return [length, padded];
}

/** @param file names the source in errors @throws InputError if the bytes are no such file */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const { places, metadata } = readLayout(bytes, bytes.length, file);
  const tensors = places.map(({ name, shape, from, to }) => {
    const copy = Uint8Array.from(bytes.subarray(from, to));
    return { name, shape, values: new Float32Array(copy.buffer) };
  });
  return { tensors, metadata };
}

/** Where the values begin. @param start the first eight bytes of a file, or more of it */
export function headerEnd(start: Uint8Array): number {
  if (start.length < LENGTH_BYTES) return LENGTH_BYTES;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  return LENGTH_BYTES + Number(view.getBigUint64(0, true));
}

/**
 * What a file says of itself.
 * @param start of the file, up to the end of its header
 * @param size of the file in bytes
 * @throws InputError if it is no such file
 */
export function readLayout(
  start: Uint8Array,
  size: number,
  file: string,
): { readonly places: readonly TensorPlace[]; readonly metadata: TensorFile['metadata'] } {
  const fail = (what: string): never => {
    throw new InputError(`${file}: not a readable safetensors file: ${what}`);
  };
  const dataStart = headerEnd(start);
  if (dataStart > start.length) fail('it ends before its header');
  const { __metadata__: metadata = {}, ...entries } = parseHeader(
    start.subarray(LENGTH_BYTES, dataStart),
    fail,
  );
  const places = Object.entries(entries).map(([name, entry]): TensorPlace => {
    if (!isEntry(entry)) return fail(`tensor ${name} is not described as float32 values`);
    const { shape } = entry;
    const [from, to] = entry.data_offsets;
    if (to - from !== bytesIn(shape)) fail(`tensor ${name} has another size than its shape`);
    if (from < 0 || dataStart + to > size) fail(`it ends before the values of ${name}`);
    return { name, shape, from: dataStart + from, to: dataStart + to };
  });
  const end = places.reduce((end, { to }) => Math.max(end, to), dataStart);
  if (end < size) fail(`${size - end} bytes follow its last values`);
  return { places, metadata: textsOf(metadata, fail) };
}

const bytesIn = (shape: readonly number[]): number =>
  shape.reduce((product, extent) => product * extent, 4);

export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function textsOf(metadata: unknown, fail: (what: string) => never): Record<string, string> {
  const texts = (metadata ?? {}) as Record<string, string>;
  const areTexts = Object.values(texts).every((each) => typeof each === 'string');
  return areTexts ? texts : fail('its metadata are not texts');
}

function parseHeader(bytes: Uint8Array, fail: (what: string) => never): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch {
    // Said below: the reader of the message cares for the file, not for the JSON parser's position.
  }
  return fail('its header is not JSON');
}

function isEntry(value: unknown): value is HeaderEntry {
  const entry = value as Partial<HeaderEntry> | null;
  const isSizes = (list: unknown): boolean =>
    Array.isArray(list) && list.every((item) => Number.isSafeInteger(item) && item >= 0);
  return (
    typeof entry === 'object' &&
    entry !== null &&
    entry.dtype === 'F32' &&
    isSizes(entry.shape) &&
    isSizes(entry.data_offsets) &&
    entry.data_offsets!.length === 2
  );
}
