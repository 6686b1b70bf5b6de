import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';
import { writeRun } from '../../helpers/runs.ts';
import { SMALL_STUDY, writeStudy } from '../../helpers/studies.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => path.join(folder, ...names);
const refusal = async (...argv: string[]): Promise<string> => {
  const { code, stdout, stderr } = await runKit(...argv);
  expect([code, stdout]).toEqual([1, '']);
  return stderr.replaceAll(folder, '');
};

describe('kit report', () => {
  it('is made again after a first evaluation, and after a kill', async () => {
    const run = writeRun(at('run'));
    const evaluated = path.join(run, 'evaluation');
    cpSync(evaluated, at('evaluation'), { recursive: true });
    rmSync(evaluated, { recursive: true });
    for (const _ of [1, 2]) expect((await runKit('report', run)).code).toBe(0);
    cpSync(at('evaluation'), evaluated, { recursive: true });
    expect((await runKit('report', run)).code).toBe(0);
    // Killed after the first of its files.
    for (const name of ['report.html', 'tables.md', 'results.csv', 'rates.svg']) {
      rmSync(path.join(run, 'report', name));
    }
    expect((await runKit('report', run)).code).toBe(0);
    expect(existsSync(path.join(run, 'report', 'report.html'))).toBe(true);
  });

  it('takes no seed twice', async () => {
    const run = writeRun(at('once'));
    cpSync(run, at('copy'), { recursive: true });
    expect(await refusal('report', run, at('copy'), '--out', at('both'))).toBe(
      'kit: /copy: is small with seed 1, as /once is: give one of them\n',
    );
  });

  it('is not written in place of a file', async () => {
    writeFileSync(at('file'), '');
    expect(await refusal('report', writeRun(at('other')), '--out', at('file'))).toBe(
      'kit: /file: is no folder\n',
    );
    expect(await refusal('compare', at('file'))).toBe('kit: /file: is no folder\n');
  });

  it('has no study beside that is called otherwise than its folder', async () => {
    writeStudy(at('studies', 'small-study'));
    cpSync(at('studies', 'small-study'), at('studies', 'old'), { recursive: true });
    const own = writeStudy(at('studies', 'mine'), {
      ...SMALL_STUDY,
      name: 'mine',
      beside: { old: ['dualformer'] },
    });
    expect(await refusal('report', own)).toBe(
      'kit: /studies/old/study.json: is of study small-study: its folder must have that name, to stand ' +
        'beside mine\n',
    );
  });
});

describe('kit sweep', () => {
  it('writes into no folder of another study, nor of none', async () => {
    writeStudy(at('kept'));
    writeFileSync(at('another.json'), JSON.stringify({ ...SMALL_STUDY, name: 'another' }));
    const sweep = () => refusal('sweep', at('another.json'), '--results', at('kept'), '--dry-run');
    expect(await sweep()).toBe('kit: /kept: is of study small-study: choose another folder\n');
    for (const held of ['null', '{"name":"another","evaluations":{}}']) {
      writeFileSync(at('kept', 'study.json'), held);
      expect(await sweep()).toMatch(/^kit: \/kept\/study\.json: .+\n$/);
    }
  });
});
