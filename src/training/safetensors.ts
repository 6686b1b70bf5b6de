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

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const LENGTH_BYTES = 8;
const ALIGNMENT = 8;

/** The file as parts to be written one after the other. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array[] {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: metadata };
  for (const { name, shape, values } of tensors) {
    header[name] = {
      dtype: 'F32',
      shape,
      data_offsets: [offset, (offset += values.byteLength)],
    } satisfies HeaderEntry;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT).fill(0x20);
  padded.set(json);
  const length = new Uint8Array(LENGTH_BYTES);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  return [length, padded, ...tensors.map(({ values }) => bytesOf(values))];
}

/** @param file names the source in errors @throws InputError if the bytes are no such file */
export function decodeSafetensors(bytes: Uint8Array, file: string): TensorFile {
  const fail = (what: string): never => {
    throw new InputError(`${file}: not a readable safetensors file: ${what}`);
  };
  if (bytes.length < LENGTH_BYTES) fail('it ends before its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  const dataStart = LENGTH_BYTES + headerLength;
  if (dataStart > bytes.length) fail('it ends before its header');
  const { __metadata__: metadata = {}, ...entries } = parseHeader(
    bytes.subarray(LENGTH_BYTES, dataStart),
    fail,
  );
  let end = dataStart;
  const tensors = Object.entries(entries).map(([name, entry]): NamedTensor => {
    if (!isEntry(entry)) return fail(`tensor ${name} is not described as float32 values`);
    const [from, to] = entry.data_offsets;
    const size = entry.shape.reduce((product, extent) => product * extent, 4);
    if (to - from !== size) fail(`tensor ${name} has another size than its shape`);
    if (from < 0 || dataStart + to > bytes.length) fail(`it ends before the values of ${name}`);
    end = Math.max(end, dataStart + to);
    const copy = Uint8Array.from(bytes.subarray(dataStart + from, dataStart + to));
    return { name, shape: entry.shape, values: new Float32Array(copy.buffer) };
  });
  if (end < bytes.length) fail(`${bytes.length - end} bytes follow its last values`);
  return { tensors, metadata: textsOf(metadata, fail) };
}

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
