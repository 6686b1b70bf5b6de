import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';
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
