import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readEvaluation, writeEvaluation } from '../../../src/evaluation/evaluation.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';
import { writeRun } from '../../helpers/runs.ts';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
const compare = (...argv: string[]) => runKit('compare', ...argv);
/** The cells of the rows of all tables. */
const rowsOf = (stdout: string): string[][] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

describe('kit compare', () => {
  it('shows how runs differ from the first, on the same tasks', async () => {
    const [all, none] = [
      writeRun(at('all'), { name: 'all', failed: [] }),
      writeRun(at('none'), { name: 'none', failed: [0, 1, 2], modes: ['slow'] }),
    ];
    const { code, stdout } = await compare(all, none);
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows).toContainEqual([
      'none',
      'slow',
      'greedy',
      '0.0 ± 0.0',
      '0.0 ± 0.0',
      '0.000 ± 0.000',
    ]);
    const last = rows.at(-1)!;
    expect(last.slice(0, 5)).toEqual(['none', 'all', 'slow', 'greedy', '-100.0 [-100.0, -100.0]']);
  });

  it('takes seeds together, of cells of a study too, in the order of its cells', async () => {
    const results = at('study');
    const seeds = [1, 2];
    for (const [cell, failed] of [
      ['zeta', [0, 1]],
      ['alpha', [2]],
    ] as const) {
      for (const seed of seeds) {
        const name = `small-${cell}-s${seed}`;
        writeRun(path.join(results, `${cell}-s${seed}`), { name, seed, failed, modes: ['slow'] });
      }
    }
    const base = { data: { task: { environment: 'maze', width: 3, height: 3 } } };
    const study = { name: 'small', base, cells: { zeta: {}, alpha: { training: { steps: 9 } } } };
    writeFileSync(path.join(results, 'study.json'), JSON.stringify({ ...study, seeds }));
    mkdirSync(path.join(results, 'logs'));
    const { code, stdout, stderr } = await compare(results);
    expect([code, stderr]).toEqual([0, '']);
    expect(
      rowsOf(stdout)
        .filter(([, runs]) => runs === '2')
        .map(([name]) => name),
    ).toEqual(['zeta', 'alpha', 'zeta', 'alpha'].map((cell) => `small-${cell}`));
    expect(rowsOf(stdout).at(-1)!.slice(0, 2)).toEqual(['small-alpha', 'small-zeta']);
  });

  it('compares every mode with one of the first run’s', async () => {
    const run = writeRun(at('modes'));
    const { stdout } = await compare(run, '--to', 'slow');
    const rows = rowsOf(stdout).slice(-2);
    expect(rows.map(([of, to]) => [of, to])).toEqual([
      ['small, fast', 'small, slow'],
      ['small, auto', 'small, slow'],
    ]);
    const only = await compare(run, '--to', 'slow', '--mode', 'auto', '--evaluation', 'greedy');
    expect(rowsOf(only.stdout).at(-1)![0]).toBe('small, auto');
    expect(only.stdout).not.toContain('fast');
  });

  it('refuses runs that were evaluated on different tasks', async () => {
    const run = writeRun(at('own'), { name: 'own' });
    const other = writeRun(at('other'), { name: 'other' });
    const evaluation = readEvaluation(other, 'slow-greedy');
    const [first, ...rest] = evaluation.records;
    const prompt = first!.prompt.toReversed();
    writeEvaluation(other, { ...evaluation, records: [{ ...first!, prompt }, ...rest] });
    const changed = await compare(run, other);
    expect([changed.code, changed.stdout]).toEqual([1, '']);
    expect(changed.stderr).toBe(
      `kit: ${other}: slow-greedy was made on other tasks than in ${run}: task 0 is another\n`,
    );
    writeEvaluation(other, { ...evaluation, records: rest });
    expect((await compare(run, other)).stderr).toBe(
      `kit: ${other}: slow-greedy was made on other tasks than in ${run}: 2, not 3\n`,
    );
  });

  it('refuses a seed that is given twice, and folders without runs or evaluations', async () => {
    const run = writeRun(at('once'));
    expect((await compare(run, run)).stderr).toBe(
      `kit: ${run}: is small with seed 1, as ${run} is: give one of them\n`,
    );
    mkdirSync(at('empty'));
    expect((await compare(at('empty'))).stderr).toBe(
      `kit: ${at('empty')}: holds neither a run nor a study\n`,
    );
    expect((await compare(at('unheard-of'))).stderr).toBe(
      `kit: ${at('unheard-of')}: no such folder\n`,
    );
    expect((await compare(at('emptied'))).stderr).toBe(
      `kit: ${at('emptied')}: no such folder; did you mean ${at('empty')}?\n`,
    );
    const bare = writeRun(at('bare'), { modes: [] });
    expect((await compare(bare)).stderr).toBe(`kit: ${bare}: there is no evaluation to compare\n`);
    expect(readFileSync(path.join(run, 'experiment.json'), 'utf8')).toContain('small');
  });

  it('refuses flags that leave nothing to compare, naming what there is', async () => {
    const run = writeRun(at('both'), { modes: ['slow', 'fast'] });
    const sampled = readEvaluation(run, 'slow-greedy');
    writeEvaluation(run, { ...sampled, name: 'slow-n4-t1-sampled' });
    const fast = writeRun(at('fast'), { name: 'fast', modes: ['fast'] });
    for (const [line, message] of [
      ['--evaluation zzz', '--evaluation: there is no "zzz", only greedy, n4-t1-sampled'],
      [
        '--evaluation smapled',
        '--evaluation: there is no "smapled", only greedy, n4-t1-sampled; did you mean sampled?',
      ],
      ['--mode auto', '--mode: there is no evaluation in auto, only in slow, fast'],
      [
        '--mode fast --evaluation sampled',
        '--mode: there is no evaluation sampled in fast, only in slow',
      ],
      ['--to auto', `--to: ${run} has no evaluation in auto, only in slow, fast`],
      [
        '--to slow --mode slow',
        `--to: ${run} has no evaluation in another mode to compare with slow`,
      ],
    ] as const) {
      const { code, stdout, stderr } = await compare(run, ...line.split(' '));
      expect([code, stdout, stderr]).toEqual([1, '', `kit: ${message}\n`]);
    }
    expect((await compare(fast, run, '--to', 'slow')).stderr).toBe(
      `kit: --to: ${fast} has no evaluation in slow, only in fast\n`,
    );
    expect((await compare(run, fast, '--to', 'slow', '--mode', 'fast')).code).toBe(0);
  });

  it('leaves out the studies beside runs, and says so', async () => {
    const mixed = at('mixed');
    const study = path.join(mixed, 'some-study');
    writeRun(path.join(study, 'cell-s1'));
    writeFileSync(path.join(study, 'study.json'), '{}');
    expect((await compare(mixed)).stderr).toBe(
      `kit: ${mixed}: holds neither a run nor a study; did you mean ${study}?\n`,
    );
    writeRun(path.join(mixed, 'run'));
    const { code, stderr } = await compare(mixed);
    expect([code, stderr]).toEqual([0, `left out, since studies are compared alone: ${study}\n`]);
  });
});
