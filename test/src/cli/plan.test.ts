import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makespan } from '../../../src/cli/makespan.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const folder = temporaryFolder();
const usual = process.env['TMPDIR'];
beforeAll(() => {
  process.env['TMPDIR'] = folder;
});
afterAll(() => {
  if (usual === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = usual;
});

const base = {
  data: { task: { environment: 'maze', width: 3, height: 3 }, trainCount: 40 },
  model: { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 16 },
  training: { steps: 60, batchSize: 4, parts: 1 },
};
const file = (name: string, content: object): string => {
  const at = path.join(folder, name);
  writeFileSync(at, JSON.stringify(content));
  return at;
};

describe('kit plan', () => {
  it('counts steps, passes and tokens of an experiment, and measures nothing unasked', async () => {
    const mine = file('mine.json', { name: 'mine', ...base });
    const { code, stdout } = await runKit('plan', mine, '--no-time', '-q');
    expect(code).toBe(0);
    const cells = stdout
      .split('\n')
      .find((line) => line.includes('mine'))!
      .split('│')
      .map((cell) => cell.trim());
    expect(cells.slice(1, 2)).toEqual(['mine']);
    expect(cells.slice(3, 6)).toEqual(['40', '60', '6']);
    const [perStep, tokens] = cells.slice(6, 8).map((cell) => Number(cell.replaceAll(',', '')));
    expect(Math.abs(tokens! - 60 * perStep!)).toBeLessThanOrEqual(60);
    expect(cells.slice(-3, -1)).toEqual(['–', '–']);
    expect(stdout).toContain('Times: not measured: not asked for.');
    expect(readdirSync(folder).filter((name) => name.startsWith('kit-plan-'))).toEqual([]);
  });

  it('shows each cell of a study once, with its own number of training tasks', async () => {
    const cells = { all: {}, few: { training: { examples: 8 } } };
    const study = file('study.json', { name: 'grid', base, cells });
    const { code, stdout } = await runKit('plan', study, '--no-time', '-q');
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ all × 3 +│ +[\d,]+ │ +40 │ +60 │ +6 │/);
    expect(stdout).toMatch(/│ few × 3 +│ +[\d,]+ │ +8 │ +60 │ +30 │/);
  });

  it('says what it does not know', async () => {
    expect((await runKit('plan', 'dmeo')).stderr).toBe(
      'kit: there is no experiment or study "dmeo"; did you mean demo? (`kit list` shows all)\n',
    );
    const wrong = file('wrong.json', {
      name: 'grid',
      base,
      cells: { a: { training: { step: 1 } } },
    });
    expect((await runKit('plan', wrong)).stderr).toBe(
      `kit: ${wrong}: cells.a.training.step: there is no such setting; did you mean training.steps?\n`,
    );
  });
});

describe('the time of all cells', () => {
  it('is at least their mean load and the longest, and with one at once their sum', () => {
    const seconds = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 8 }), (all, jobs) => {
        const sum = all.reduce((a, b) => a + b, 0);
        const found = makespan(all, jobs);
        expect(found).toBeGreaterThanOrEqual(Math.max(sum / jobs, ...all));
        // Graham's bound for taking tasks in any order.
        expect(found).toBeLessThanOrEqual(sum / jobs + (1 - 1 / jobs) * Math.max(...all) + 1e-9);
        expect(makespan(all, 1)).toBe(sum);
      }),
    );
  });
});
