import { cpSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSplit } from '../../../src/data/dataset.ts';
import { readLedger } from '../../../src/improvement/rounds.ts';
import { bootstrapping, IMPROVEMENT, KNOWING, roundsOf } from '../../helpers/bootstrap.ts';
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

  it('learn from responses of the model: data and ledger tell of them', () => {
    const ledger = readLedger(at('whole/bootstrapping'));
    expect(
      ledger.map(({ round, tasks, responses, rows }) => [round, tasks, responses, rows]),
    ).toEqual([1, 2].map((round) => [round, 12, 12 * IMPROVEMENT.samples, 12]));
    for (const { round, newRows, traceTokens, storedTraceTokens, training } of ledger) {
      expect(newRows).toBeGreaterThan(6);
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
