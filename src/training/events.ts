/**
 * TensorBoard event files: TFRecord framing (length, masked CRC-32C, data, masked CRC-32C) around
 * Event messages (event.proto: wall_time 1, step 2, file_version 3, summary 5 { value 1 { tag 1,
 * simple_value 2 } }).
 */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import {
  bytesField,
  concat,
  doubleField,
  floatField,
  utf8,
  varintField,
} from '../engine/protobuf.ts';
import { explainWriteError, writeFileAtomic } from '../files.ts';
import { listFolder, readBytes } from '../reading.ts';

/** The record that an event file begins with. @param seconds wall time since 1970 */
export function fileVersionRecord(seconds: number): Uint8Array {
  return record(concat(doubleField(1, seconds), bytesField(3, utf8('brain.Event:2'))));
}

/** One Event with a scalar per tag. @param seconds wall time since 1970 */
export function scalarRecord(
  step: number,
  scalars: Readonly<Record<string, number>>,
  seconds: number,
): Uint8Array {
  const values = Object.entries(scalars).map(([tag, value]) =>
    bytesField(1, concat(bytesField(1, utf8(tag)), floatField(2, value))),
  );
  const summary = bytesField(5, concat(...values));
  return record(concat(doubleField(1, seconds), varintField(2, step), summary));
}

/** Event files of the kit end in a time and a number; those of others name a machine. */
const OWN_FILE = /^events\.out\.tfevents\.\d+\.\d+$/;

/** Forgets what was logged after `step`, so that the files of a resumed run tell each step once. */
export function rewindEvents(folder: string, step: number): void {
  for (const name of listFolder(folder).filter((each) => OWN_FILE.test(each))) {
    const file = path.join(folder, name);
    const bytes = readBytes(file);
    const end = endOfStep(bytes, step);
    if (end < bytes.length) writeFileAtomic(file, bytes.subarray(0, end));
  }
}

/** Where the first record of a later step begins, or one that a kill cut off. */
function endOfStep(bytes: Uint8Array, step: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + FRAME <= bytes.length) {
    const next = at + FRAME + Number(view.getBigUint64(at, true));
    if (next > bytes.length || stepOf(bytes.subarray(at + FRAME - 4, next - 4)) > step) break;
    at = next;
  }
  return at;
}

/** Bytes of a record around its data: length and checksum before, checksum behind. */
const FRAME = 16;

/** The step of an Event as `scalarRecord` writes it, behind its wall time; 0 if it tells none. */
function stepOf(event: Uint8Array): number {
  const [TAG, FIRST] = [0x10, 9];
  if (event[FIRST] !== TAG) return 0;
  let step = 0;
  for (let i = FIRST + 1, scale = 1; i < event.length; i++, scale *= 128) {
    step += (event[i]! & 127) * scale;
    if (event[i]! < 128) break;
  }
  return step;
}

/**
 * Appends scalars to a new event file in `folder`, made at the first write.
 * The function returned throws an InputError if the disk is full or the file can't be written to.
 */
export function eventWriter(
  folder: string,
): (step: number, scalars: Readonly<Record<string, number>>) => void {
  const started = Date.now() / 1000;
  const file = `${folder}/events.out.tfevents.${Math.floor(started)}.${process.pid}`;
  let begun = false;
  return (step, scalars) => {
    try {
      if (!begun) appendFileSync(file, fileVersionRecord(started));
      begun = true;
      appendFileSync(file, scalarRecord(step, scalars, Date.now() / 1000));
    } catch (error) {
      throw explainWriteError(error, file);
    }
  };
}

function record(data: Uint8Array): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return concat(length, maskedCrc(length), data, maskedCrc(data));
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
