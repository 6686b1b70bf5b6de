import { cpSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { acquireLock } from '../../../src/lock.ts';
import { KILLS, measureMoments, spawnFaulty, trainTiny, treeOf } from '../../helpers/faults.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();

beforeAll(() => trainTiny(cwd));

describe('a process that evaluates', () => {
  it(`may be killed ${KILLS} times, and repeated to the same records`, async () => {
    const evaluating = (folder: string): string[] => {
      cpSync(path.join(cwd, 'trained'), path.join(cwd, folder), { recursive: true });
      return ['eval', folder, '-q'];
    };
    const { moments } = await measureMoments(evaluating('whole'), { cwd, folder: 'whole' });
    const expected = treeOf(path.join(cwd, 'whole', 'evaluation'));
    expect(Object.keys(expected)).toEqual(
      ['fast', 'slow'].flatMap((mode) =>
        ['records.jsonl.gz', 'settings.json'].map((file) => `${mode}-n520-t1/${file}`),
      ),
    );

    const rng = createRng('kills');
    for (let kills = 0, folders = 0; kills < KILLS; folders++) {
      const folder = `killed-${folders}`;
      const argv = evaluating(folder);
      for (let finished = false; !finished;) {
        const killAt = 1 + rng.int(moments);
        const faults = { cwd, folder, killAt, share: rng.next() };
        const { code, stderr } = await spawnFaulty(argv, faults);
        expect([code, stderr]).toEqual([code === 0 ? 0 : null, '']);
        finished = code === 0;
        if (!finished) kills++;
      }
      expect(treeOf(path.join(cwd, folder, 'evaluation'))).toEqual(expected);
    }
  }, 1_200_000);

  it('keeps others away from what it evaluates', async () => {
    const folder = path.join('trained', 'evaluation', 'slow-n520-t1');
    const release = acquireLock(path.join(cwd, folder));
    const { code, stderr } = await spawnKit(['eval', 'trained', '-q'], { cwd });
    release();
    expect([code, stderr]).toEqual([1, `kit: ${folder}: is in use by process ${process.pid}\n`]);
  });
});
