/** Evaluations behind corrupted traces, from the command line to the report. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEvaluation } from '../../../src/evaluation/evaluation.ts';
import { PLAN } from '../../../traces/vocabulary.ts';
import { contentOf } from '../../helpers/datasets.ts';
import { runKit, temporaryFolder } from '../../helpers/kit.ts';

/** Small enough to train in plain JavaScript. */
const SMALL = {
  name: 'small',
  data: {
    task: { environment: 'maze', width: 3, height: 3, walls: [0.1, 0.4] },
    trainCount: 40,
    validationCount: 6,
    testCount: 12,
  },
  model: { dim: 8, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 8 },
  training: { steps: 2, batchSize: 4, warmupSteps: 1, learningRate: 0.01, checkpointEvery: 2 },
  evaluation: { tasks: 12, samples: 4, temperature: 1, maxTokens: 150, drawings: 1 },
};
const EVAL = 'eval runs/small --backend cpu -q';
const FOLDER = 'runs/small/evaluation/slow-greedy-corrupt';

const home = process.cwd();
const kit = (line: string) => runKit(...line.split(' '));

beforeAll(async () => {
  process.chdir(temporaryFolder());
  writeFileSync('small.json', JSON.stringify(SMALL));
  const { code, stderr } = await kit('run small.json --backend cpu');
  if (code !== 0) throw new Error(stderr);
});
afterAll(() => process.chdir(home));

describe('kit eval --corrupt', () => {
  it('asks behind the true and the corrupted traces, and tells what became of the plans', async () => {
    const { code, stdout } = await kit(`${EVAL} --corrupt drop-close,swap`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/corruption .* unchanged % .* told plan %/);
    expect(stdout.match(/│ (drop-close|swap) +│ +12 /g)).toHaveLength(2);
    const truth = readEvaluation('runs/small', 'slow-greedy-corrupt-none');
    expect(truth.settings).toMatchObject({ corruption: 'none', samples: 1, temperature: 0 });
    for (const kind of ['none', 'drop-close', 'swap']) {
      const { records } = readEvaluation('runs/small', `slow-greedy-corrupt-${kind}`);
      for (const { forced, samples } of records) {
        expect(samples[0]!.trace).toBe(kind === 'none' ? 'legal' : 'illegal');
        expect(samples[0]!.tokens.indexOf(PLAN)).toBe(forced!.length - 1);
        expect(forced!.clause === null).toBe(kind !== 'drop-close');
      }
    }
  });

  it('tells the worth of plans behind true traces alone, where nothing else is asked for', async () => {
    const { code, stdout } = await kit(`${EVAL} --corrupt none`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/│ slow │ greedy-corrupt-none │ +\d+\.\d ± \d+\.\d │/);
    expect(stdout).not.toContain('unchanged');
    const both = await kit(`${EVAL} --corrupt none,swap`);
    expect(both.stdout).not.toContain('greedy-corrupt-none');
  });

  it('gives the same records again, and asks for no more than is missing', async () => {
    const before = contentOf(`${FOLDER}-swap`);
    rmSync(`${FOLDER}-swap`, { recursive: true });
    const { stderr } = await kit(`${EVAL.replace(' -q', '')} --corrupt swap`);
    expect(stderr).toContain('planning behind traces, swap');
    expect(stderr).not.toContain('planning behind traces, none');
    expect(contentOf(`${FOLDER}-swap`)).toEqual(before);
  });

  it('has a section of its own in the report, and no row in the other tables', async () => {
    expect((await kit('report runs/small -q')).code).toBe(0);
    const report = readFileSync('runs/small/report/report.md', 'utf8');
    const [before, after] = report.split('## Corrupted traces') as [string, string];
    expect(before).not.toContain('corrupt');
    expect(after).toMatch(/\| drop-close \| +12 \|/);
    expect(after).toContain('](corruptions.svg)');
    expect(existsSync('runs/small/report/corruptions.svg')).toBe(true);
  });

  it('has the control by itself in the report of a run that has nothing else', async () => {
    cpSync('runs/small', 'runs/control', { recursive: true });
    for (const name of readdirSync('runs/control/evaluation')) {
      if (name.endsWith('corrupt-none')) continue;
      rmSync(`runs/control/evaluation/${name}`, { recursive: true });
    }
    expect((await kit('report runs/control -q')).code).toBe(0);
    const report = readFileSync('runs/control/report/report.md', 'utf8');
    expect(report).toMatch(
      /## Corrupted traces\n\nPlans behind.*\n\n\| mode \| decoding .*\n.*\n\| slow \|/,
    );
    expect(report).not.toContain('No evaluation has been made');
    // What the report of the whole run drew is not of this one.
    expect(readdirSync('runs/control/report').filter((name) => name.endsWith('.svg'))).toEqual([
      'loss.svg',
    ]);
  });

  it('leaves out tasks whose traces leave no room, and refuses if these are all', async () => {
    const none = await kit(`${EVAL} --corrupt none --max-tokens 20`);
    expect([none.code, none.stderr]).toEqual([
      1,
      expect.stringMatching(/^kit: --corrupt: none of 12 tasks of data\/\S+ allows none/),
    ]);
  });

  it.each([
    ['--mode slow,fast', '--corrupt works in slow mode only: leave out --mode'],
    ['--samples 2', '--corrupt gives one response: leave out --samples'],
    ['--temperature 1', '--corrupt has temperature 0: leave out --temperature'],
    ['--top-k 2', '--corrupt takes the likeliest token: leave out --top-k'],
    ['--top-p 0.5', '--corrupt takes the likeliest token: leave out --top-p'],
  ])('refuses %s', async (flags, message) => {
    const { code, stderr } = await kit(`${EVAL} --corrupt swap ${flags}`);
    expect(code).toBe(2);
    expect(stderr).toContain(`kit: ${message}`);
  });

  it('names the corruptions that there are', async () => {
    const { code, stderr } = await kit(`${EVAL} --corrupt blokced`);
    expect([code, stderr]).toEqual([1, expect.stringContaining('did you mean blocked?')]);
  });
});
