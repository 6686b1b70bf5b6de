import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crc32c, fileVersionRecord, scalarRecord } from '../../../src/training/events.ts';

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

function masked(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return Number((BigInt((crc >>> 15) | (crc << 17)) + 0xa282ead8n) & 0xffffffffn);
}
