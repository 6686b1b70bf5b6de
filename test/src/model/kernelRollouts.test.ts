import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../envs/rng.ts';
import { hasKernels } from '../../../src/engine/kernels.ts';
import { modelConfig, type ModelConfig } from '../../../src/model/config.ts';
import { initialParams } from '../../../src/model/params.ts';
import { splitParams } from '../../../src/model/paramTensors.ts';
import {
  createRollouts,
  type Grammar,
  type Response,
  type RolloutModel,
  type RolloutOptions,
  type Rollouts,
} from '../../../src/model/rollout.ts';
import type { Model } from '../../../src/model/transformer.ts';
import { startTestBackend } from '../../helpers/backend.ts';
import { smallConfig } from '../../helpers/models.ts';
import { plainLogits, plainLogProbs } from '../../helpers/plainLogits.ts';
import { expectClose } from '../../helpers/tensors.ts';

await startTestBackend();

const options: RolloutOptions = {
  prefix: [],
  samples: 5,
  temperature: 0,
  maxTokens: 45,
  seed: 7,
  end: null,
};

describe.runIf(hasKernels())('rollouts by the operations of the kit', () => {
  it.each([
    { dim: 2, heads: 1, ffnDim: 5, vocabSize: 7 },
    { dim: 8, heads: 2, ffnDim: 12, vocabSize: 11 },
    { dim: 18, heads: 3, ffnDim: 21, vocabSize: 17 },
    { dim: 48, heads: 2, ffnDim: 33, vocabSize: 938 },
    { dim: 64, heads: 1, ffnDim: 96, vocabSize: 40 },
  ])('say what those by TensorFlow say, equally likely: %o', async ({ vocabSize, ...shape }) => {
    const config = modelConfig({ ...shape, encoderLayers: 1, decoderLayers: 2 }, vocabSize);
    for (const own of [options, { ...options, temperature: 1, seed: 8, rows: 4 }]) {
      const [byKit, byTensorflow] = await Promise.all(
        [true, false].map((kernels) => respond({ config, kernels }, own)),
      );
      expect(byKit!.map(idsOf)).toEqual(byTensorflow!.map(idsOf));
      byKit!.forEach(({ logProbs }, i) => {
        expectClose(logProbs, byTensorflow![i]!.logProbs, { absolute: 1e-4 });
      });
    }
  });

  it('in bf16 find given responses as likely, within 0.02 a token and 0.005 on average', async () => {
    for (const ffnDim of [33, 64]) {
      const shape = { dim: 48, encoderLayers: 1, decoderLayers: 2, heads: 2, ffnDim };
      const config = modelConfig(shape, 40);
      const rng = createRng(ffnDim);
      const prefix = Array.from({ length: 70 }, () => rng.int(40));
      const forced = { ...options, prefix, maxTokens: prefix.length, samples: 1 };
      const rounded = await respond({ config, precision: 'bf16' }, forced);
      const model = modelOf(config);
      const gaps = rounded.flatMap(({ ids, logProbs }, i) => {
        expect([...ids]).toEqual(prefix);
        const expected = plainLogProbs(model, requests[i]!.prompt, prefix);
        return expected.map((value, at) => Math.abs(value - logProbs[at]!));
      });
      expect(Math.max(...gaps)).toBeLessThan(0.02);
      expect(gaps.reduce((a, b) => a + b) / gaps.length).toBeLessThan(0.005);
      expect(Math.max(...gaps)).toBeGreaterThan(1e-4);
      tf.dispose(Object.values(model.params));
    }
  });
});

