import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { acquireLock } from '../../../src/lock.ts';
import { contentOf } from '../../helpers/datasets.ts';
import { KILLS, measureMoments, spawnFaulty } from '../../helpers/faults.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();

/** Enough rows for two shards of training data. */
const generate = (out: string, jobs: number): string[] =>
  `gen-mazes --size 6 --count 11000 --nondeterministic --jobs ${jobs} --resume -q --out ${out}`.split(
    ' ',
  );

/** What does not fill a shard yet is saved after some time: here, after every thirtieth block. */
const hurry = 1_000;

/** Blocks from worker threads that are awaited in any case; later ones may come too late to matter. */
const MESSAGES = 200;

const ENDED = 'kit: a worker thread ended before its time (exit code 1); what was saved is kept\n';

describe('a process that generates', () => {
  it(`or one of its threads may be killed ${KILLS} times, and resumed to the same bytes`, async () => {
    const { moments } = await measureMoments(generate('whole', 1), { cwd, folder: 'whole', hurry });
    await measureMoments(generate('two', 2), { cwd, folder: 'two', hurry });
    const expected = contentOf(path.join(cwd, 'whole'));
    expect(Object.keys(expected)).toContain('train-00001.parquet');
    expect(contentOf(path.join(cwd, 'two'))).toEqual(expected);

    const rng = createRng('kills');
    for (let kills = 0; kills < KILLS;) {
      const folder = path.basename(mkdtempSync(path.join(cwd, 'killed-')));
      for (let finished = false; !finished;) {
        const ofThread = rng.next() < 0.4;
        const fault = ofThread
          ? { endWorkerAt: 1 + rng.int(MESSAGES) }
          : { killAt: 1 + rng.int(moments) };
        const argv = generate(folder, ofThread ? 2 : 1 + rng.int(2));
        const faults = { cwd, folder, hurry, share: rng.next(), ...fault };
        const { code, stderr } = await spawnFaulty(argv, faults);
        finished = code === 0;
        if (finished) continue;
        kills++;
        expect([code, stderr]).toEqual(ofThread ? [1, ENDED] : [null, '']);
      }
      expect(contentOf(path.join(cwd, folder))).toEqual(expected);
    }
  }, 1_200_000);

  it('keeps others out of its folder', async () => {
    const release = acquireLock(path.join(cwd, 'taken'));
    const refused = await spawnKit(generate('taken', 1), { cwd });
    expect(refused).toMatchObject({
      code: 1,
      stderr: `kit: taken: is in use by process ${process.pid}\n`,
    });
    release();
    expect((await spawnKit(generate('taken', 1), { cwd })).code).toBe(0);
  });
});
