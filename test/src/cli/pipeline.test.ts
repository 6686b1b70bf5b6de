import { readEvaluation } from '../../../src/evaluation/evaluation.ts';
import { responseGrammar } from '../../../traces/grammar.ts';
import { createVocabulary } from '../../../traces/vocabulary.ts';
import { stateAfter } from '../../helpers/automata.ts';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../../src/training/checkpoint.ts';
import { contentOf } from '../../helpers/datasets.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

/** Small enough to train in plain JavaScript. */
const SMALL = {
  name: 'small',
  description: 'A very small model in very small mazes',
  data: {
    task: { environment: 'maze', width: 3, height: 3, walls: [0.1, 0.4] },
    trainCount: 40,
    validationCount: 6,
    testCount: 6,
  },
  model: { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 8 },
  training: { steps: 6, batchSize: 4, warmupSteps: 2, learningRate: 0.01, checkpointEvery: 3 },
  evaluation: { tasks: 5, samples: 1, temperature: 0, maxTokens: 30, drawings: 1 },
};

const home = process.cwd();
const folder = temporaryFolder();

beforeAll(async () => {
  process.chdir(folder);
  writeFileSync('small.json', JSON.stringify(SMALL));
  writeFileSync('maze.txt', 'S..\n.#.\n..G\n');
  const { code, stderr } = await kit('run small.json --backend cpu');
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => process.chdir(home));

describe('kit run', () => {
  it('leaves data, checkpoints, evaluations and a report, and ends with the rates', async () => {
    expect(readdirSync('data')).toEqual([expect.stringMatching(/^maze3x3-[0-9a-f]{8}$/)]);
    expect(readdirSync('runs')).toEqual(['small']);
    expect(readdirSync('runs/small/checkpoints')).toContain('step-00000006.safetensors');
    expect(readdirSync('runs/small/evaluation').sort()).toEqual([
      'auto-greedy',
      'fast-greedy',
      'slow-greedy',
    ]);
    const { stdout } = await kit('run small.json --backend cpu -q');
    const [slow, fast, auto, report] = stdout.trimEnd().split('\n').slice(-4);
    for (const [line, mode] of [
      [slow, 'slow'],
      [fast, 'fast'],
      [auto, 'auto'],
    ]) {
      expect(line).toMatch(new RegExp(`^${mode}, greedy: .* % optimal, .* % solved`));
    }
    expect(report).toBe('report: runs/small/report/report.html');
    expect(existsSync('runs/small/report/report.html')).toBe(true);
  });

  it('skips what is done: a second run changes no file', async () => {
    const before = allFiles('.');
    const { code } = await kit('run small.json --backend cpu -q');
    expect(code).toBe(0);
    expect(allFiles('.')).toEqual(before);
  });

  it('goes on from wherever it was left, with the same weights and records', async () => {
    cpSync('runs/small', 'runs/left', { recursive: true });
    renameSync(
      'runs/left/checkpoints/step-00000006.safetensors',
      'runs/left/checkpoints/step-00000006.safetensors.1-ab.tmp',
    );
    rmSync('runs/left/evaluation/slow-greedy', { recursive: true });
    rmSync('runs/left/report', { recursive: true });
    expect((await kit('run small.json --backend cpu -q --out runs/left')).code).toBe(0);
    const weights = (run: string) =>
      readCheckpoint(`runs/${run}/checkpoints/step-00000006.safetensors`).params;
    expect(weights('left')).toEqual(weights('small'));
    expect(contentOf('runs/left/evaluation/slow-greedy')).toEqual(
      contentOf('runs/small/evaluation/slow-greedy'),
    );
  });

  it('refuses a folder that holds a run of other settings, naming the first', async () => {
    const before = allFiles('.');
    const { code, stdout, stderr } = await kit('run small.json --set training.batchSize=2');
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'kit: runs/small holds another run: its training.batchSize is 4, not 2; choose another --out\n',
    });
    expect(allFiles('.')).toEqual(before);
  });

  it('trains on no more tasks than there are, and goes on with no other number of them', async () => {
    const data = path.join('data', readdirSync('data')[0]!);
    const more = `train small.json --data ${data} --set training.examples=41 --out runs/more`;
    expect((await kit(`${more} --backend cpu -q`)).stderr).toBe(
      `kit: training.examples: 41, but ${data} holds 40 training tasks\n`,
    );
    expect(existsSync('runs/more/experiment.json')).toBe(false);
    expect((await kit('run small.json --set training.examples=39')).stderr).toBe(
      'kit: runs/small holds another run: its training.examples is absent, not 39; choose another --out\n',
    );
    expect((await kit('run small.json --set training.examples=null -q')).code).toBe(0);
  });

  it('plans with the shipped checkpoint where the backend is slow, and says so', async () => {
    mkdirSync('shipped', { recursive: true });
    copyFileSync('runs/small/checkpoints/step-00000006.safetensors', 'shipped/model.safetensors');
    const training = { ...SMALL.training, steps: 3 };
    const shipped = {
      ...SMALL,
      name: 'shipped',
      training,
      pretrained: 'shipped/model.safetensors',
    };
    writeFileSync('shipped.json', JSON.stringify(shipped));
    const { code, stdout, stderr } = await kit('run shipped.json --backend cpu');
    expect(code).toBe(0);
    expect(stderr).toContain('cpu is too slow to train this model: shipped/model.safetensors');
    expect(stdout).toContain('planned with shipped/model.safetensors, not with the weights in');
    expect(readdirSync('runs/shipped/checkpoints')).toEqual(['step-00000003.safetensors']);
    expect(contentOf('runs/shipped/evaluation/fast-greedy')['records.jsonl.gz']).toBe(
      contentOf('runs/small/evaluation/fast-greedy')['records.jsonl.gz'],
    );
    writeFileSync('shipped.json', JSON.stringify({ ...shipped, pretrained: 'gone.safetensors' }));
    const gone = await kit('run shipped.json --backend cpu -q --out runs/gone');
    expect([gone.code, gone.stderr]).toEqual([
      1,
      'kit: pretrained: gone.safetensors: no such checkpoint\n',
    ]);
  });
});

