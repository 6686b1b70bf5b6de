/**
 * TensorBoard event files: TFRecord framing (length, masked CRC-32C, data, masked CRC-32C) around
 * Event messages of scalar summaries.
 */
import { appendFileSync } from 'node:fs';

/** The record that an event file begins with. */
export function fileVersionRecord(seconds: number): Uint8Array {
  return record(concat([wallTime(seconds), lengthDelimited(3, text('brain.Event:2'))]));
}

/** One Event with a scalar per tag. @param seconds wall time since 1970 */
export function scalarRecord(
  step: number,
  scalars: Readonly<Record<string, number>>,
  seconds: number,
): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    lengthDelimited(1, concat([lengthDelimited(1, text(tag)), float(2, value)])),
  );
  const summary = lengthDelimited(5, concat(values));
  return record(concat([wallTime(seconds), field(2, 0), varint(step), summary]));
}

/** Appends scalars to a new event file in `folder`, made at the first write. */
export function eventWriter(
  folder: string,
): (step: number, scalars: Readonly<Record<string, number>>) => void {
  const started = Date.now() / 1000;
  const file = `${folder}/events.out.tfevents.${Math.floor(started)}.${process.pid}`;
  let begun = false;
  return (step, scalars) => {
    if (!begun) appendFileSync(file, fileVersionRecord(started));
    begun = true;
    appendFileSync(file, scalarRecord(step, scalars, Date.now() / 1000));
  };
}

function record(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return concat([length, maskedCrc(length), data, maskedCrc(data)]);
}

function maskedCrc(bytes: Uint8Array): Uint8Array {
  const crc = crc32c(bytes);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, masked, true);
  return out;
}

/** CRC-32C (Castagnoli), reflected polynomial 0x82f63b78. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function wallTime(seconds: number): Uint8Array {
  const out = new Uint8Array(9);
  out.set(field(1, 1));
  new DataView(out.buffer).setFloat64(1, seconds, true);
  return out;
}

function float(number: number, value: number): Uint8Array {
  const out = new Uint8Array(5);
  out.set(field(number, 5));
  new DataView(out.buffer).setFloat32(1, value, true);
  return out;
}

function lengthDelimited(number: number, data: Uint8Array): Uint8Array {
  return concat([field(number, 2), varint(data.length), data]);
}

/** The key before a value: field number and wire type (0 varint, 1 64-bit, 2 length, 5 32-bit). */
function field(number: number, wireType: number): Uint8Array {
  return Uint8Array.of((number << 3) | wireType);
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  return Uint8Array.from([...out, value]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
