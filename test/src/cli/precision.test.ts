import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bfloat16Problem, startBackend } from '../../../src/engine/backends.ts';
import { readEvaluation } from '../../../src/evaluation/evaluation.ts';
import { createRollouts } from '../../../src/model/rollout.ts';
import { readCheckpoint } from '../../../src/training/checkpoint.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

const fastest = await startBackend();
const hasBfloat16 = bfloat16Problem(fastest) === null;

const SMALL = {
  name: 'small',
  data: {
    task: { environment: 'maze', width: 3, height: 3, walls: [0.1, 0.4] },
    trainCount: 10,
    validationCount: 2,
    testCount: 4,
  },
  // Not even, so that in pairs it would not fit.
  model: { dim: 24, encoderLayers: 1, decoderLayers: 2, heads: 2, ffnDim: 33 },
  training: { steps: 1, batchSize: 2, warmupSteps: 1 },
  evaluation: { tasks: 4, samples: 8, maxTokens: 100, drawings: 0 },
};
const HALVED = { ...SMALL, evaluation: { ...SMALL.evaluation, precision: 'bf16' } };

const home = process.cwd();
const folder = temporaryFolder();

beforeAll(async () => {
  process.chdir(folder);
  writeFileSync('small.json', JSON.stringify(SMALL));
  writeFileSync('halved.json', JSON.stringify(HALVED));
  writeFileSync('maze.txt', 'S..\n.#.\n..G\n');
  for (const name of ['small', 'halved']) {
    const { code, stderr } = await kit(`train ${name}.json --out runs/${name} --backend cpu -q`);
    if (code !== 0) throw new Error(stderr);
  }
});
afterAll(() => process.chdir(home));

describe('where bf16 does not pay', () => {
  it.each([
    ['eval runs/small --precision bf16', '--precision'],
    ['solve runs/small maze.txt --precision bf16', '--precision'],
    ['eval runs/halved', 'evaluation.precision'],
    ['run halved.json --out runs/new', 'evaluation.precision'],
  ])('%s is refused in one line that names %s', async (argv, setting) => {
    expect(await kit(`${argv} --backend cpu -q`)).toEqual({
      code: 1,
      stdout: '',
      stderr: `kit: ${setting}: bf16 needs the native engine (kit setup installs it)\n`,
    });
  });

  it('nothing is generated or trained before that is found out', () => {
    expect(existsSync('runs/new')).toBe(false);
  });

  it('--precision fp32 plans all the same, as an experiment without a precision does', async () => {
    const flags = '--mode fast --backend cpu -q';
    for (const argv of ['eval runs/halved --precision fp32', 'eval runs/small']) {
      expect((await kit(`${argv} ${flags}`)).code).toBe(0);
    }
    for (const run of ['runs/halved', 'runs/small']) {
      expect(readEvaluation(run, 'fast-n8-t1').settings).not.toHaveProperty('precision');
    }
    const { evaluation } = JSON.parse(readFileSync('runs/small/experiment.json', 'utf8'));
    expect(evaluation).not.toHaveProperty('precision');
  });
});

describe.runIf(hasBfloat16)('an evaluation in bf16', () => {
  it('is filed apart, holds the responses of a decoder in bf16, and is not made again', async () => {
    const flags = `--mode auto --threads ${fastest.threads} -q`;
    expect((await kit(`eval runs/small ${flags}`)).code).toBe(0);
    const exact = readEvaluation('runs/small', 'auto-n8-t1');
    expect((await kit(`eval runs/small --precision bf16 ${flags}`)).code).toBe(0);
    const halved = readEvaluation('runs/small', 'auto-n8-t1-bf16');
    expect(halved.settings).toEqual({ ...exact.settings, precision: 'bf16' });
    expect(readEvaluation('runs/small', 'auto-n8-t1')).toEqual(exact);

    const checkpoint = readCheckpoint('runs/small/checkpoints/step-00000001.safetensors');
    const parts = fastest.threads;
    const { respond, dispose } = createRollouts({ ...checkpoint, parts, precision: 'bf16' });
    const { seed, samples, maxTokens } = halved.settings;
    // As the evaluation orders them: what is computed together may differ by rounding.
    const ordered = halved.records.toSorted(
      (a, b) => b.aStarTraceLength - a.aStarTraceLength || a.id - b.id,
    );
    const responses = await respond(
      ordered.map(({ id, prompt }) => ({ id: String(id), prompt })),
      { prefix: [], samples, temperature: 1, maxTokens, seed },
    );
    dispose();
    const tokens = ({ records }: typeof halved) =>
      Object.fromEntries(records.map(({ id, samples }) => [id, samples.map((s) => s.tokens)]));
    const direct = ordered.map(({ id }, i) => [id, responses[i]!.map(({ ids }) => ids)]);
    expect(tokens(halved)).toEqual(Object.fromEntries(direct));
    expect(tokens(halved)).not.toEqual(tokens(exact));

    const file = 'runs/small/evaluation/auto-n8-t1-bf16/records.jsonl.gz';
    const before = readFileSync(file);
    expect((await kit(`eval runs/small --precision bf16 ${flags}`)).code).toBe(0);
    expect(readFileSync(file)).toEqual(before);
  });

  it('once made, needs no bf16', async () => {
    const flags = `--mode fast -q`;
    expect((await kit(`eval runs/halved ${flags} --threads ${fastest.threads}`)).code).toBe(0);
    const { code, stdout } = await kit(`eval runs/halved ${flags} --backend cpu`);
    expect([code, stdout.includes('n8-t1-bf16')]).toEqual([0, true]);
  });

  it('of a single problem shows a plan', async () => {
    const flags = `--mode fast --samples 2 --precision bf16 --threads ${fastest.threads} -q`;
    const { code, stdout } = await kit(`solve runs/small maze.txt ${flags}`);
    expect([code, stdout.includes('model, fast')]).toEqual([0, true]);
  });
});

const kit = (argv: string) => runKit(...argv.split(' '));