describe('kit train', () => {
  it('needs --resume where there is a run already, and then does nothing if it is done', async () => {
    const before = allFiles('runs/small');
    const again = await kit('train small.json --out runs/small --backend cpu');
    expect([again.code, again.stderr]).toEqual([
      1,
      'kit: runs/small holds this run already: add --resume to go on with it\n',
    ]);
    const resumed = await kit('train small.json --out runs/small --backend cpu --resume');
    expect([resumed.code, resumed.stdout]).toEqual([0, 'runs/small: trained 6 steps\n']);
    expect(allFiles('runs/small')).toEqual(before);
  });

  it('trains on a data set of the user’s own, whose settings become the run’s', async () => {
    const counts = '--count 12 --validation-count 2 --test-count 2';
    await kit(`gen-mazes --size 3 --walls 0.2-0.3 --seed 5 ${counts} --out own`);
    const { code } = await kit('train small.json --data own --out runs/own --backend cpu -q');
    expect(code).toBe(0);
    const { data } = JSON.parse(readFileSync('runs/own/experiment.json', 'utf8'));
    expect(data).toMatchObject({ trainCount: 12, seed: 5, task: { walls: [0.2, 0.3] } });
    expect((await kit('eval runs/own --mode fast --backend cpu -q')).code).toBe(0);
  });

  it('ends at its time limit, says so, and keeps what it learnt', async () => {
    const limit = '--set training.maxMinutes=0.0000001 --set training.steps=100000';
    const { code, stdout } = await kit(
      `train small.json ${limit} --out runs/short --backend cpu -q`,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^runs\/short: trained \d steps, ended by training.maxMinutes\n$/);
  });
});

