import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isFolder, listFolder, readBytes, readEnd, readInput } from '../../src/reading.ts';
import { readJson, readStream, readText } from '../../src/reading.ts';
import { expectInputError } from '../helpers/inputErrors.ts';
import { KIT } from '../helpers/kit.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'reading-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => path.join(folder, name);

describe('reading a file', () => {
  it('gives the bytes that were written, and their end', () => {
    const property = fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.nat(400),
      (bytes, length) => {
        writeFileSync(at('x'), bytes);
        expect(readBytes(at('x'))).toEqual(Uint8Array.from(bytes));
        const end = bytes.subarray(Math.max(0, bytes.length - length));
        expect(readEnd(at('x'), length)).toBe(new TextDecoder().decode(end));
      },
    );
    fc.assert(property, { numRuns: 50 });
  });

  it('leaves out a byte-order mark', () => {
    writeFileSync(at('x'), '\ufeff{"a": 1}');
    expect(readText(at('x'))).toBe('{"a": 1}');
    expect(readJson(at('x'))).toEqual({ a: 1 });
  });

  it.skipIf(process.platform === 'win32').each([
    ['a folder', (file: string) => mkdirSync(file), 'is a folder'],
    ['a pipe', (file: string) => execFileSync('mkfifo', [file]), 'is no file but a pipe'],
    ['a device', (file: string) => symlinkSync('/dev/zero', file), 'is no file but a pipe, socket'],
    [
      'a link to itself',
      (file: string) => symlinkSync(file, file),
      'is a link that leads to itself',
    ],
    ['nothing', () => undefined, 'no such file'],
  ])('refuses %s by its name, without waiting for it', (_, make, message) => {
    make(at('x'));
    for (const read of [readBytes, readText, readJson, (file: string) => readEnd(file, 9)]) {
      expectInputError(() => read(at('x')), new RegExp(`^${at('x')}: ${message}`));
    }
  });

  it('refuses a text that no string could hold', () => {
    writeFileSync(at('x'), '');
    truncateSync(at('x'), 2 ** 28 + 1);
    expectInputError(() => readText(at('x')), /^.*x: is larger than 256 MiB/);
  });
});

describe('reading an input', () => {
  it.runIf(process.platform === 'linux')('ends where one has no end', () => {
    expectInputError(() => readInput('/dev/zero'), /^\/dev\/zero: is larger than 16 MiB/);
  });

  it.skipIf(process.platform === 'win32')('takes a pipe until its end', () => {
    const line = `(printf 'S.\\n'; sleep 0.1; printf '.G\\n') | "${process.execPath}" "${KIT}" trace --json /dev/stdin`;
    const { planLength } = JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }));
    expect(planLength).toBe(3);
  });

  it('of a stream ends likewise', async () => {
    expect(await readStream(Readable.from([Buffer.from('S.'), Buffer.from('G')]), 'x')).toBe('S.G');
    let parts = 0;
    const endless = new Readable({
      read() {
        parts++;
        this.push(Buffer.alloc(2 ** 20));
      },
    });
    await expect(readStream(endless, '<stdin>')).rejects.toThrow('<stdin>: is larger than 16 MiB');
    expect(parts).toBeLessThan(64);
  });
});

describe('a folder', () => {
  it('is listed, one that is not there as empty', () => {
    writeFileSync(at('x'), '');
    expect(listFolder(folder)).toEqual(['x']);
    expect(listFolder(at('nowhere'))).toEqual([]);
    expect(listFolder(path.join(at('x'), 'below'))).toEqual([]);
    expect([isFolder(folder), isFolder(at('nowhere'))]).toEqual([true, false]);
  });

  it('with a file in its place is refused', () => {
    writeFileSync(at('x'), '');
    expectInputError(() => listFolder(at('x')), /x: is no folder$/);
  });
});
