import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { paddingMask } from '../../../src/model/masks.ts';
import { rollout, type RolloutOptions } from '../../../src/model/rollout.ts';
import {
  decode,
  encode,
  positionsOf,
  readMemory,
  type Model,
} from '../../../src/model/transformer.ts';
import { BOS, EOS } from '../../../traces/vocabulary.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { smallModel } from '../../helpers/models.ts';
import { expectNoLeak } from '../../helpers/tensors.ts';

beforeAll(startTestBackend);

const requests = [
  { id: 'a', prompt: [5, 6, 7] },
  { id: 'b', prompt: [8, 9] },
  { id: 'c', prompt: [5, 5, 5, 10, 2] },
];
const greedy: RolloutOptions = { prefix: [2], samples: 1, temperature: 0, maxTokens: 12, seed: 1 };
const sampled: RolloutOptions = { ...greedy, prefix: [], samples: 4, temperature: 1 };

describe('a rollout', () => {
  it.each([[[]], [[2]], [[2, 3]]])(
    'with prefix %j is greedy as a plain forward is',
    async (prefix) => {
      for (let seed = 0; seed < 8; seed++) {
        const model = smallModel(seed);
        const responses = await rollout(model, requests, { ...greedy, prefix });
        requests.forEach(({ prompt }, i) => {
          expect([...responses[i]![0]!]).toEqual(plainGreedy(model, prompt, prefix, 12));
        });
        tf.dispose(model.params);
      }
    },
  );

  it('of a task does not depend on the other tasks, their order, or how rows are batched', async () => {
    const model = smallModel(4);
    const together = await rollout(model, requests, sampled);
    const reversed = await rollout(model, requests.toReversed(), sampled);
    const alone = await rollout(model, requests, { ...sampled, rows: 1 });
    expect(reversed.toReversed()).toEqual(together);
    expect(alone).toEqual(together);
    tf.dispose(model.params);
  });

  it('has the same first samples whatever their number', async () => {
    const model = smallModel(5);
    const [four, two] = [
      await rollout(model, requests, sampled),
      await rollout(model, requests, { ...sampled, samples: 2 }),
    ];
    expect(four.map((samples) => samples.slice(0, 2))).toEqual(two);
    expect(new Set(four[0]!.map(String)).size).toBeGreaterThan(1);
    tf.dispose(model.params);
  });

  it('begins with its prefix, ends at eos or at the cap', async () => {
    const model = smallModel(6);
    const responses = await rollout(model, requests, { ...sampled, prefix: [4, 3], samples: 32 });
    for (const response of responses.flat()) {
      expect([...response.subarray(0, 2)]).toEqual([4, 3]);
      const end = response.indexOf(EOS);
      expect(end === -1 ? response.length : end + 1).toBe(end === -1 ? 12 : response.length);
    }
    expect(responses.flat().some((response) => response.at(-1) === EOS)).toBe(true);
    tf.dispose(model.params);
  });

  it('leaves no tensor behind, aborted or not', async () => {
    const model = smallModel(7);
    await expectNoLeak(() => rollout(model, requests, sampled));
    const signal = AbortSignal.abort(new Error('stop'));
    await expectNoLeak(() =>
      expect(rollout(model, requests, { ...sampled, signal })).rejects.toThrow('stop'),
    );
    tf.dispose(model.params);
  });

  it('samples tokens as often as their probabilities say', async () => {
    const model = smallModel(8);
    const samples = 4000;
    const options = { ...sampled, samples, maxTokens: 1, rows: samples };
    const [responses] = await rollout(model, requests.slice(0, 1), options);
    const logits = nextLogits(model, requests[0]!.prompt, []);
    const probabilities = tf.softmax(tf.tensor1d(logits)).dataSync();
    probabilities.forEach((probability, token) => {
      const share = responses!.filter((response) => response[0] === token).length / samples;
      const deviation = Math.sqrt((probability * (1 - probability)) / samples);
      expect(Math.abs(share - probability)).toBeLessThan(5 * deviation + 1e-9);
    });
    tf.dispose(model.params);
  });
});

/** Logits after `response`, all computed afresh. */
function nextLogits(
  model: Model,
  prompt: readonly number[],
  response: readonly number[],
): number[] {
  return tf.tidy(() => {
    const ids = [BOS, ...prompt, EOS];
    const memoryMask = paddingMask([ids.length], ids.length);
    const memory = readMemory(
      model,
      encode(model, tf.tensor2d([ids], undefined, 'int32'), memoryMask),
    );
    const tokens = [BOS, ...response];
    const { logits } = decode(model, tf.tensor2d([tokens], undefined, 'int32'), {
      memory,
      memoryMask,
      selfMask: 'causal',
      positions: positionsOf(model.config, tokens.length),
    });
    return Array.from(logits.dataSync()).slice(-model.config.vocabSize);
  });
}

function plainGreedy(
  model: Model,
  prompt: number[],
  prefix: readonly number[],
  cap: number,
): number[] {
  const response = [...prefix];
  while (response.length < cap && response.at(-1) !== EOS) {
    const logits = nextLogits(model, prompt, response);
    response.push(logits.indexOf(Math.max(...logits)));
  }
  return response;
}
