import { beforeAll, describe, expect, it } from 'vitest';
import { checkLogProbs } from '../../bench/besidePyTorch.ts';
import { startingParams } from '../../bench/programs.ts';
import { countsUpTo, startRolloutTwin } from '../../bench/rolloutPrograms.ts';
import type { OpenedRollouts } from '../../bench/rolloutPrograms.ts';
import { WAYS, type WayName } from '../../bench/rolloutWorkloads.ts';
import type { Lap } from '../../bench/turns.ts';
import { createRng } from '../../envs/rng.ts';
import { createRollouts } from '../../src/model/rollout.ts';
import { startTestBackend } from '../helpers/backend.ts';
import { SMALL_VOCABULARY, smallConfig } from '../helpers/models.ts';

describe('log-probabilities', () => {
  const kit = { way: 'kit', logProbs: [[-1], [-2, -3]] } as const;

  it('agree within what rounding explains', () => {
    const careful = { way: 'careful', logProbs: [[-1.00005], [-2, -3]] } as const;
    const bf16 = { way: 'careful-bf16', logProbs: [[-1.04], [-2, -2.96]] } as const;
    expect(() => checkLogProbs([kit, careful, bf16])).not.toThrow();
  });

  it('that differ, are missing or no numbers, name both ways and the token', () => {
    for (const second of [[-2, -3.0002], [-2], [-2, NaN]]) {
      const careful = { way: 'careful', logProbs: [[-1], second] } as const;
      expect(() => checkLogProbs([kit, careful])).toThrow(
        /^kit, fp32 and PyTorch, fp32 don't compute the same model: token 1 of response 1 has/,
      );
    }
  });
});

describe('counts of threads to try', () => {
  it('are the powers of two below, and the count', () => {
    expect([1, 2, 3, 4, 6].map(countsUpTo)).toEqual([
      [1],
      [1, 2],
      [1, 2, 3],
      [1, 2, 4],
      [1, 2, 4, 6],
    ]);
  });
});

/** Where a Python with PyTorch is at hand; the bench itself checks the same before it measures. */
const python = process.env['KIT_TORCH_PYTHON'];

const PYTORCH = (Object.keys(WAYS) as WayName[]).filter((way) => WAYS[way].program === 'PyTorch');

describe.skipIf(!python)('the twin', () => {
  beforeAll(startTestBackend);

  it("gives the kit's probabilities to the kit's tokens, in every way", async () => {
    const rng = createRng('prompts');
    const prompts = Array.from({ length: 3 }, () =>
      Array.from({ length: 5 }, () => 2 + rng.int(SMALL_VOCABULARY - 2)),
    );
    const checked = [0, 2];
    const [samples, generated] = [2, 9];
    const { respond, dispose } = createRollouts({
      config: smallConfig,
      params: startingParams(smallConfig),
    });
    const found = await respond(
      checked.map((i) => ({ id: String(i), prompt: prompts[i]! })),
      { prefix: [], samples, temperature: 1, maxTokens: generated, seed: 1, end: null },
    );
    dispose();
    const responses = found.flat().map(({ ids }) => [...ids]);
    const logProbs = found.flat().map((response) => [...response.logProbs]);

    // Two prompts and the one that is left.
    const ways = Object.fromEntries(PYTORCH.map((way) => [way, { ...WAYS[way], together: [2] }]));
    const settings = { samples, generated, threads: [1, 2], ways };
    const twin = startRolloutTwin(python!, { config: smallConfig, prompts, checked, ...settings });
    for (const way of PYTORCH) {
      const opened = await twin.ask<OpenedRollouts>({ open: way, responses });
      checkLogProbs([
        { way: 'kit', logProbs },
        { way, logProbs: opened.logProbs },
      ]);
      const lap = await twin.ask<Lap>({ run: way });
      expect(lap.tokens).toBe(lap.steps * generated);
    }
    await twin.stop();
  });
});
