import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { readRecords } from '../../../src/evaluation/records.ts';
import { acquireLock } from '../../../src/lock.ts';
import { KILLS, measureMoments, spawnFaulty, TINY_SETTINGS, treeOf } from '../../helpers/faults.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const STUDY = {
  name: 'two',
  base: {
    ...TINY_SETTINGS,
    evaluation: { modes: ['slow'], samples: 1, temperature: 0, maxTokens: 8 },
  },
  cells: { all: {}, few: { training: { examples: 10 } } },
  seeds: [1],
  evaluations: [{ label: 'drawn', tasks: 3, samples: 2, temperature: 1 }],
};

const cwd = temporaryFolder();
const study = (name: string, changes: object = {}): void =>
  writeFileSync(path.join(cwd, name), JSON.stringify({ ...STUDY, ...changes }));
const command = (out: string, file = 'two.json', ...more: string[]): string[] => {
  const folders = `--out ${out}/runs --results ${out}/results`;
  return [...`sweep ${file} ${folders} --jobs 2 --backend cpu`.split(' '), ...more];
};
const sweep = (...args: Parameters<typeof command>) => spawnKit(command(...args), { cwd });

/** What does not tell of the time or the process: settings, and all that was answered. */
function recordsOf(out: string): Record<string, string> {
  const files = Object.entries(treeOf(path.join(cwd, out, 'results')));
  return Object.fromEntries(files.filter(([file]) => !/(provenance|metrics)\.jsonl?$/.test(file)));
}

let expected: Record<string, string>;
beforeAll(async () => {
  study('two.json');
  const { code, stderr } = await sweep('whole');
  if (code !== 0) throw new Error(stderr);
  expected = recordsOf('whole');
});

