import { cpSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSplit } from '../../../src/data/dataset.ts';
import { readLedger } from '../../../src/improvement/rounds.ts';
import { bootstrapping, IMPROVEMENT, KNOWING, roundsOf } from '../../helpers/bootstrap.ts';
import { toRows } from '../../helpers/examples.ts';
import { spawnFaulty } from '../../helpers/faults.ts';
import { spawnKit, temporaryFolder } from '../../helpers/kit.ts';

const cwd = temporaryFolder();
const at = (...parts: string[]): string => path.join(cwd, ...parts);

let expected: Record<string, string>;
beforeAll(async () => {
  writeFileSync(at('knowing.json'), JSON.stringify(KNOWING));
  const argv = 'train knowing.json --out trained --threads 1 -q'.split(' ');
  const trained = await spawnKit(argv, { cwd });
  if (trained.code !== 0) throw new Error(trained.stderr);
  cpSync(at('trained'), at('whole'), { recursive: true });
  const { code, stderr } = await spawnKit(bootstrapping('whole'), { cwd });
  if (code !== 0) throw new Error(stderr);
  expected = roundsOf(at('whole'));
}, 600_000);

/** Where a process changes files when it is killed, and the how manyth change it is. */
const KILLS: readonly (readonly [phase: string, folder: string, killAt: number])[] = [
  ['answering', 'round-1/rollouts', 2],
  ['selecting', 'round-1/data', 5],
  ['training, before its last checkpoint', 'round-1/checkpoints', 40],
  ['evaluating', 'round-2/evaluation', 3],
];

describe('rounds of bootstrapping', () => {
  it('go on to the same bytes after a kill in every phase', async () => {
    cpSync(at('trained'), at('killed'), { recursive: true });
    for (const [phase, folder, killAt] of KILLS) {
      const faults = { cwd, folder: `killed/bootstrapping/${folder}`, killAt, share: 0.5 };
      const { code, stderr } = await spawnFaulty(bootstrapping('killed'), faults);
      expect([phase, code, stderr]).toEqual([phase, null, '']);
      if (!phase.startsWith('training')) continue;
      const found = [60, IMPROVEMENT.steps].map((step) =>
        existsSync(at('killed/bootstrapping', folder, `step-000000${step}.safetensors`)),
      );
      expect(found).toEqual([true, false]);
    }
    const { code, stderr } = await spawnKit(bootstrapping('killed'), { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(roundsOf(at('killed'))).toEqual(expected);
  }, 300_000);

  it('may begin with the first model each time and append, and resume alike', async () => {
    const method = {
      start: 'first',
      optimizer: 'fresh',
      data: 'append',
      select: 'every-correct',
      loss: 'next-token',
    };
    const improvement = { ...IMPROVEMENT, method };
    writeFileSync(at('expert.json'), JSON.stringify({ ...KNOWING, improvement }));
    const run = (out: string) => `run expert.json --out ${out} --threads 1 -q`.split(' ');
    for (const out of ['expert', 'expert-killed']) {
      cpSync(at('trained'), at(out), { recursive: true });
    }
    const whole = await spawnKit(run('expert'), { cwd });
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    const rounds = [1, 2].map((round) =>
      toRows(readSplit(at(`expert/improvement/round-${round}/data`), 'train')).map(
        ({ id, reasoning, plan }) => `${id}: ${reasoning.join()} ${plan.join()}`,
      ),
    );
    expect(rounds[0]!.length).toBeGreaterThan(12);
    expect(rounds[1]).toEqual(expect.arrayContaining(rounds[0]!));
    for (const [folder, killAt] of [
      ['round-1/data', 5],
      ['round-2/checkpoints', 40],
    ] as const) {
      const place = `expert-killed/improvement/${folder}`;
      const faults = { cwd, folder: place, killAt, share: 0.5 };
      const { code, stderr } = await spawnFaulty(run('expert-killed'), faults);
      expect([folder, code, stderr]).toEqual([folder, null, '']);
    }
    expect((await spawnKit(run('expert-killed'), { cwd })).code).toBe(0);
    const told = (out: string) => roundsOf(at(out), 'improvement');
    expect(told('expert-killed')).toEqual(told('expert'));
  }, 300_000);

  it('learn from responses of the model: data and ledger tell of them', () => {
    const ledger = readLedger(at('whole/bootstrapping'));
    expect(
      ledger.map(({ round, tasks, responses, rows }) => [round, tasks, responses, rows]),
    ).toEqual([1, 2].map((round) => [round, 12, 12 * IMPROVEMENT.samples, 12]));
    for (const { round, optimalTasks, traceTokens, storedTraceTokens, training } of ledger) {
      expect(optimalTasks).toBeGreaterThan(6);
      const data = readSplit(at(`whole/bootstrapping/round-${round}/data`), 'train');
      expect(traceTokens).toBe(data.reasoning.ids.length / 12);
      if (round > 1) expect(storedTraceTokens).toBe(ledger[round - 2]!.traceTokens);
      // A batch is a pass: every step reads all prompts and answers, with bos and eos.
      const ids = [data.prompt, data.reasoning, data.plan].map(({ ids }) => ids.length);
      const perPass = ids.reduce((a, b) => a + b) + 12 * 4;
      expect(training).toEqual({ steps: IMPROVEMENT.steps, tokens: IMPROVEMENT.steps * perPass });
    }
  });
});
