import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import { makeFolder, makeTemporaryFolder } from '../../src/files.ts';
import { readBytes, readJson } from '../../src/reading.ts';
import { sha256, writeFileAtomic, writeJsonAtomic } from '../../src/files.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'files-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('writing a file', () => {
  it('replaces it as a whole, makes its folder, and leaves nothing else behind', () => {
    const file = path.join(folder, 'a', 'b', 'x.json');
    writeJsonAtomic(file, { x: 1 });
    writeJsonAtomic(file, { x: [2] });
    expect(readJson(file)).toEqual({ x: [2] });
    expect(readdirSync(path.dirname(file))).toEqual(['x.json']);
  });

  it('joins texts and bytes', () => {
    const file = path.join(folder, 'x');
    writeFileAtomic(file, 'a', Uint8Array.of(98), 'ç');
    expect(readFileSync(file, 'utf8')).toBe('abç');
  });

  it('that fails is an InputError by its name, and the old file stays', () => {
    writeFileSync(path.join(folder, 'file'), 'old');
    mkdirSync(path.join(folder, 'full', 'inner'), { recursive: true });
    for (const name of ['file/below', 'full', 'x'.repeat(300)]) {
      const write = (): void => writeFileAtomic(path.join(folder, name), 'new');
      expect(write).toThrow(InputError);
      expect(write).toThrow(path.join(folder, name.split('/')[0]!));
    }
    expect(readFileSync(path.join(folder, 'file'), 'utf8')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['file', 'full']);
  });
});

describe('making a folder', () => {
  it('tells the topmost one that was missing', () => {
    const deep = path.join(folder, 'a', 'b', 'c');
    expect(makeFolder(deep)).toBe(path.join(folder, 'a'));
    expect(makeFolder(deep)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')('where none can be made is an InputError', () => {
    expect(() => makeFolder('/proc/x/y')).toThrow(InputError);
  });
});

describe('a folder for the process', () => {
  const usual = process.env['TMPDIR'];
  afterEach(() => {
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
  });

  it('that can not be made is an InputError by its name', () => {
    process.env['TMPDIR'] = path.join(folder, 'gone');
    expect(() => makeTemporaryFolder('kit-')).toThrow(InputError);
    expect(() => makeTemporaryFolder('kit-')).toThrow(path.join(folder, 'gone', 'kit-'));
  });
});

describe('reading bytes', () => {
  it('gives all of a file', () => {
    const file = path.join(folder, 'x');
    for (const content of ['', 'some\0bytes']) {
      writeFileSync(file, content);
      expect(Buffer.from(readBytes(file)).toString()).toBe(content);
    }
  });

  it('of what is no file is an InputError by its name', () => {
    const file = path.join(folder, 'x');
    writeFileSync(file, '');
    for (const [name, message] of [
      [path.join(folder, 'gone'), 'no such file'],
      [path.join(file, 'below'), 'no such file'],
      [folder, 'is a folder'],
    ] as const) {
      for (const read of [readBytes, readJson]) {
        expect(() => read(name)).toThrow(InputError);
        expect(() => read(name)).toThrow(`${name}: ${message}`);
      }
    }
  });
});

describe('reading JSON', () => {
  it('names a file that is missing or broken', () => {
    const file = path.join(folder, 'x.json');
    expect(() => readJson(file)).toThrow(`${file}: no such file`);
    for (const [text, place] of [
      ['{"x": ', 'line 1, column 7'],
      ['', 'line 1, column 1'],
      ['{\n  "x": ]\n}\n', 'line 2, column 8'],
      ['{\n  "x": 1,\n  y: 2\n}\n', 'line 3, column 3'],
      ['{"a": "\n"}', 'line 1, column 8'],
      ['[1, 2] 3', 'line 1, column 8'],
      [`{"long": [${'1,'.repeat(100)}\n\n nil]}`, 'line 3, column 3'],
    ] as const) {
      writeFileSync(file, text);
      expect(() => readJson(file)).toThrow(InputError);
      expect(() => readJson(file)).toThrow(`${file}: ${place}: not valid JSON: `);
      expect(() => readJson(file)).not.toThrow('\n');
    }
  });
});

it('sha256 is that of all parts together', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256('abc')).toBe(abc);
  expect(sha256('a', Uint8Array.of(98, 99))).toBe(abc);
});