describe('a sweep', () => {
  it('leaves the records of each cell, without weights, of one data set', () => {
    expect(Object.keys(expected)).toEqual([
      ...['all-s1', 'few-s1'].flatMap((cell) => [
        ...['slow-greedy', 'slow-n2-t1-drawn'].flatMap((name) =>
          ['records.jsonl.gz', 'settings.json'].map((file) => `${cell}/evaluation/${name}/${file}`),
        ),
        `${cell}/experiment.json`,
      ]),
      'study.json',
    ]);
    expect(existsSync(path.join(cwd, 'whole/results/all-s1/metrics.jsonl'))).toBe(true);
    expect(readdirSync(path.join(cwd, 'whole/runs/data'))).toHaveLength(1);
    const of = (cell: string) => expected[`${cell}/evaluation/slow-greedy/settings.json`];
    expect(of('few-s1')).not.toBe(of('all-s1'));
  });

  it('skips what is done, by its records alone', async () => {
    const before = treeOf(path.join(cwd, 'whole'));
    const again = await sweep('whole');
    expect([again.code, again.stdout]).toEqual([
      0,
      '2 of 2 cells were done before\nrecords: whole/results\n',
    ]);
    expect(treeOf(path.join(cwd, 'whole'))).toEqual(before);
    const plan = await spawnKit(
      'sweep two.json --out elsewhere --results whole/results --dry-run'.split(' '),
      { cwd },
    );
    expect(plan.stdout).toBe('all-s1: done\nfew-s1: done\n');
    expect(existsSync(path.join(cwd, 'elsewhere'))).toBe(false);
  });

  it('adds evaluations, cells and seeds without training anew', async () => {
    study('more.json', {
      seeds: [1, 2],
      evaluations: [
        ...STUDY.evaluations,
        { label: 'greedy', tasks: 2, samples: 1, temperature: 0 },
      ],
    });
    const weights = path.join(cwd, 'whole/runs/all-s1/checkpoints');
    const before = treeOf(weights);
    const { code, stdout } = await sweep('whole', 'more.json', '--only', 'all');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\[\d of 2\] all-s1: done/m);
    expect(stdout).toMatch(/^\[\d of 2\] all-s2: done/m);
    expect(treeOf(weights)).toEqual(before);
    const { 'study.json': _, ...found } = recordsOf('whole');
    expect(found).toMatchObject(withoutStudy(expected));
    expect(Object.keys(found)).toContain('all-s1/evaluation/slow-greedy-greedy/settings.json');
    expect(Object.keys(found)).toContain('all-s2/evaluation/slow-greedy-greedy/settings.json');
  });

  it('evaluates all labels in one process, with the records of one process each', async () => {
    const log = readFileSync(path.join(cwd, 'whole/runs/logs/few-s1.log'), 'utf8');
    expect(log.match(/^\$ kit .*$/gm)!.map((line) => line.split(' ')[2])).toEqual(['run', 'eval']);
    const run = 'whole/runs/few-s1';
    const evaluation = path.join(cwd, run, 'evaluation');
    const before = treeOf(evaluation);
    const eachAlone = [
      '--label drawn --tasks 3 --samples 2 --temperature 1',
      '--label greedy --tasks 2 --samples 1 --temperature 0',
    ];
    await sweep('whole', 'more.json', '--only', 'few', '--seeds', '1');
    const together = treeOf(evaluation);
    expect(together).toMatchObject(before);
    for (const name of ['slow-n2-t1-drawn', 'slow-greedy-greedy']) {
      rmSync(path.join(evaluation, name), { recursive: true });
    }
    for (const flags of eachAlone) {
      const line = `eval ${run} --mode slow ${flags} --threads 1 --backend cpu`;
      expect(await spawnKit(line.split(' '), { cwd })).toMatchObject({ code: 0 });
    }
    expect(treeOf(evaluation)).toEqual(together);
  });

  it('makes the evaluations of a cell that are missing, and no others', async () => {
    const list = 'whole/runs/settings/few-s1.evaluations.json';
    const evaluation = path.join(cwd, 'whole/runs/few-s1/evaluation');
    const whole = treeOf(evaluation);
    rmSync(path.join(evaluation, 'slow-greedy-greedy'), { recursive: true });
    const line = `eval whole/runs/few-s1 --evaluations ${list} --threads 1 --backend cpu`;
    const { code, stderr } = await spawnKit(line.split(' '), { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^engine: .*\nevaluation drawn\nevaluation greedy\nplanning slow: 2 of 2 /m,
    );
    expect(treeOf(evaluation)).toEqual(whole);
  });

  it('tells which evaluation fails, after those before it', async () => {
    const own = { tasks: 2, samples: 1, temperature: 0 };
    const evaluations = [
      { ...own, label: 'good' },
      { ...own, label: 'bad', precision: 'bf16' },
    ];
    study('half.json', { evaluations });
    const { code, stdout } = await sweep('half', 'half.json', '--only', 'few');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\[1 of 1\] few-s1: failed: evaluation bad: .*bf16 .*\(see /m);
    const held = readdirSync(path.join(cwd, 'half/runs/few-s1/evaluation'));
    expect(held.sort()).toEqual(['slow-greedy', 'slow-greedy-good']);
  });

  it('keeps no weights, and what it says of them makes them again', async () => {
    const kept = 'whole/results/few-s1';
    const refused = await spawnKit(`eval ${kept} --backend cpu`.split(' '), { cwd });
    expect(refused.code).toBe(1);
    const [, command, out] = /^kit: \S+ holds .*: `kit (.*)` makes them again, in (\S+)\n$/.exec(
      refused.stderr,
    )!;
    expect(command).toBe(`train ${kept}/experiment.json --out runs/few-s1`);
    const flags = '--threads 1 --backend cpu';
    for (const line of [`${command} ${flags}`, `eval ${out} --mode slow ${flags}`]) {
      expect(await spawnKit(line.split(' '), { cwd })).toMatchObject({ code: 0 });
    }
    const name = 'evaluation/slow-greedy/records.jsonl.gz';
    const again = readRecords(path.join(cwd, out!, name));
    expect(again).toEqual(readRecords(path.join(cwd, kept, name)));
  });

  it('evaluates on larger boards than were trained on, if the vocabulary has words for them', async () => {
    const data = { ...TINY_SETTINGS.data, vocabularySide: 4 };
    const larger = { label: 'larger', tasks: 2, samples: 1, temperature: 0 };
    study('larger.json', {
      base: { ...STUDY.base, data },
      evaluations: [{ ...larger, data: { task: { width: 4 } } }],
    });
    const { code, stderr } = await sweep('larger', 'larger.json', '--only', 'few');
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^kit:/m)]);
    const [record] = readRecords(
      path.join(cwd, 'larger/results/few-s1/evaluation/slow-greedy-larger/records.jsonl.gz'),
    );
    expect(record).toMatchObject({ width: 4, height: 3 });
  });

  it('refuses cells whose settings have changed, before any work', async () => {
    const cells = { all: {}, few: { training: { examples: 11 } } };
    study('changed.json', { cells });
    const before = treeOf(path.join(cwd, 'whole'));
    const { code, stdout, stderr } = await sweep('whole', 'changed.json');
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'kit: whole/results/few-s1: was made with other settings of cell few: its ' +
        'training.examples is 10, not 11; remove it, or give the cell another name\n',
    });
    expect(treeOf(path.join(cwd, 'whole'))).toEqual(before);
  });

  it('refuses another evaluation under a label that has records', async () => {
    const [drawn] = STUDY.evaluations;
    study('relabelled.json', { evaluations: [{ ...drawn, tasks: 4 }] });
    expect((await sweep('whole', 'relabelled.json')).stderr).toBe(
      'kit: whole/results/study.json: has another evaluation drawn: its tasks is 3, not 4; ' +
        'give it another label\n',
    );
  });

  it('refuses to evaluate on other data that share layouts with training tasks', async () => {
    // Of 3×3 mazes there are so few that some are bound to be known.
    const data = { maxTokens: 9_000 };
    const evaluations = [{ label: 'other', tasks: 60, samples: 1, temperature: 0, data }];
    study('seen.json', { evaluations });
    const { code, stderr } = await sweep('seen', 'seen.json', '-q');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^kit: seen\/runs\/data\/\S+: \d+ of 60 tasks for evaluation have /);
    expect(existsSync(path.join(cwd, 'seen/runs/settings'))).toBe(false);
  });

  it('goes on with the others when a cell fails, and says so at the end', async () => {
    const cells = { bad: { training: { precision: 'bf16' } }, ...STUDY.cells };
    study('bad.json', { cells });
    const { code, stdout, stderr } = await sweep('failing', 'bad.json');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^\[\d of 3\] bad-s1: failed: training.precision: bf16 needs .* \(see /m,
    );
    expect(stderr).toMatch(
      /kit: 1 of 3 cells failed: bad-s1; the same command tries them again\n$/,
    );
    expect(withoutStudy(recordsOf('failing'))).toEqual(withoutStudy(expected));
  });
});

