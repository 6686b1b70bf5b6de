import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRollouts, type ResponseSoFar } from '../../../src/model/rollout.ts';
import type { RolloutOptions, Rollouts } from '../../../src/model/rollout.ts';
import { EOS } from '../../../traces/vocabulary.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { smallConfig, smallModel, smallParams } from '../../helpers/models.ts';
import { plainLogits, plainLogProbs } from '../../helpers/plainLogits.ts';
import { expectClose, expectNoLeak } from '../../helpers/tensors.ts';

const requests = [
  { id: 'a', prompt: [5, 6, 7] },
  { id: 'b', prompt: [8, 9] },
  { id: 'c', prompt: [5, 5, 5, 10, 2] },
];
const greedy: RolloutOptions = { prefix: [2], samples: 1, temperature: 0, maxTokens: 12, seed: 1 };
const sampled: RolloutOptions = { ...greedy, prefix: [], samples: 4, temperature: 1 };

const SEED = 4;
let rollouts: Rollouts;
let respond: Rollouts['respond'];

beforeAll(async () => {
  await startTestBackend();
  rollouts = createRollouts({ config: smallConfig, params: smallParams(SEED) });
  ({ respond } = rollouts);
});
afterAll(() => rollouts.dispose());

describe('a response', () => {
  it('is greedy, and as likely, as a plain forward says, whatever it must begin with', async () => {
    for (const seed of [SEED, 5, 6]) {
      const { respond, dispose } = createRollouts({
        config: smallConfig,
        params: smallParams(seed),
      });
      for (const prefix of [[], [2], [2, 3]]) {
        const responses = await respond(requests, { ...greedy, prefix, maxTokens: 40 });
        requests.forEach(({ prompt }, i) => {
          const [{ ids, logProbs }] = responses[i] as [(typeof responses)[0][0]];
          expect([...ids]).toEqual(plainGreedy(seed, prompt, prefix, 40));
          expectClose(logProbs, logProbsOf(seed, prompt, [...ids]));
        });
      }
      dispose();
    }
  });

  it('begins as its own request says, as if that were all that is asked', async () => {
    const own = [[2, 3, 5, 6, 2], undefined, [4, ...Array<number>(30).fill(7)]];
    const many = requests.map((request, i) => ({ ...request, prefix: own[i] }));
    const options = { ...greedy, maxTokens: 60 };
    const responses = await respond(many, options);
    for (const [i, request] of requests.entries()) {
      const prefix = own[i] ?? options.prefix;
      const [{ ids, logProbs }] = responses[i] as [(typeof responses)[0][0]];
      expect([...ids]).toEqual(plainGreedy(SEED, request.prompt, prefix, 60));
      expectClose(logProbs, logProbsOf(SEED, request.prompt, [...ids]));
      const alone = await respond([request], { ...options, prefix });
      expect(idsOf(alone[0]!)).toEqual([[...ids]]);
    }
  });

  it('is the same behind one prefix, whether common or of each request, drawn or not', async () => {
    const prefix = [2, 3, 5];
    const own = requests.map((request) => ({ ...request, prefix }));
    for (const options of [greedy, { ...sampled, maxTokens: 40 }]) {
      const common = await respond(requests, { ...options, prefix });
      expect((await respond(own, options)).map(idsOf)).toEqual(common.map(idsOf));
    }
  });

  it('is as likely as a plain forward says after the window has moved on', async () => {
    // Rows of many lengths in two lanes' room: columns are added and cut, rows begin late.
    const options = { ...sampled, samples: 12, maxTokens: 90, rows: 3, temperature: 3 };
    const responses = await respond(requests, options);
    responses.forEach((samples, i) => {
      for (const { ids, logProbs } of samples) {
        expectClose(logProbs, logProbsOf(SEED, requests[i]!.prompt, [...ids]), {
          absolute: 1e-4,
        });
      }
    });
    const lengths = responses.flat().map(({ ids }) => ids.length);
    expect(Math.max(...lengths)).toBeGreaterThan(64);
    expect(Math.min(...lengths)).toBeLessThan(32);
  });

  it('does not depend on other tasks, their order, or how many are computed at once', async () => {
    const options = { ...sampled, samples: 9, maxTokens: 50, temperature: 2 };
    const many = Array.from({ length: 20 }, (_, i) => requests[i % 3]!).map((request, i) => ({
      ...request,
      id: String(i),
    }));
    const together = await respond(many, options);
    const reversed = await respond(many.toReversed(), { ...options, rows: 7 });
    const inParts = createRollouts({ config: smallConfig, params: smallParams(SEED), parts: 3 });
    const divided = await inParts.respond(many, { ...options, rows: 11 });
    inParts.dispose();
    expect(divided.map(idsOf)).toEqual(together.map(idsOf));
    expect(reversed.toReversed().map(idsOf)).toEqual(together.map(idsOf));
    for (const at of [0, 7, 19]) {
      const alone = await respond([many[at]!], { ...options, rows: 1 });
      expect(idsOf(alone[0]!)).toEqual(idsOf(together[at]!));
    }
  });

  it('is the same sample whatever the number of samples', async () => {
    const [four, two] = [
      await respond(requests, sampled),
      await respond(requests, { ...sampled, samples: 2 }),
    ];
    expect(four.map((samples) => idsOf(samples).slice(0, 2))).toEqual(two.map(idsOf));
    expect(new Set(idsOf(four[0]!).map(String)).size).toBeGreaterThan(1);
  });

  it.each([1, 5, 1000])('can be followed, by %i tokens at most, and is the same', async (every) => {
    for (const options of [
      { ...greedy, maxTokens: 30 },
      { ...sampled, maxTokens: 30 },
    ]) {
      const told = new Map<string, number[]>();
      const follower = {
        every,
        tell({ request, sample, ids }: ResponseSoFar) {
          const before = told.get(`${request} ${sample}`) ?? [];
          expect(ids.slice(0, before.length)).toEqual(before);
          expect(ids.length).toBeGreaterThan(before.length);
          expect(ids.length - before.length).toBeLessThanOrEqual(every);
          told.set(`${request} ${sample}`, [...ids]);
        },
      };
      const responses = await respond(requests, { ...options, follower });
      expect(responses.map(idsOf)).toEqual((await respond(requests, options)).map(idsOf));
      const ends = requests.map((_, request) =>
        Array.from({ length: options.samples }, (_, sample) => told.get(`${request} ${sample}`)),
      );
      expect(ends).toEqual(responses.map(idsOf));
    }
  });

  it('begins with its prefix, ends at eos or at the cap', async () => {
    const options = { ...sampled, prefix: [4, 3], samples: 32 };
    const responses = (await respond(requests, options)).flatMap(idsOf);
    for (const response of responses) {
      expect(response.slice(0, 2)).toEqual([4, 3]);
      const end = response.indexOf(EOS);
      expect(end === -1 ? response.length : end + 1).toBe(end === -1 ? 12 : response.length);
    }
    expect(responses.some((response) => response.at(-1) === EOS)).toBe(true);
    const endless = await respond(requests, { ...sampled, maxTokens: 35, end: null });
    expect(endless.flatMap(idsOf).every(({ length }) => length === 35)).toBe(true);
  });

  it('has a length of at least one token, and no more than there are positions for', async () => {
    for (const maxTokens of [0, NaN, 40_000]) {
      const refused = respond(requests, { ...sampled, maxTokens });
      await expect(refused).rejects.toThrow(/^maxTokens: \S+ is not from 1 to 32704$/);
    }
    const short = await respond(requests, { ...sampled, maxTokens: 1 });
    expect(short.flatMap(idsOf).every(({ length }) => length === 1)).toBe(true);
  });

  it('leaves no tensor behind, aborted or not', async () => {
    await respond(requests, sampled);
    await expectNoLeak(() => respond(requests, sampled));
    const signal = AbortSignal.abort(new Error('stop'));
    await expectNoLeak(() =>
      expect(respond(requests, { ...sampled, signal })).rejects.toThrow('stop'),
    );
    await expectNoLeak(async () => {
      const other = createRollouts({ config: smallConfig, params: smallParams(1) });
      await other.respond(requests, greedy);
      other.dispose();
    });
  });

  it.each([
    [{}, 1],
    [{}, 0.5],
    [{ topK: 3 }, 1],
    [{ topP: 0.6 }, 1],
    [{ topK: 5, topP: 0.9 }, 2],
  ])('has tokens as often as their probabilities say: %o', async (choice, temperature) => {
    const samples = 4000;
    const options = { ...sampled, ...choice, temperature, samples, maxTokens: 1, rows: samples };
    const [responses] = await respond(requests.slice(0, 1), options);
    const probabilities = chances(nextLogits(SEED, requests[0]!.prompt), {
      ...choice,
      temperature,
    });
    probabilities.forEach((probability, token) => {
      const share = responses!.filter(({ ids }) => ids[0] === token).length / samples;
      const deviation = Math.sqrt((probability * (1 - probability)) / samples);
      expect(Math.abs(share - probability)).toBeLessThan(5 * deviation + 1e-9);
    });
  });
});

