import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  crc32c,
  fileVersionRecord,
  rewindEvents,
  scalarRecord,
} from '../../../src/training/events.ts';

it('crc32c has the check value of its definition', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

it('a record is framed by its length and masked checksums', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.dictionary(fc.string(), fc.float({ noNaN: true })),
      (step, scalars) => {
        const bytes = Buffer.from(scalarRecord(step, scalars, 1.5));
        const length = Number(bytes.readBigUInt64LE(0));
        expect(bytes.length).toBe(length + 16);
        expect(bytes.readUInt32LE(8)).toBe(masked(bytes.subarray(0, 8)));
        expect(bytes.readUInt32LE(12 + length)).toBe(masked(bytes.subarray(12, 12 + length)));
      },
    ),
    { numRuns: 1000 },
  );
});

it('an event holds wall time, step, tag and value in the fields of its message', () => {
  const data = Buffer.from(scalarRecord(300, { loss: 0.5 }, 2)).subarray(12, -4);
  // 1: double 2.0 | 2: varint 300 | 5: { 1: { 1: "loss", 2: float 0.5 } }
  expect(data.toString('hex')).toBe(
    ['090000000000000040', '10ac02', '2a0d', '0a0b', '0a046c6f7373', '150000003f'].join(''),
  );
});

it('a file begins with its version', () => {
  expect(Buffer.from(fileVersionRecord(0)).toString('latin1')).toContain('brain.Event:2');
});

it('files of a run that goes on keep what was logged up to a step, whole records only', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'events-'));
  try {
    const steps = fc.uniqueArray(fc.nat({ max: 70_000 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(steps, fc.nat({ max: 70_000 }), fc.nat({ max: 30 }), (list, last, torn) => {
        const sorted = list.toSorted((a, b) => a - b);
        const records = sorted.map((step) => scalarRecord(step, { loss: 1 / (step + 1) }, 2));
        const file = path.join(folder, 'events.out.tfevents.17.4');
        const other = path.join(folder, 'events.out.tfevents.17.machine');
        const cut = records.at(-1)!.subarray(0, Math.min(torn, records.at(-1)!.length - 1));
        const whole = Buffer.concat([fileVersionRecord(1), ...records, cut]);
        for (const each of [file, other]) writeFileSync(each, whole);
        rewindEvents(folder, last);
        const kept = records.filter((_, i) => sorted[i]! <= last);
        expect(readFileSync(file)).toEqual(Buffer.concat([fileVersionRecord(1), ...kept]));
        expect(readFileSync(other)).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return Number((BigInt((crc >>> 15) | (crc << 17)) + 0xa282ead8n) & 0xffffffffn);
}