describe('kit eval', () => {
  it('draws samples, and files what differs from the experiment under its own name', async () => {
    const flags = '--mode auto --samples 3 --tasks 2 --split validation --max-tokens 12 --seed 4';
    const { code, stdout } = await kit(`eval runs/small ${flags} --backend cpu -q`);
    expect(code).toBe(0);
    expect(stdout).toContain('3-Optimal-3 %');
    const name = 'auto-n3-t1-validation-first2-max12-seed4';
    const { settings } = JSON.parse(
      readFileSync(`runs/small/evaluation/${name}/settings.json`, 'utf8'),
    );
    expect(settings).toMatchObject({
      mode: 'auto',
      samples: 3,
      temperature: 1,
      maxTokens: 12,
      seed: 4,
      tasks: 2,
      split: 'validation',
    });
  });

  it('files apart what draws from fewer tokens or is held to a form', async () => {
    const flags = '--mode fast --tasks 2 --backend cpu -q';
    const evaluated = async (choice: string, name: string) => {
      expect((await kit(`eval runs/small ${flags} ${choice}`)).code).toBe(0);
      return JSON.parse(
        readFileSync(`runs/small/evaluation/fast-${name}-first2/settings.json`, 'utf8'),
      ).settings;
    };
    const drawn = { temperature: 1, topK: 3, topP: 0.5 };
    expect(await evaluated('--top-k 3 --top-p 0.5', 'n1-t1-k3-p0.5')).toMatchObject(drawn);
    const held = await evaluated('--form complete', 'greedy-complete');
    expect(held).toMatchObject({ temperature: 0, form: 'complete' });
    const free = await evaluated('--form any', 'greedy');
    for (const field of ['topK', 'topP', 'form']) expect(free).not.toHaveProperty(field);
  });

  it.each(['well-formed', 'complete'] as const)('holds responses to a form: %s', async (form) => {
    const flags = `--samples 4 --max-tokens 40 --form ${form} --backend cpu -q`;
    expect((await kit(`eval runs/small ${flags}`)).code).toBe(0);
    for (const mode of ['slow', 'fast', 'auto']) {
      const { settings, records } = readEvaluation('runs/small', `${mode}-n4-t1-${form}-max40`);
      const grammar = responseGrammar(createVocabulary(settings.vocabulary), form);
      for (const { samples } of records) {
        for (const { tokens } of samples) expect(stateAfter(grammar, tokens)).not.toBe(-1);
      }
    }
  });

  it('makes one evaluation of what is the same, however it is asked for', async () => {
    cpSync('runs/small', 'runs/same', { recursive: true });
    const names = () => readdirSync('runs/same/evaluation').sort();
    const before = names();
    const data = path.join('data', readdirSync('data')[0]!);
    for (const flags of ['--tasks 5', `--data ${data}`, '--split test --precision fp32']) {
      expect((await kit(`eval runs/same ${flags} --backend cpu -q`)).code).toBe(0);
      expect(names()).toEqual(before);
    }
    const all = [
      ...before,
      'auto-greedy-first6',
      'fast-greedy-first6',
      'slow-greedy-first6',
    ].sort();
    for (const tasks of ['6', '7', '100000000']) {
      const { code, stderr } = await kit(`eval runs/same --tasks ${tasks} --backend cpu -q`);
      expect([code, stderr, names()]).toEqual([0, '', all]);
    }
  });

  it('refuses to draw greedily', async () => {
    const refusal = async (flags: string) => {
      const { code, stderr } = await kit(`eval runs/small --backend cpu -q ${flags}`);
      return [code, stderr];
    };
    expect(await refusal('--greedy --top-k 3')).toEqual([
      2,
      'kit: --greedy takes the likeliest token: leave out --top-k\n',
    ]);
    expect(await refusal('--temperature 0 --top-p 0.9')).toEqual([
      1,
      'kit: --top-p needs a --temperature above 0, not 0\n',
    ]);
  });

  it('refuses data that the model has no words for', async () => {
    const counts = '--count 2 --validation-count 0 --test-count 2';
    await kit(`gen-mazes --size 4 ${counts} --out larger -q`);
    await kit(`gen-sokoban --size 5 --boxes 1 --walls 0 ${counts} --out boxes -q`);
    const refusal = async (data: string) =>
      (await kit(`eval runs/small --data ${data} --backend cpu -q`)).stderr;
    expect(await refusal('larger')).toMatch(/^kit: larger: .*vocabulary.*\n$/);
    expect(await refusal('boxes')).toMatch(/^kit: boxes: holds sokoban tasks.*\n$/);
    expect(await refusal('nowhere')).toMatch(/^kit: nowhere: no such folder\n$/);
  });

  it('refuses damaged data and checkpoints, naming the file', async () => {
    cpSync('runs/small', 'runs/damaged', { recursive: true });
    const data = path.join('data', readdirSync('data')[0]!);
    cpSync(data, 'cut', { recursive: true });
    cpSync(data, 'flipped', { recursive: true });
    cpSync(data, 'aged', { recursive: true });
    truncateSync('cut/test-00000.parquet', 100);
    flipByte('flipped/test-00000.parquet');
    const manifest = JSON.parse(readFileSync('aged/manifest.json', 'utf8'));
    writeFileSync('aged/manifest.json', JSON.stringify({ ...manifest, schemaVersion: 99 }));
    const flags = '--mode fast --backend cpu -q';
    const refusal = async (argv: string) => {
      const { code, stderr } = await kit(`${argv} ${flags}`);
      expect([code, stderr.split('\n').length]).toEqual([1, 2]);
      return stderr;
    };
    expect(await refusal('eval runs/small --seed 77 --data cut')).toContain(
      'cut/test-00000.parquet: ',
    );
    expect(await refusal('eval runs/small --seed 77 --data flipped')).toContain(
      'flipped/test-00000.parquet: ',
    );
    expect(await refusal('eval runs/small --data aged')).toContain('aged/manifest.json: ');
    for (const name of readdirSync('runs/damaged/checkpoints')) {
      flipByte(path.join('runs/damaged/checkpoints', name));
    }
    expect(await refusal('eval runs/damaged')).toMatch(/step-0+\d\.safetensors: /);
  });
});

