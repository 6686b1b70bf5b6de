import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isSealed, readSealed, writeSealed } from '../../src/sealed.ts';
import { continueLog, readLog } from '../../src/sealedLog.ts';
import { expectInputError } from '../helpers/inputErrors.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'sealed-'));
  file = path.join(folder, 'x');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const anything = z.looseObject({});
const records = fc.dictionary(
  fc.string().filter((key) => key !== 'checksum' && key !== '__proto__'),
  fc.jsonValue(),
);

describe('a sealed record', () => {
  it('comes back as it was, however it is spaced', () => {
    fc.assert(
      fc.property(records, (content) => {
        const kept = JSON.parse(JSON.stringify(content)) as object;
        writeSealed(file, content);
        expect(readSealed(anything, file)).toEqual(kept);
        writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))));
        expect(readSealed(anything, file)).toEqual(kept);
        expect(isSealed(file)).toBe(true);
      }),
    );
  });

  it('is refused once a value, a name or the order of its fields was changed', () => {
    const content = { mode: 'slow', samples: 64, settings: { temperature: 1, tasks: [400] } };
    const changes: ((text: string) => string)[] = [
      (text) => text.replace('slow', 'fast'),
      (text) => text.replace('64', '65'),
      (text) => text.replace('tasks', 'task'),
      (text) => text.replace('400', '4e2 , 1'),
      (text) =>
        text.replace('"mode": "slow",\n  "samples": 64,', '"samples": 64,\n  "mode": "slow",'),
    ];
    for (const change of changes) {
      writeSealed(file, content);
      const before = readFileSync(file, 'utf8');
      writeFileSync(file, change(before));
      expect(readFileSync(file, 'utf8')).not.toBe(before);
      expectInputError(
        () => readSealed(anything, file),
        /x: was changed: its checksum does not match$/,
      );
    }
  });

  it('names the field that is wrong before it speaks of the checksum', () => {
    writeFileSync(file, '{"a": "b", "checksum": ""}');
    expectInputError(() => readSealed(z.strictObject({ a: z.number() }), file), /x: a: /);
  });

  it('of an earlier version lacks its checksum, and is known by that', () => {
    writeFileSync(file, '{"a": 1}');
    expect(readSealed(anything, file)).toEqual({ a: 1 });
    expect(isSealed(file)).toBe(false);
  });

  it.each(['null', '[]', '3', '"x"'])('is no %s', (text) => {
    writeFileSync(file, text);
    expectInputError(() => readSealed(anything, file), /x: holds no record$/);
  });
});

const lines = fc.array(fc.record({ step: fc.nat(), loss: fc.double({ noNaN: true }) }), {
  minLength: 1,
  maxLength: 8,
});

const write = (logged: readonly object[]): void => {
  const { append } = continueLog(file, () => false);
  logged.forEach(append);
};

describe('a sealed log', () => {
  it('comes back as it was, and goes on behind any of its lines as if it had ended there', () => {
    fc.assert(
      fc.property(lines, fc.nat(8), lines, (logged, count, more) => {
        const plain = logged.map((line, index) => ({ ...line, index }));
        write(plain);
        expect(readLog(file).lines.map(({ value }) => value)).toEqual(
          JSON.parse(JSON.stringify(plain)),
        );
        const { append } = continueLog(file, (value) => (value['index'] as number) < count);
        more.forEach(append);
        const resumed = readFileSync(file, 'utf8');
        write([...plain.slice(0, count), ...more]);
        expect(readFileSync(file, 'utf8')).toBe(resumed);
      }),
      { numRuns: 50 },
    );
  });

  it('ends at the first line that was changed, left out, moved or put in', () => {
    const plain = [1, 2, 3, 4].map((step) => ({ step, loss: 1 / step }));
    const faulty: [string, (texts: string[]) => string[], number][] = [
      ['changed', ([a, b, ...rest]) => [a!, b!.replace('0.5', '0.4'), ...rest], 1],
      ['left out', ([a, , ...rest]) => [a!, ...rest], 1],
      ['moved', ([a, b, c, d]) => [a!, c!, b!, d!], 1],
      ['twice', ([a, b, ...rest]) => [a!, b!, b!, ...rest], 2],
      ['unsealed', ([a, b, ...rest]) => [a!, b!, '{"step":3,"loss":0}', ...rest], 2],
      ['no JSON', ([a, b, ...rest]) => [a!, b!.slice(1), ...rest], 1],
      ['no record', ([a, ...rest]) => [a!, 'null', ...rest], 1],
    ];
    for (const [, change, sound] of faulty) {
      write(plain);
      const texts = readFileSync(file, 'utf8').split('\n').slice(0, -1);
      writeFileSync(
        file,
        change(texts)
          .map((text) => `${text}\n`)
          .join(''),
      );
      const log = readLog(file);
      expect(log.lines.length).toBe(sound);
      expect(log.fault).toContain(`${file}, line ${sound + 1}: `);
    }
  });

  it('is whole without a last line that a kill cut off', () => {
    write([{ step: 1 }, { step: 2 }]);
    const text = readFileSync(file, 'utf8');
    for (let length = 0; length < text.length; length++) {
      writeFileSync(file, text.slice(0, length));
      const { lines: left, fault } = readLog(file);
      expect(fault).toBeNull();
      expect(left.length).toBe(text.slice(0, length).split('\n').length - 1);
    }
  });

  it('of an earlier version goes on with sealed lines, and is known by those before', () => {
    writeFileSync(file, '{"step":1}\n{"step":2}\n');
    expect(readLog(file)).toMatchObject({ fault: null, isSealed: false });
    const { kept, append } = continueLog(file, ({ step }) => step === 1);
    append({ step: 3 });
    expect(kept).toEqual([{ step: 1 }]);
    const { lines: all, fault, isSealed: whole } = readLog(file);
    expect({ all: all.map(({ value }) => value), fault, whole }).toEqual({
      all: [{ step: 1 }, { step: 3 }],
      fault: null,
      whole: false,
    });
  });
});
