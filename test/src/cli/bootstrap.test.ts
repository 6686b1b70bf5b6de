import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLedger } from '../../../src/improvement/rounds.ts';
import { treeOf } from '../../helpers/faults.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

/** Small enough to train in plain JavaScript. */
const SMALL = {
  name: 'small',
  data: {
    task: { environment: 'maze', width: 3, height: 2, walls: [0.1, 0.4] },
    trainCount: 8,
    validationCount: 1,
    testCount: 2,
  },
  model: { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 8 },
  training: { steps: 2, batchSize: 4, warmupSteps: 1, dropping: 'complete-trace' },
  evaluation: { modes: ['slow'], tasks: 2, samples: 1, temperature: 0, maxTokens: 12 },
};
const IMPROVEMENT = { rounds: 2, samples: 2, steps: 2, tasks: 6 };
const BOOTSTRAP = 'bootstrap runs/small --rounds 2 --samples 2 --steps 2 --tasks 6';

const home = process.cwd();
const folder = temporaryFolder();
const kit = (line: string) => runKit(...line.split(' '));
const cpu = (line: string) => kit(`${line} --backend cpu -q`);
const settings = (name: string, changes: object = {}): void =>
  writeFileSync(name, JSON.stringify({ ...SMALL, ...changes }));

beforeAll(async () => {
  process.chdir(folder);
  settings('small.json');
  for (const line of ['run small.json', BOOTSTRAP]) {
    const { code, stderr } = await cpu(line);
    if (code !== 0) throw new Error(stderr);
  }
}, 180_000);
afterAll(() => process.chdir(home));

/** What does not tell of the time. */
function tree(run: string): Record<string, string> {
  const told = /provenance\.json$|metrics\.jsonl$|events\.out|report\//;
  return Object.fromEntries(Object.entries(treeOf(run)).filter(([file]) => !told.test(file)));
}