describe('a checkpoint of another size or vocabulary', () => {
  const reading = [
    'solve RUN maze.txt --mode fast',
    'eval RUN --mode fast',
    'train small.json --out RUN --resume',
  ];

  it.each(reading)('is refused by %s, naming what differs', async (argv) => {
    cpSync('runs/small', 'runs/foreign', { recursive: true });
    const checkpoint = 'runs/foreign/checkpoints/step-00000006.safetensors';
    const foreign = { ...SMALL, name: 'foreign' };
    for (const [change, difference] of [
      [{ model: { ...SMALL.model, ffnDim: 12 } }, /model\.ffnDim is 12, not 8/],
      [
        { data: { ...SMALL.data, task: { ...SMALL.data.task, width: 4 } } },
        /vocabulary\.coordinates is 4, not 3/,
      ],
    ] as const) {
      writeFileSync('foreign.json', JSON.stringify({ ...foreign, ...change }));
      rmSync('runs/other', { recursive: true, force: true });
      expect((await kit('train foreign.json --out runs/other --backend cpu -q')).code).toBe(0);
      copyFileSync('runs/other/checkpoints/step-00000006.safetensors', checkpoint);
      const command = `${argv.replace('RUN', 'runs/foreign')} --backend cpu -q`;
      const { code, stderr } = await kit(command);
      expect([code, stderr.split('\n').length]).toEqual([1, 2]);
      expect(stderr).toMatch(difference);
    }
  });
});

it('a run whose data can not be read leaves no folder behind', async () => {
  await kit('gen-mazes --size 3 --walls 0.2-0.3 --count 20 --out torn -q');
  truncateSync('torn/train-00000.parquet', 100);
  const { code } = await kit('run small.json --data torn --out runs/torn --backend cpu -q');
  expect([code, existsSync('runs/torn/experiment.json')]).toEqual([1, false]);
});

it('a report goes into no folder that holds something else', async () => {
  const data = path.join('data', readdirSync('data')[0]!);
  const before = readdirSync(data);
  const { code, stderr } = await kit(`report runs/small --out ${data}`);
  expect([code, stderr]).toEqual([
    1,
    `kit: ${data} is not empty and holds no report: choose another --out\n`,
  ]);
  expect(readdirSync(data)).toEqual(before);
});

