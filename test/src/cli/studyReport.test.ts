import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runKit, spawnKit, temporaryFolder } from '../../helpers/kit.ts';
import { writeRun } from '../../helpers/runs.ts';
import { writeStudy } from '../../helpers/studies.ts';

const folder = temporaryFolder();
const at = (name: string): string => path.join(folder, name);
const report = (...argv: string[]) => runKit('report', ...argv);

describe('kit report of a study', () => {
  const study = writeStudy(at('small-study'));

  it('prints the verdicts and where the page is, and may be made again', async () => {
    for (const _ of [1, 2]) {
      const { code, stdout } = await report(study);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout:
          'reproduced: Slow beats Complete-Trace\n' +
          'not reproduced: Fast thinks more than slow\n' +
          'inconclusive: Fast beats Solution-Only\n' +
          `report: ${path.join(study, 'report', 'report.html')}\n`,
      });
    }
    expect((await report(study, '--out', at('elsewhere'))).code).toBe(0);
    expect(existsSync(path.join(at('elsewhere'), 'claims.csv'))).toBe(true);
  });

  it('takes no runs beside it', async () => {
    const { code, stderr } = await report(writeRun(at('run')), study);
    expect([code, stderr]).toEqual([1, `kit: ${study}: is a study, which is reported alone\n`]);
  });

  it('is refused in one line where the study is malformed', async () => {
    mkdirSync(at('broken'));
    writeFileSync(path.join(at('broken'), 'study.json'), '{"name":"broken"}');
    const { code, stderr } = await report(at('broken'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kit: .*broken\/study\.json: base: is missing.*\n$/);
  });
});

describe('kit report of a folder without a run', () => {
  const root = at('results');
  mkdirSync(path.join(root, 'nothing'), { recursive: true });
  writeFileSync(path.join(root, 'file'), '');
  const refusal = async (...argv: string[]) => {
    const { code, stdout, stderr } = await report(...argv);
    expect([code, stdout]).toEqual([1, '']);
    return stderr.replaceAll(folder, '');
  };

  it('names the runs and studies one level below', async () => {
    const none = 'kit: /results: holds no run (no experiment.json)';
    expect(await refusal(root)).toBe(`${none}\n`);
    writeRun(path.join(root, 'run'));
    expect(await refusal(root)).toBe(`${none}; did you mean /results/run?\n`);
    const study = writeStudy(path.join(root, 'a-study'));
    expect(await refusal(root)).toBe(`${none}; did you mean /results/a-study, /results/run?\n`);
    expect((await runKit('eval', study)).stderr.replaceAll(folder, '')).toBe(
      'kit: /results/a-study: holds no run (no experiment.json); did you mean ' +
        '/results/a-study/complete-trace-s1, /results/a-study/complete-trace-s2, ' +
        '/results/a-study/dualformer-s1 or one of 3 more?\n',
    );
  });

  it('is refused in one line where it is a file, or not there', async () => {
    expect(await refusal(path.join(root, 'file'))).toBe('kit: /results/file: is no folder\n');
    expect(await refusal(at('gone'))).toBe('kit: /gone: no such folder\n');
    for (const below of ['/results/file/run', '/results/file/run/deeper']) {
      expect(await refusal(folder + below)).toBe(`kit: ${below}: no such folder\n`);
    }
    expect(await refusal(path.join(root, 'a-studi'))).toBe(
      'kit: /results/a-studi: no such folder; did you mean /results/a-study?\n',
    );
  });

  it('says where a study lies that is given by its name, as to kit sweep', async () => {
    for (const command of ['report', 'compare']) {
      const { code, stderr } = await spawnKit([command, 'a-study'], { cwd: folder });
      expect([code, stderr]).toEqual([
        1,
        'kit: a-study: no such folder; did you mean results/a-study?\n',
      ]);
    }
  });
});

describe('kit report of a study that is not finished', () => {
  it('prints no verdicts before all seeds are there', async () => {
    const without = ['dualformer-s2'];
    const study = writeStudy(at('unfinished'), undefined, { without });
    expect((await report(study)).stdout).toMatch(
      /^unfinished \(1 of 2 seeds\): Slow beats Complete-Trace\n(unfinished .*\n){2}report: /,
    );
  });
});