describe('kit bootstrap', () => {
  it('leaves rounds that are runs, each with its responses, data and evaluation', async () => {
    const files = Object.keys(tree('runs/small/bootstrapping'));
    expect(files).toEqual([
      'improvement.json',
      'ledger.json',
      ...[1, 2].flatMap((round) =>
        [
          'checkpoints/step-00000002.safetensors',
          'data.json',
          'data/manifest.json',
          'data/train-00000.parquet',
          'evaluation/slow-greedy/records.jsonl.gz',
          'evaluation/slow-greedy/settings.json',
          'experiment.json',
          'rollouts/00000.jsonl.gz',
        ].map((file) => `round-${round}/${file}`),
      ),
    ]);
    const stats = await kit('data stats runs/small/bootstrapping/round-1/data -q');
    expect([stats.code, stats.stdout]).toEqual([0, expect.stringContaining('6 tasks (train 6, ')]);
    const evaluated = await cpu('eval runs/small/bootstrapping/round-2 --samples 2');
    expect(evaluated.code).toBe(0);
    const named = JSON.parse(
      readFileSync('runs/small/bootstrapping/round-2/experiment.json', 'utf8'),
    );
    expect(named).toMatchObject({ name: 'small-bootstrapping-2', improvement: { rounds: 2 } });
    rmSync('runs/small/bootstrapping/round-2/evaluation/slow-n2-t1', { recursive: true });
  });

  it('ends with a table of all models, the ledger, and a report', async () => {
    const { stdout } = await cpu(BOOTSTRAP);
    for (const line of [
      /^│ small +│ slow │ greedy +│/m,
      /^│ small-bootstrapping-1 +│ slow │/m,
      /^│ small-bootstrapping-2 +│ slow │/m,
      /^│ 2 +│ +6 │ +12 │/m,
      /^report: runs\/small\/bootstrapping\/report\/report\.html$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
  });

  it('skips what is done, remembers its settings, and goes on to further rounds', async () => {
    const before = tree('runs/small');
    expect((await cpu('bootstrap runs/small --rounds 2')).code).toBe(0);
    expect(tree('runs/small')).toEqual(before);
    cpSync('runs/small', 'runs/further', { recursive: true });
    expect((await cpu('bootstrap runs/further')).code).toBe(0);
    expect(tree('runs/further')).toMatchObject(
      Object.fromEntries(Object.entries(before).filter(([file]) => !file.endsWith('ledger.json'))),
    );
    const ledger = readLedger('runs/further/bootstrapping');
    expect(ledger.map(({ round }) => round)).toEqual([1, 2, 3]);
    expect(ledger.slice(0, 2)).toEqual(readLedger('runs/small/bootstrapping'));
    expect((await cpu('bootstrap runs/further --rounds 4')).code).toBe(0);
    const { stdout } = await cpu('bootstrap runs/further');
    expect(stdout).toContain('small-bootstrapping-4');
  });

  it('selects again, from the responses that are there, where the ledger is gone', async () => {
    cpSync('runs/small', 'runs/healed', { recursive: true });
    rmSync('runs/healed/bootstrapping/ledger.json');
    expect((await cpu(BOOTSTRAP.replace('small', 'healed'))).code).toBe(0);
    expect(tree('runs/healed')).toEqual(tree('runs/small'));
  });

  it('begins with exported weights, if their optimiser may begin anew', async () => {
    expect((await kit('export runs/small --out begun -q')).code).toBe(0);
    rmSync('begun/bootstrapping', { recursive: true });
    const { folder: data } = JSON.parse(readFileSync('runs/small/data.json', 'utf8'));
    const at = path.join('runs/small', data);
    const begin = BOOTSTRAP.replace('runs/small', 'begun');
    const { code, stderr } = await cpu(`${begin} --data ${at} --fresh-optimizer`);
    expect([code, stderr]).toEqual([0, '']);
    expect(readLedger('begun/bootstrapping')).toHaveLength(2);
    // The same responses, since the first weights are the same.
    expect(tree('begun/bootstrapping/round-1')).toMatchObject(
      Object.fromEntries(
        Object.entries(tree('runs/small/bootstrapping/round-1')).filter(([file]) =>
          file.startsWith('rollouts'),
        ),
      ),
    );
  });

  it('is exported with the run: every round, the ledger and the report', async () => {
    const { code, stdout } = await kit('export runs/small --out copied -q');
    expect(code).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'copied: weights of step 2, settings and records',
      'report: copied/report/report.html',
      'copied/bootstrapping/round-1: weights of step 2, settings and records',
      'copied/bootstrapping/round-2: weights of step 2, settings and records',
      'report: copied/bootstrapping/report/report.html',
      '',
    ]);
    const kept = Object.entries(tree('runs/small')).filter(([file]) =>
      /ledger|experiment|records/.test(file),
    );
    expect(tree('copied')).toMatchObject(Object.fromEntries(kept));
    const numbers = (run: string) =>
      readFileSync(`${run}/bootstrapping/report/results.csv`, 'utf8');
    expect(numbers('copied')).toBe(numbers('runs/small'));
    const alone = await kit('export runs/small --out recorded --records-only -q');
    expect([alone.code, Object.keys(treeOf('recorded')).join().includes('model.safe')]).toEqual([
      0,
      false,
    ]);
    expect(readLedger('recorded/bootstrapping')).toEqual(readLedger('runs/small/bootstrapping'));
  });

  it('is not exported before a round is done', async () => {
    cpSync('runs/small', 'runs/answering', { recursive: true });
    rmSync('runs/answering/bootstrapping/ledger.json');
    const { code, stdout } = await kit('export runs/answering --out answering -q');
    expect([code, stdout.trimEnd().split('\n')]).toEqual([
      0,
      [
        'answering: weights of step 2, settings and records',
        'report: answering/report/report.html',
      ],
    ]);
  });

  it('is a stage of an experiment: the same rounds, in the folder of its method', async () => {
    settings('improved.json', { improvement: IMPROVEMENT });
    expect((await cpu('run improved.json --out runs/improved')).code).toBe(0);
    expect(tree('runs/improved')).toEqual(tree('runs/small'));
    const expert = { ...IMPROVEMENT, method: 'expert-iteration', rounds: 1 };
    settings('expert.json', { improvement: expert });
    expect((await cpu('run expert.json --out runs/improved')).code).toBe(0);
    expect(readLedger('runs/improved/expert-iteration')).toMatchObject([{ tasks: 6, rows: 6 }]);
  });

  it('is foreseen by kit plan', async () => {
    settings('improved.json', { improvement: IMPROVEMENT });
    const { code, stdout } = await kit('plan improved.json --no-time -q');
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ rounds │ their responses │ their training │/);
    const cells = stdout
      .split('\n')
      .find((line) => line.includes('small'))!
      .split('│');
    const { trainingTokens, responseTokens } = foreseen();
    const [rounds, responses, training] = cells
      .slice(8, 11)
      .map((cell) => Number(cell.replaceAll(',', '')));
    expect(rounds).toBe(2);
    // Within what other tasks than the first six change.
    expect(Math.abs(responses! / responseTokens - 1)).toBeLessThan(0.3);
    expect(Math.abs(training! / trainingTokens - 1)).toBeLessThan(0.3);
  });
});

