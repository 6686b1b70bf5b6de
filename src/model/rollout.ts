/**
 * Responses of a model to prompts, greedy or sampled, many at once: each prompt is read once for all of
 * its samples, rows that have ended make room for what waits, and a run of the loop computes up to
 * ROUNDS tokens of all rows.
 *
 * Every row draws from a stream named by seed, task and sample, one number a token, so a sample does not
 * depend on which others it is computed with, beyond the rounding of the arithmetic.
 */
import * as tf from '@tensorflow/tfjs-core';
import { hasKernels } from '../engine/kernels.ts';
import { createLoop, type Loop } from '../engine/loop.ts';
import type { Precision } from '../engine/program.ts';
import { tidied } from '../engine/tidied.ts';
import type { ModelConfig } from './config.ts';
import type { DecodingModel } from './decoder.ts';
import { decodingLoop } from './decoding.ts';
import { laidOut, plainOperations } from './decodingOperations.ts';
import { ROUNDS } from './decodingInputs.ts';
import { busyParts, divide, rowsFor } from './jobs.ts';
import { kernelOperations } from './kernelOperations.ts';
import { createLanes, type Row } from './lanes.ts';
import { POSITIONS } from './layers.ts';
import { splitParams } from './paramTensors.ts';
import { createPromptReader } from './prompts.ts';
import type { Choice } from './sampling.ts';

export interface RolloutRequest {
  /** Names the task in the seeds of its samples. */
  readonly id: string;
  /** Token ids without bos and eos. */
  readonly prompt: ArrayLike<number>;
  /** Tokens that its own responses begin with, instead of those of the options. */
  readonly prefix?: ArrayLike<number> | undefined;
}

/** An automaton that responses are held to, prefixes included. */
export interface Grammar {
  readonly states: number;
  /** The state before the first token after bos. */
  readonly start: number;
  /** [states, V]: the state after a token, -1 if it may not come; some token may in each. */
  readonly transitions: Int32Array;
}

export interface RolloutOptions {
  /** Tokens that every response begins with, after bos, where its request has none of its own. */
  readonly prefix: readonly number[];
  /** Responses per request. */
  readonly samples: number;
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  /** As in `Choice`. */
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  /** Nothing else may be said, apart from prefixes. */
  readonly grammar?: Grammar | undefined;
  /** Longest response in tokens, prefix and eos included. */
  readonly maxTokens: number;
  readonly seed: string | number;
  /** The token that ends a response, eos unless given; null goes on to `maxTokens`. */
  readonly end?: number | null;
  /** Most rows computed at once; as many as speed and memory allow unless given. */
  readonly rows?: number;
  /** Lets someone follow the responses under way. */
  readonly follower?: Follower | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Follower {
  /** After how many tokens it is told at the latest; fewer take longer. */
  readonly every: number;
  readonly tell: (response: ResponseSoFar) => void;
}

export interface ResponseSoFar {
  /** Its place among the requests. */
  readonly request: number;
  readonly sample: number;
  readonly ids: readonly number[];
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

export interface RolloutModel {
  readonly config: ModelConfig;
  /** Flat, as `splitParams` takes them. */
  readonly params: Float32Array;
  /** How many loops share the rows and run at once, as many as threads for the most speed; 1 unless given. */
  readonly parts?: number;
  /** fp32 unless given; bf16 only where loops are recorded. */
  readonly precision?: Precision;
  /** Whether the kit's own operations are used where they are; they are unless given. */
  readonly kernels?: boolean;
}

export function createRollouts({
  config,
  params: flat,
  parts = 1,
  precision = 'fp32',
  kernels = true,
}: RolloutModel): Rollouts {
  const operations =
    kernels && hasKernels() ? kernelOperations(config, precision) : plainOperations(config);
  const params = tidied(() => laidOut(config, splitParams(config, tf.tensor1d(flat)), operations));
  const model = { config, params, layers: operations.layers };
  const reader = createPromptReader(model, operations);
  const decoding = { model, operations, reader };
  const loops = new Map<string, Loop>();
  const loopFor = (choice: Choice): Loop => {
    const key = JSON.stringify(choice);
    if (!loops.has(key)) {
      const body = decodingLoop(config, { operations, choice, precision, count: parts });
      loops.set(key, createLoop(body));
    }
    return loops.get(key)!;
  };
  return {
    async respond(requests, options) {
      const { temperature, topK, topP, grammar, maxTokens } = options;
      const byGrammar = grammar !== undefined;
      const choice: Choice =
        temperature === 0 ? { greedy: true, byGrammar } : { greedy: false, byGrammar, topK, topP };
      if (!(maxTokens >= 1 && maxTokens <= LONGEST)) {
        throw new RangeError(`maxTokens: ${maxTokens} is not from 1 to ${LONGEST}`);
      }
      if (requests.length === 0 || options.samples === 0) return requests.map(() => []);
      const loop = loopFor(choice);
      return respond(decoding, { loop, parts, requests, options });
    },
    dispose() {
      tf.dispose(Object.values(params));
      for (const loop of loops.values()) loop.dispose();
      reader.dispose();
    },
  };
}

async function respond(
  decoding: DecodingModel,
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
  const { config } = decoding.model;
  const { samples, maxTokens } = options;
  const most = options.rows ?? rowsFor(config, maxTokens);
  const rows = Math.min(most, requests.length * samples);
  const busy = busyParts(config, { rows, parts });
  const responses = requests.map((): Response[] => []);
  const { jobs, ...shape } = divide(requests.length, { samples, rows, parts: busy });
  const finish = ({ request, sample, ids, logProbs }: Row): void => {
    responses[request]![sample] = {
      ids: new Uint16Array(ids),
      logProbs: new Float32Array(logProbs),
    };
  };
  const transitions = transitionsOf(config, options.grammar);
  const all = Array.from({ length: parts }, (_, part) =>
    createLanes(decoding, {
      shape: part < busy ? shape : { groups: 1, lanes: 1 },
      transitions,
      requests,
      options,
      finish,
    }),
  );
  try {
    for (;;) {
      options.signal?.throwIfAborted();
      for (const [part, lanes] of all.entries()) lanes.fill(part < busy ? jobs : []);
      if (!all.map((lanes) => lanes.prepare()).some(Boolean)) break;
      const carried = await loop.run(() => all.map((lanes) => lanes.inputs()));
      for (const [i, lanes] of all.entries()) {
        for (const row of await lanes.take(carried[i]!)) options.follower?.tell(row);
      }
      await tf.nextFrame();
    }
  } finally {
    for (const lanes of all) lanes.dispose();
    transitions.dispose();
  }
  return responses;
}

/** [states, V] int32. */
function transitionsOf({ vocabSize }: ModelConfig, grammar: Grammar | undefined): tf.Tensor {
  const { states, transitions } = grammar ?? { states: 0, transitions: new Int32Array(0) };
  return tf.tidy(() => tf.tensor2d(transitions, [states, vocabSize], 'int32'));
}
