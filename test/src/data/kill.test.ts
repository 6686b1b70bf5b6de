import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { sha256 } from '../../../src/files.ts';
import { acquireLock } from '../../../src/lock.ts';
import { contentOf } from '../../helpers/datasets.ts';
import { KILLS, measureMoments, spawnFaulty, treeOf } from '../../helpers/faults.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();

/** Enough rows for two shards of training data. */
const generate = (out: string, jobs: number): string[] =>
  `gen-mazes --size 6 --count 11000 --nondeterministic --jobs ${jobs} --resume -q --out ${out}`.split(
    ' ',
  );

/** What does not fill a shard yet is saved after some time: here, after every tenth block. */
const hurry = 100;

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

/** Of these, a process makes no whole block before it is killed. */
const LARGE_MAZES =
  'gen-mazes --size 100 --tasks-per-layout 20 --max-tokens 200000 --nondeterministic --count 1000';
const LARGE_LEVELS = 'gen-sokoban --size 8 --boxes 3 --max-tokens 1000000 --count 80';

describe('a process that generates', () => {
  const argvOf = (command: string, out: string, jobs: number): string[] =>
    `${command} --validation-count 9 --test-count 9 --jobs ${jobs} --resume -q --out ${out}`.split(
      ' ',
    );
  const newFolder = (): string => path.basename(mkdtempSync(path.join(cwd, 'data-')));
  const filesOf = (folder: string) => treeOf(path.join(cwd, folder));

  const wholes = new Map<string, Record<string, string>>();
  const wholeOf = async (command: string): Promise<Record<string, string>> => {
    if (!wholes.has(command)) {
      const folder = newFolder();
      expect((await spawnKit(argvOf(command, folder, 1), { cwd })).code).toBe(0);
      wholes.set(command, filesOf(folder));
    }
    return wholes.get(command)!;
  };

  it.each([
    ['gen-mazes --size 6 --count 6000', { killAfterTasks: 1400 }],
    ['gen-mazes --size 6 --count 400', { killAt: 20 }],
    [LARGE_MAZES, { killAfterTasks: 500 }],
    [LARGE_LEVELS, { killAfterTasks: 60 }],
    [LARGE_LEVELS, { killAt: 25 }],
  ])(
    'by %s gets done although it is killed again and again: %o',
    async (command, fault) => {
      for (const jobs of [1, 2]) {
        const folder = newFolder();
        let lives = 0;
        for (let code: number | null = null; code === null; lives++) {
          expect(lives).toBeLessThan(40);
          const faults = { cwd, folder, hurry: 1_000, ...fault };
          const outcome = await spawnFaulty(argvOf(command, folder, jobs), faults);
          code = outcome.code;
          expect([code, outcome.stderr]).toEqual([code === null ? null : 0, '']);
        }
        expect(lives).toBeGreaterThan(2);
        expect(filesOf(folder)).toEqual(await wholeOf(command));
      }
    },
    600_000,
  );

  it('goes on with what an earlier version left in the middle of a block', async () => {
    const folder = newFolder();
    const faults = { cwd, folder, killAfterTasks: 60 };
    expect((await spawnFaulty(argvOf(LARGE_LEVELS, folder, 1), faults)).code).toBeNull();
    const file = path.join(cwd, folder, 'progress.json');
    const { checksum: _, start, ahead, pending, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
    expect([start.offset > 0, rest.offset > start.offset, ahead, pending]).toEqual([
      true,
      true,
      [],
      [],
    ]);
    const earlier = { ...rest, pending: null };
    writeFileSync(file, JSON.stringify({ ...earlier, checksum: sha256(JSON.stringify(earlier)) }));
    expect((await spawnKit(argvOf(LARGE_LEVELS, folder, 2), { cwd })).code).toBe(0);
    expect(filesOf(folder)).toEqual(await wholeOf(LARGE_LEVELS));
  }, 300_000);
});