function idsOf(samples: readonly { readonly ids: Uint16Array }[]): number[][] {
  return samples.map(({ ids }) => [...ids]);
}

/** Of tokens, by sorting them. */
function chances(
  logits: readonly number[],
  { temperature, topK, topP = 1 }: { temperature: number; topK?: number; topP?: number },
): number[] {
  const softmax = (values: readonly number[]): number[] => {
    const weights = values.map((value) => Math.exp(value));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  };
  const order = [...logits.keys()].sort((a, b) => logits[b]! - logits[a]!);
  const among = order.slice(0, topK ?? logits.length);
  const first = softmax(among.map((token) => logits[token]! / temperature));
  const sums = first.map((_, i) => first.slice(0, i).reduce((a, b) => a + b, 0));
  const nucleus = among.filter((_, i) => sums[i]! < topP);
  const kept = softmax(nucleus.map((token) => logits[token]! / temperature));
  return logits.map((_, token) => kept[nucleus.indexOf(token)] ?? 0);
}

function nextLogits(seed: number, prompt: readonly number[], response: readonly number[] = []) {
  return tf.tidy(() => plainLogits(smallModel(seed), prompt, response).at(-1)!);
}

function logProbsOf(seed: number, prompt: readonly number[], response: readonly number[]) {
  return tf.tidy(() => plainLogProbs(smallModel(seed), prompt, response));
}

function plainGreedy(
  seed: number,
  prompt: readonly number[],
  prefix: readonly number[],
  cap: number,
): number[] {
  const response = [...prefix];
  while (response.length < cap && response.at(-1) !== EOS) {
    const logits = nextLogits(seed, prompt, response);
    response.push(logits.indexOf(Math.max(...logits)));
  }
  return response;
}
