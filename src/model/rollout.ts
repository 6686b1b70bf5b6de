/**
 * Responses of a model to prompts, greedy or sampled, many at once: each prompt is read once for all of
 * its samples, rows that have ended make room for what waits, and a run of the loop computes up to
 * ROUNDS tokens of all rows.
 *
 * Every row draws from a stream named by seed, task and sample, one number a token, so a sample does not
 * depend on which others it is computed with, beyond the rounding of the arithmetic.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createLoop, type Loop } from '../engine/loop.ts';
import { tidied } from '../engine/tidied.ts';
import type { ModelConfig } from './config.ts';
import { decodingLoop, ROUNDS } from './decoding.ts';
import { divide, rowsFor } from './jobs.ts';
import { createLanes, type Row } from './lanes.ts';
import { POSITIONS } from './layers.ts';
import { splitParams } from './params.ts';
import type { Choice } from './sampling.ts';
import type { Model } from './transformer.ts';

export interface RolloutRequest {
  /** Names the task in the seeds of its samples. */
  readonly id: string;
  /** Token ids without bos and eos. */
  readonly prompt: ArrayLike<number>;
}

export interface RolloutOptions {
  /** Tokens that every response begins with, after bos. */
  readonly prefix: readonly number[];
  /** Responses per request. */
  readonly samples: number;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** As in `Choice`. */
  readonly topK?: number;
  readonly topP?: number;
  /** Longest response in tokens, prefix and eos included. */
  readonly maxTokens: number;
  readonly seed: string | number;
  /** The token that ends a response, eos unless given; null goes on to `maxTokens`. */
  readonly end?: number | null;
  /** Most rows computed at once; as many as speed and memory allow unless given. */
  readonly rows?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Response {
  /** After bos, prefix included, and eos if it was reached. */
  readonly ids: Uint16Array;
  /** Of each token ln p under the model at temperature 1, whatever it was chosen by. */
  readonly logProbs: Float32Array;
}

/** By request and sample. */
export type Responses = readonly (readonly Response[])[];

export interface Rollouts {
  /** @throws the signal's reason if it is aborted @throws RangeError if `maxTokens` is out of range */
  readonly respond: (
    requests: readonly RolloutRequest[],
    options: RolloutOptions,
  ) => Promise<Responses>;
  readonly dispose: () => void;
}

/** Tokens of a response; what decodes them together needs positions for two of them. */
const LONGEST = POSITIONS / 2 - ROUNDS;

/**
 * @param params flat, as `splitParams` takes them
 * @param parts how many loops share the rows and run at once, as many as threads for the most speed;
 *   1 unless given
 */
export function createRollouts({
  config,
  params: flat,
  parts = 1,
}: {
  readonly config: ModelConfig;
  readonly params: Float32Array;
  readonly parts?: number;
}): Rollouts {
  const params = tidied(() => splitParams(config, tf.tensor1d(flat)));
  const loops = new Map<string, Loop>();
  const loopFor = (choice: Choice): Loop => {
    const key = JSON.stringify(choice);
    if (!loops.has(key)) {
      const variable = tf.tidy(() => tf.variable(tf.tensor1d(flat), false));
      loops.set(
        key,
        createLoop([variable], decodingLoop(config, variable, { choice, count: parts })),
      );
    }
    return loops.get(key)!;
  };
  return {
    async respond(requests, options) {
      const { temperature, topK, topP } = options;
      const choice: Choice = {
        greedy: temperature === 0,
        ...(temperature !== 0 && topK !== undefined && { topK }),
        ...(temperature !== 0 && topP !== undefined && { topP }),
      };
      const { maxTokens } = options;
      if (!(maxTokens >= 1 && maxTokens <= LONGEST)) {
        throw new RangeError(`maxTokens: ${maxTokens} is not from 1 to ${LONGEST}`);
      }
      if (requests.length === 0 || options.samples === 0) return requests.map(() => []);
      return respond({ config, params }, { loop: loopFor(choice), parts, requests, options });
    },
    dispose() {
      tf.dispose(Object.values(params));
      for (const loop of loops.values()) loop.dispose();
    },
  };
}

async function respond(
  model: Model,
  {
    loop,
    parts,
    requests,
    options,
  }: {
    readonly loop: Loop;
    readonly parts: number;
    readonly requests: readonly RolloutRequest[];
    readonly options: RolloutOptions;
  },
): Promise<Responses> {
  const { samples, maxTokens, rows = rowsFor(model.config, maxTokens) } = options;
  const responses = requests.map((): Response[] => []);
  const { jobs, ...shape } = divide(requests.length, { samples, rows, parts });
  const finish = ({ request, sample, ids, logProbs }: Row): void => {
    const [own, likelihoods] = [Uint16Array.from(ids), Float32Array.from(logProbs)];
    responses[request]![sample] = { ids: own, logProbs: likelihoods };
  };
  const all = Array.from({ length: parts }, () =>
    createLanes(model, shape, { requests, options, finish }),
  );
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      for (const lanes of all) lanes.fill(jobs);
      const steps = all.map((lanes) => lanes.step());
      if (steps.every((step) => step === null)) break;
      const carried = tidied(() =>
        loop.run(all.map((lanes, i) => lanes.decoder.inputs(steps[i]!))),
      );
      for (const [i, lanes] of all.entries()) lanes.take(carried[i]!);
      await tf.nextFrame();
    }
  } finally {
    for (const { decoder } of all) decoder.dispose();
  }
  return responses;
}
