import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstDifference } from '../../../src/firstDifference.ts';
import { experimentDifference, openRun } from '../../../src/training/runFolder.ts';

let folder: string;
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'runs-')), 'run');
});
afterEach(() => rmSync(path.dirname(folder), { recursive: true }));

const settings = { name: 'a', training: { steps: 10, betas: [0.9, 0.99] } };

describe('a run folder', () => {
  it('is made once and entered again only to resume', () => {
    openRun(folder, settings, { resume: true });
    openRun(folder, settings, { resume: true });
    expect(() => openRun(folder, settings, { resume: false })).toThrow(/add --resume/);
    expect(readdirSync(folder)).toEqual(['experiment.json']);
  });

  it('of another run is named with the first setting that differs', () => {
    openRun(folder, settings, { resume: false });
    const other = { ...settings, training: { steps: 11, betas: [0.9, 0.99] } };
    expect(() => openRun(folder, other, { resume: true })).toThrow(
      /holds another run: its training\.steps is 10, not 11/,
    );
  });

  it('that holds something else is left alone', () => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'thesis.tex'), 'x');
    expect(() => openRun(folder, settings, { resume: true })).toThrow(/is not empty/);
    expect(readdirSync(folder)).toEqual(['thesis.tex']);
  });
});

it('a value never differs from its copy, and a changed one is found', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue()), (value) => {
      const copy: unknown = JSON.parse(JSON.stringify(value));
      expect(firstDifference(copy, copy)).toBeNull();
      expect(firstDifference(value, { ...value, 'added field': 1 })).toContain('added field');
    }),
    { numRuns: 1000 },
  );
});

it('words about an experiment do not make it another', () => {
  const held = { name: 'a', notes: 'draft', training: { steps: 10 } };
  expect(experimentDifference(held, { ...held, notes: 'better', description: 'Why' })).toBeNull();
  expect(experimentDifference(held, { ...held, training: { steps: 11 } })).toBe(
    'training.steps is 10, not 11',
  );
});