describe('kit solve', () => {
  it('shows the model’s answer beside A*’s', async () => {
    const { code, stdout } = await kit('solve runs/small maze.txt --mode slow --backend cpu -q');
    expect(code).toBe(0);
    expect(stdout).toContain('maze 3×3, line 1');
    expect(stdout).toMatch(/model, slow +A\*\n/);
    expect(stdout).toContain('plan of 5 positions');
    expect(stdout).toContain('create 0 0 c0 c4 | close 0 0 c0 c4');
  });

  it('refuses problems that the model has no words for, with their lines', async () => {
    writeFileSync('large.txt', 'S..\n..G\n\nS....\n....G\n');
    writeFileSync('box.xsb', '#####\n#@$.#\n#####\n');
    const refusal = async (file: string) =>
      (await kit(`solve runs/small ${file} --mode fast --backend cpu -q`)).stderr;
    expect(await refusal('large.txt')).toMatch(/^kit: large.txt: line 4: 5×2 cells, .*\n$/);
    expect(await refusal('box.xsb')).toMatch(/^kit: box.xsb: line 1: a sokoban problem, .*\n$/);
  });
});

it('kit solve refuses a search that needs too much memory before the model answers', async () => {
  const data = {
    ...SMALL.data,
    task: { environment: 'sokoban', width: 6, height: 6, boxes: 1, walls: 9 },
  };
  const experiment = { ...SMALL, name: 'pushing', data: { ...data, vocabularySide: 20 } };
  writeFileSync('pushing.json', JSON.stringify(experiment));
  expect((await kit('train pushing.json --out runs/pushing --backend cpu -q')).code).toBe(0);
  const empty = Array<string>(18).fill('-'.repeat(20));
  writeFileSync('far.xsb', ['@-$-$-$-$-$-$'.padEnd(20, '-'), ...empty, '......'].join('\n'));
  expect(await kit('solve runs/pushing far.xsb --backend cpu --max-memory 0.01')).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^kit: far.xsb: line 1: the search needs more than 0.01 GiB .*\n$/,
    ),
  });
});

describe('kit report and kit show', () => {
  it('report several runs side by side', async () => {
    await kit('run small.json --backend cpu -q --seed 2 --out runs/second');
    const { code, stdout } = await kit('report runs/small runs/second --out both');
    expect(code).toBe(0);
    expect(stdout).toContain('report: both/report.html');
  });

  it('export a run that plans alike without its checkpoints, and reports alike', async () => {
    await kit('report runs/small -q');
    const { code } = await kit('export runs/small --out kept -q');
    expect(code).toBe(0);
    expect(existsSync('kept/checkpoints')).toBe(false);
    const solve = (run: string) => kit(`solve ${run} maze.txt --mode slow --backend cpu -q`);
    expect((await solve('kept')).stdout).toBe((await solve('runs/small')).stdout);
    const csv = (run: string) => readFileSync(path.join(run, 'report/results.csv'), 'utf8');
    expect(csv('kept')).toBe(csv('runs/small'));
    const again = allFiles('kept');
    expect((await kit('export runs/small --out kept -q')).code).toBe(0);
    expect(allFiles('kept')).toEqual(again);
    const other = await kit('export runs/small --out data');
    expect([other.code, other.stderr]).toEqual([1, 'kit: data is not empty and holds no run\n']);
  });

  it('show what each level leaves of an example', async () => {
    const data = path.join('data', readdirSync('data')[0]!);
    const all = await kit(`show ${data} --index 3`);
    const one = await kit(`show ${data} --index 3 --level 2`);
    expect([all.code, one.code]).toEqual([0, 0]);
    expect(all.stdout.match(/^level \d, /gm)).toEqual([0, 1, 2, 3, 4].map((n) => `level ${n}, `));
    expect(one.stdout.match(/^level \d, /gm)).toEqual(['level 2, ']);
    const level2 = /^level 2.*\n(( {2}.*\n)+)/m.exec(one.stdout)![1]!;
    expect(level2).toMatch(/^( {2}create \d \d( \| create \d \d)*\n)+$/);
    expect((await kit(`show ${data} --index 40`)).stderr).toBe(
      `kit: --index 40: the train split of ${data} holds 40 examples\n`,
    );
  });
});

const kit = (argv: string) => runKit(...argv.split(' '));

function flipByte(file: string): void {
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)]! ^= 1;
  writeFileSync(file, bytes);
}

/** Content by path, of all files below. */
function allFiles(root: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(root, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .map((file) => [file, readFileSync(file).toString('base64')]),
  );
}