describe('a sweep that is ended', () => {
  it('by Ctrl-C ends its children, says how to go on, and goes on', async () => {
    let told = false;
    const stopped = await spawnKit(command('stopped'), {
      cwd,
      onStderr(text, kill) {
        if (!told && text.includes('few-s1: begins')) kill('SIGINT');
        told ||= text.includes('few-s1: begins');
      },
    });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(/kit: interrupted by SIGINT; the same command goes on\n$/);
    for (const cell of ['all-s1', 'few-s1']) {
      const run = path.join(cwd, 'stopped/runs', cell);
      if (existsSync(run)) acquireLock(run)();
    }
    expect((await sweep('stopped')).code).toBe(0);
    expect(recordsOf('stopped')).toEqual(expected);
  });

  const kills = Math.ceil(KILLS / 4);
  it(`may be killed ${kills} times, and goes on to the same records`, async () => {
    const { moments } = await measureMoments(command('measured'), { cwd, folder: 'measured' });
    expect(recordsOf('measured')).toEqual(expected);
    const rng = createRng('kills');
    for (let killed = 0; killed < kills;) {
      const folder = path.basename(mkdtempSync(path.join(cwd, 'killed-')));
      for (let finished = false; !finished;) {
        const faults = { cwd, folder, killAt: 1 + rng.int(moments), share: rng.next() };
        const { code, stdout } = await spawnFaulty(command(folder), faults);
        expect([code, stdout]).toEqual([code === 0 ? 0 : null, expect.not.stringMatching(/fail/)]);
        finished = code === 0;
        if (!finished) killed++;
      }
      expect(recordsOf(folder)).toEqual(expected);
      expect(readdirSync(path.join(cwd, folder, 'runs/data'))).toHaveLength(1);
      rmSync(path.join(cwd, folder), { recursive: true });
    }
  }, 1_200_000);
});

function withoutStudy(records: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(records).filter(([file]) => file !== 'study.json'));
}