/** As A*'s traces, counted in the data of a round in which nothing was learnt. */
function foreseen(): { trainingTokens: number; responseTokens: number } {
  const { splits } = JSON.parse(
    readFileSync('runs/small/bootstrapping/round-1/data/manifest.json', 'utf8'),
  );
  const { prompt, reasoning, plan } = splits.train.tokens;
  const perTask = { prompt: prompt / 6 + 2, response: (reasoning + plan) / 6 + 2 };
  return {
    responseTokens: 2 * 6 * 2 * perTask.response,
    trainingTokens: 2 * 2 * 4 * (perTask.prompt + perTask.response),
  };
}

describe('kit bootstrap refuses in one line', () => {
  const expectComplaint = async (
    line: string,
    message: string | RegExp,
    code = 1,
  ): Promise<void> => {
    const { stdout, ...said } = await kit(line);
    const { length } = said.stderr.trimEnd().split('\n');
    expect({ stdout, ...said, length }).toEqual({
      stdout: '',
      code,
      stderr: typeof message === 'string' ? `kit: ${message}\n` : expect.stringMatching(message),
      length: 1,
    });
  };

  it('what is no run, or has no weights', async () => {
    await expectComplaint(
      'bootstrap runs/smal',
      'runs/smal: no such folder; did you mean runs/small?',
    );
    await expectComplaint('bootstrap data', 'data: holds no run (no experiment.json)');
    cpSync('runs/small', 'runs/empty', { recursive: true });
    rmSync('runs/empty/checkpoints', { recursive: true });
    await expectComplaint(
      'bootstrap runs/empty',
      /^kit: runs\/empty holds records without the weights/,
    );
  });

  it('numbers out of range', async () => {
    await expectComplaint('bootstrap runs/small --rounds 0', '--rounds must be at least 1, not 0');
    await expectComplaint(
      'bootstrap runs/small --samples 0',
      '--samples must be at least 1, not 0',
    );
    await expectComplaint(
      'bootstrap runs/small --tasks 9 --out elsewhere',
      '--tasks: must be at most 8, the training tasks',
    );
    await expectComplaint(
      'bootstrap runs/small --temperature 0',
      '--temperature must be at least 0.000001, not 0',
    );
  });

  it('settings in the folder of the rounds that are none', async () => {
    for (const [setting, value, message] of [
      ['samples', 0, 'must be at least 1, not 0'],
      ['sample', 2, 'there is no such setting; did you mean samples?'],
    ] as const) {
      cpSync('runs/small', 'runs/edited', { recursive: true });
      const file = 'runs/edited/bootstrapping/improvement.json';
      const { checksum, ...held } = JSON.parse(readFileSync(file, 'utf8'));
      held.settings[setting] = value;
      writeFileSync(file, JSON.stringify({ ...held, checksum }));
      await expectComplaint(
        'bootstrap runs/edited',
        `${file}: was changed: its checksum does not match`,
      );
      // As an earlier version wrote it.
      writeFileSync(file, JSON.stringify(held));
      await expectComplaint('bootstrap runs/edited', `${file}: settings.${setting}: ${message}`);
    }
  });

  it('more tasks than a data set of the user has', async () => {
    await kit('gen-mazes --size 3 --count 5 --validation-count 0 --test-count 2 --out five -q');
    settings('many.json', { improvement: IMPROVEMENT });
    await expectComplaint(
      'run many.json --data five --backend cpu -q',
      'improvement.tasks: must be at most 5, the training tasks',
    );
  });

  it('other settings than the rounds that are there have', async () => {
    await expectComplaint(
      'bootstrap runs/small --samples 3 --backend cpu -q',
      'runs/small/bootstrapping: holds rounds of another origin: its settings.samples is 2, not 3; ' +
        'choose another --out',
    );
    cpSync('runs/small', 'runs/anonymous', { recursive: true });
    rmSync('runs/anonymous/bootstrapping/improvement.json');
    await expectComplaint(
      'bootstrap runs/anonymous --rounds 2 --samples 3 --steps 2 --tasks 6 --backend cpu -q',
      'runs/anonymous/bootstrapping/round-1 holds another run: its improvement.samples is 2, not 3; ' +
        'choose another --out',
    );
  });

  it('a model that knows no traces', async () => {
    const training = { ...SMALL.training, dropping: 'solution-only' };
    mkdirSync('runs/plans');
    settings('runs/plans/experiment.json', { training });
    await expectComplaint(
      'bootstrap runs/plans',
      'runs/plans: training.dropping: leaves plans alone, and no traces that shortest-optimal ' +
        'could shorten',
    );
    settings('plans.json', { training, improvement: {} });
    await expectComplaint(
      'run plans.json',
      'plans.json: training.dropping: leaves plans alone, and no traces that shortest-optimal ' +
        'could shorten; it is "solution-only"',
    );
  });

  it('data that are gone, or others than the model was trained on', async () => {
    cpSync('runs/small', 'runs/gone', { recursive: true });
    writeFileSync('runs/gone/data.json', JSON.stringify({ folder: '../../nowhere', checksum: '' }));
    await expectComplaint(
      'bootstrap runs/gone',
      'nowhere: the data set of runs/gone is gone; name it with --data',
    );
    const { folder: own } = JSON.parse(readFileSync('runs/small/data.json', 'utf8'));
    writeFileSync('runs/gone/data.json', JSON.stringify({ folder: own, checksum: 'another' }));
    await expectComplaint(
      'bootstrap runs/gone',
      /: is not the data set that runs\/gone was trained on\n$/,
    );
    const before = treeOf('runs/small');
    await kit('gen-mazes --width 3 --height 2 --count 8 --seed 9 --out others -q');
    await expectComplaint(
      'bootstrap runs/small --data others --backend cpu -q',
      'others: is not the data set that runs/small was trained on',
    );
    expect(treeOf('runs/small')).toEqual(before);
  });

  it('weights without the state of their optimiser', async () => {
    expect((await kit('export runs/small --out exported -q')).code).toBe(0);
    const { folder: data } = JSON.parse(readFileSync('runs/small/data.json', 'utf8'));
    const at = path.join('runs/small', data);
    await expectComplaint(
      `bootstrap exported --data ${at} --backend cpu -q`,
      /^kit: the weights come without the state of their optimiser/,
    );
  });
});