describe.each(hasKernels() ? [true, false] : [false])('with kernels: %o', (kernels) => {
  const config = smallConfig;
  const { vocabSize } = config;
  const grammar = randomGrammar(vocabSize);

  it('greedy responses do not depend on how rows are laid out', async () => {
    const many = Array.from({ length: 11 }, (_, i) => ({ ...requests[i % 3]!, id: String(i) }));
    const all = { ...options, samples: 3, end: 1 };
    const together = await respond({ config, kernels, requests: many }, all);
    for (const rows of [1, 9, 64]) {
      const parts = rows === 9 ? 2 : 1;
      const apart = await respond({ config, kernels, requests: many, parts }, { ...all, rows });
      expect(apart.map(idsOf)).toEqual(together.map(idsOf));
      apart.forEach(({ logProbs }, i) => expectClose(logProbs, together[i]!.logProbs));
    }
    const reversed = await respond({ config, kernels, requests: many.toReversed() }, all);
    const ids = (responses: readonly Response[]): Set<string> =>
      new Set(responses.map((response) => idsOf(response).join()));
    expect(ids(reversed)).toEqual(ids(together));
  });

  it('a response held to a grammar is one of it, drawn or greedy', async () => {
    for (const temperature of [0, 0.5, 3]) {
      const held = { ...options, temperature, samples: 20, grammar };
      for (const response of await respond({ config, kernels }, held)) {
        expect(firstError(grammar, idsOf(response))).toBe(-1);
      }
    }
  });

  it('a token held to a grammar has its share of what softmax gives to those allowed', async () => {
    const model = modelOf(config);
    const held = { ...options, samples: 200, grammar, maxTokens: 1 };
    const all = requests.map(({ prompt }) => plainLogits(model, prompt, [])[0]!);
    for (const temperature of [0.5, 1, 2]) {
      const responses = await respond({ config, kernels }, { ...held, temperature });
      responses.forEach((response, i) => {
        const request = Math.floor(i / held.samples);
        const weights = all[request]!.map((logit, token) =>
          grammar.transitions[grammar.start * vocabSize + token]! < 0
            ? 0
            : Math.exp(logit / temperature),
        );
        const total = weights.reduce((a, b) => a + b);
        const sample = i % held.samples;
        const draw = createRng(held.seed).split('rollout', requests[request]!.id, sample).next();
        const [token] = idsOf(response) as [number];
        const before = weights.slice(0, token).reduce((a, b) => a + b, 0) / total;
        expect(weights[token]).toBeGreaterThan(0);
        expect(draw).toBeGreaterThan(before - 1e-5);
        expect(draw).toBeLessThan(before + weights[token]! / total + 1e-5);
      });
    }
    tf.dispose(Object.values(model.params));
  });

  it('a token held to a grammar is, greedily, the likeliest of those allowed', async () => {
    const model = modelOf(config);
    const responses = await respond({ config, kernels }, { ...options, samples: 1, grammar });
    responses.forEach((response, i) => {
      const ids = idsOf(response);
      const logits = plainLogits(model, requests[i]!.prompt, ids);
      let state = grammar.start;
      ids.forEach((id, at) => {
        const next = grammar.transitions.subarray(state * vocabSize, (state + 1) * vocabSize);
        const allowed = logits[at]!.filter((_, token) => next[token]! >= 0);
        expect(logits[at]![id]).toBe(Math.max(...allowed));
        state = next[id]!;
      });
    });
    tf.dispose(Object.values(model.params));
  });

  it('a prefix comes though the grammar has it not, and what follows is of its first state', async () => {
    const { transitions, start } = grammar;
    const not = transitions.subarray(start * vocabSize).findIndex((next) => next < 0);
    const held = { ...options, prefix: [not], grammar, temperature: 1 };
    for (const response of await respond({ config, kernels }, held)) {
      const [first, ...others] = idsOf(response);
      expect(first).toBe(not);
      expect(firstError({ ...grammar, start: 0 }, others)).toBe(-1);
    }
  });
});

// Helpers

const requests = [
  { id: 'a', prompt: [5, 6, 3] },
  { id: 'b', prompt: [4, 2] },
  { id: 'c', prompt: Array.from({ length: 19 }, (_, i) => i % 7) },
];

const made = new Map<string, Rollouts>();
afterAll(() => {
  for (const { dispose } of made.values()) dispose();
});

const paramsOf = (config: ModelConfig): Float32Array => initialParams(config, createRng(3));

/** The caller disposes its parameters. */
function modelOf(config: ModelConfig): Model {
  return tf.tidy(() => {
    const params = splitParams(config, tf.tensor1d(paramsOf(config)));
    return { config, params } as never;
  });
}

/** Of all requests, one after the other. */
async function respond(
  {
    requests: asked = requests,
    ...model
  }: Omit<RolloutModel, 'params'> & { readonly requests?: typeof requests },
  options: RolloutOptions,
): Promise<Response[]> {
  const key = JSON.stringify(model);
  if (!made.has(key)) made.set(key, createRollouts({ ...model, params: paramsOf(model.config) }));
  return (await made.get(key)!.respond(asked, options)).flat();
}

function idsOf({ ids }: Response): number[] {
  return [...ids];
}

/** In each of five states about a third of all tokens, at least one, and not all at the start. */
function randomGrammar(vocabSize: number): Grammar {
  const [states, start] = [5, 2];
  const rng = createRng('grammar');
  const transitions = Int32Array.from({ length: states * vocabSize }, () =>
    rng.int(3) === 0 ? rng.int(states) : -1,
  );
  for (let state = 0; state < states; state++) {
    transitions[state * vocabSize + state] = rng.int(states);
  }
  return { states, start, transitions };
}

/** The first place at which a response leaves the grammar; -1 for none. */
function firstError({ transitions, states, start }: Grammar, ids: readonly number[]): number {
  const vocabSize = transitions.length / states;
  let state = start;
  return ids.findIndex((id) => {
    state = transitions[state * vocabSize + id]!;
    return state < 0;
  });
}
