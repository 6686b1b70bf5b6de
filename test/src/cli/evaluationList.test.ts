/** Several evaluations of a run from one file. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvaluation } from '../../../src/evaluation/evaluation.ts';
import { TINY_SETTINGS } from '../../helpers/faults.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const EVALUATION = 'runs/tiny/evaluation';
const ONE = { label: 'one', tasks: 2, samples: 1, temperature: 0 };
const DATA = '--size 3 --count 2 --validation-count 0 --test-count 2 --seed 5';

const home = process.cwd();
const kit = (line: string) => runKit(...line.split(' '));
const evaluate = (list: unknown, flags = '') => {
  writeFileSync('list.json', JSON.stringify(list));
  return kit(`eval runs/tiny --evaluations list.json --backend cpu${flags}`);
};

beforeAll(async () => {
  process.chdir(temporaryFolder());
  const evaluation = { modes: ['slow', 'fast'], samples: 1, temperature: 0, maxTokens: 8 };
  writeFileSync('tiny.json', JSON.stringify({ ...TINY_SETTINGS, name: 'tiny', evaluation }));
  for (const line of ['run tiny.json --backend cpu -q', `gen-mazes ${DATA} --out other -q`]) {
    const { code, stderr } = await kit(line);
    if (code !== 0) throw new Error(stderr);
  }
});
afterAll(() => process.chdir(home));

describe('kit eval --evaluations', () => {
  it('makes each as its own flags would, with a table each', async () => {
    const { code, stdout } = await evaluate([
      { ...ONE, modes: ['fast'] },
      { ...ONE, label: 'drawn', samples: 3, temperature: 1, topK: 4, split: 'validation' },
      { ...ONE, label: 'elsewhere', data: 'other' },
      { ...ONE, label: 'traces', corrupt: ['swap'], maxTokens: 100 },
    ]);
    expect(code).toBe(0);
    const names = [
      'fast-greedy-one',
      'slow-n3-t1-k4-drawn',
      'fast-n3-t1-k4-drawn',
      'slow-greedy-elsewhere',
      'fast-greedy-elsewhere',
      'slow-greedy-corrupt-none-traces',
      'slow-greedy-corrupt-swap-traces',
    ];
    const own = ['slow-greedy', 'fast-greedy'];
    expect(readdirSync(EVALUATION).sort()).toEqual([...own, ...names].sort());
    expect(stdout.match(/optimal %/g)!.length).toBeGreaterThanOrEqual(4);
    const together = names.map((name) => readEvaluation('runs/tiny', name));
    for (const name of names) rmSync(`${EVALUATION}/${name}`, { recursive: true });
    const flags = [
      '--mode fast --label one --tasks 2 --samples 1 --temperature 0',
      '--label drawn --tasks 2 --samples 3 --temperature 1 --top-k 4 --split validation',
      '--label elsewhere --tasks 2 --samples 1 --temperature 0 --data other',
      '--label traces --tasks 2 --corrupt swap --max-tokens 100',
    ];
    for (const each of flags) {
      expect((await kit(`eval runs/tiny ${each} --backend cpu -q`)).code).toBe(0);
    }
    expect(names.map((name) => readEvaluation('runs/tiny', name))).toEqual(together);
  });

  it.each([
    [[], /^kit: list\.json: must list one evaluation or more; it is \[\]\n$/],
    [[{ ...ONE, tasks: 0 }], /^kit: list\.json: \[0\]\.tasks: .*0\n$/],
    [
      [{ ...ONE, topk: 3 }],
      /^kit: list\.json: \[0\]\.topk: there is no such setting; did you mean \[0\]\.topK\?\n$/,
    ],
    [[ONE, ONE], /^kit: list\.json: two evaluations have the same label.*\n$/],
    [{ label: 'one' }, /^kit: list\.json: expected array.*\n$/],
    [[{ ...ONE, data: { task: {} } }], /^kit: list\.json: \[0\]\.data: expected string.*\n$/],
    [
      [
        { ...ONE, label: 'first' },
        { ...ONE, data: 'nowhere' },
      ],
      /^kit: evaluation one: nowhere: no such folder\n$/,
    ],
  ])('refuses %j before it plans anything', async (list, message) => {
    const { code, stdout, stderr } = await evaluate(list);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
    expect(existsSync(`${EVALUATION}/slow-greedy-first`)).toBe(false);
  });

  it('names the evaluation that a model can’t make, after those before it', async () => {
    await kit('gen-mazes --size 4 --count 2 --validation-count 0 --test-count 2 --out larger -q');
    const list = [
      { ...ONE, label: 'first' },
      { ...ONE, data: 'larger' },
      { ...ONE, label: 'last' },
    ];
    const { code, stderr } = await evaluate(list, ' -q');
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^kit: evaluation one: larger: has another vocabulary: .*\n$/),
    ]);
    expect(existsSync(`${EVALUATION}/slow-greedy-first`)).toBe(true);
    expect(existsSync(`${EVALUATION}/slow-greedy-last`)).toBe(false);
  });

  it.each(['--mode slow', '--samples 2', '--greedy', '--top-p 0.5', '--label x', '--corrupt swap'])(
    'takes no %s, which the list says',
    async (flag) => {
      const { code, stderr } = await evaluate([ONE], ` ${flag}`);
      const [name] = flag.split(' ');
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(`^kit: --evaluations says all in its file: leave out ${name}\n`),
      ]);
    },
  );
});
