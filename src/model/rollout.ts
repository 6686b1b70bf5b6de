/**
 * Responses of a model to prompts, greedy or sampled, many at once: each prompt is read once for all of
 * its samples, rows that have ended make room for what waits, and a run of the loop computes up to
 * ROUNDS tokens of all rows.
 *
 * Every row draws from a stream named by seed, task and sample, one number a token, so a sample does not
 * depend on which others it is computed with, beyond the rounding of the arithmetic.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createRng, type Rng } from '../../envs/rng.ts';
import { BOS, EOS } from '../../traces/vocabulary.ts';
import { createLoop, type Loop } from '../engine/loop.ts';
import { tidied } from '../engine/tidied.ts';
import type { ModelConfig } from './config.ts';
import { createDecoder, type Step } from './decoder.ts';
import { decodingLoop, ROUNDS } from './decoding.ts';
import { divide, rowsFor } from './jobs.ts';
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
/** Less than one, so that a draw never reaches the total of rounded probabilities. */
const LARGEST_DRAW = 1 - 2 ** -22;

/** @param params flat, as `splitParams` takes them */
export function createRollouts({
  config,
  params: flat,
}: {
  readonly config: ModelConfig;
  readonly params: Float32Array;
}): Rollouts {
  const params = tidied(() => splitParams(config, tf.tensor1d(flat)));
  const loops = new Map<string, Loop>();
  const loopFor = (choice: Choice): Loop => {
    const key = JSON.stringify(choice);
    if (!loops.has(key)) {
      const variable = tf.tidy(() => tf.variable(tf.tensor1d(flat), false));
      loops.set(key, createLoop([variable], decodingLoop(config, variable, choice)));
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
      return respond({ config, params }, loopFor(choice), { requests, options });
    },
    dispose() {
      tf.dispose(Object.values(params));
      for (const loop of loops.values()) loop.dispose();
    },
  };
}

/** A response under way. */
interface Row {
  readonly request: number;
  readonly sample: number;
  readonly rng: Rng;
  readonly ids: number[];
  readonly logProbs: number[];
}

interface Group {
  /** Samples that wait for a lane. */
  waiting: readonly number[];
  request: number;
  readonly lanes: (Row | null)[];
}

async function respond(
  model: Model,
  loop: Loop,
  { requests, options }: { requests: readonly RolloutRequest[]; options: RolloutOptions },
): Promise<Responses> {
  const { maxTokens, seed, signal, end = EOS } = options;
  const responses = requests.map((): Response[] => []);
  const { rows = rowsFor(model.config, maxTokens), samples } = options;
  const { jobs, shape } = divide(requests.length, samples, rows);
  const prompt = Math.max(...requests.map(({ prompt }) => prompt.length)) + 2;
  const decoder = createDecoder(model, loop, { ...shape, prompt });
  let groups = Array.from({ length: shape.groups }, (): Group => ({
    waiting: [],
    request: 0,
    lanes: Array<null>(shape.lanes).fill(null),
  }));
  const live = (): Row[] => groups.flatMap(({ lanes }) => lanes.filter((row) => row !== null));

  const takeJobs = (): void => {
    const idle = groups.flatMap(({ waiting, lanes }, at) =>
      waiting.length === 0 && lanes.every((row) => row === null) ? [at] : [],
    );
    // Not one by one, because each time the others' prompts are copied.
    if (idle.length < Math.min(jobs.length, Math.ceil(groups.length / 8))) return;
    const taken = idle.slice(0, jobs.length);
    if (taken.length === 0) return;
    for (const at of taken) Object.assign(groups[at]!, jobs.shift()!);
    decoder.read(
      taken,
      taken.map((at) => requests[groups[at]!.request]!.prompt),
    );
  };
  const beginRows = (): void => {
    groups.forEach((group, at) => {
      const { request, lanes } = group;
      for (const [lane, row] of lanes.entries()) {
        const [sample, ...others] = group.waiting;
        if (row !== null || sample === undefined) continue;
        const rng = createRng(seed).split('rollout', requests[request]!.id, sample);
        lanes[lane] = { request, sample, rng, ids: [], logProbs: [] };
        group.waiting = others;
        decoder.begin(at * lanes.length + lane);
      }
    });
  };
  /** Leaves out what has ended once nothing waits for its place. */
  const closeRanks = (): void => {
    const table = groups.flatMap(({ lanes }) => lanes);
    const kept = table.flatMap((row, at) => (row === null ? [] : [at]));
    if (jobs.length > 0 || groups.some(({ waiting }) => waiting.length > 0)) return;
    if (kept.length > table.length / 2) return;
    decoder.keep(kept);
    groups = kept.map((at) => ({ waiting: [], request: 0, lanes: [table[at]!] }));
  };
  const take = (row: Row, token: number, logProb: number): boolean => {
    row.ids.push(token);
    row.logProbs.push(logProb);
    if (token !== end && row.ids.length < maxTokens) return false;
    const [ids, logProbs] = [Uint16Array.from(row.ids), Float32Array.from(row.logProbs)];
    responses[row.request]![row.sample] = { ids, logProbs };
    return true;
  };

  try {
    for (;;) {
      signal?.throwIfAborted();
      if (live().length === 0) decoder.reset();
      if (decoder.hasRoom(maxTokens)) {
        takeJobs();
        beginRows();
      }
      if (live().length === 0) break;
      closeRanks();
      const table = groups.flatMap(({ lanes }) => lanes);
      const { rounds, chosen, logProbs } = decoder.run(stepOf(table, options));
      table.forEach((row, at) => {
        if (row === null) return;
        const lanes = groups[0]!.lanes.length;
        for (let i = at; i < rounds * table.length; i += table.length) {
          if (!take(row, chosen[i]!, logProbs[i]!)) continue;
          groups[Math.floor(at / lanes)]!.lanes[at % lanes] = null;
          break;
        }
      });
      await tf.nextFrame();
    }
  } finally {
    decoder.dispose();
  }
  return responses;
}

function stepOf(
  table: readonly (Row | null)[],
  { prefix, temperature, maxTokens, end = EOS }: RolloutOptions,
): Step {
  const forced = new Int32Array(ROUNDS * table.length).fill(-1);
  const uniforms = new Float32Array(ROUNDS * table.length);
  const left = table.map((row) => (row === null ? 0 : maxTokens - row.ids.length));
  const limit = Math.min(ROUNDS, Math.max(...left));
  table.forEach((row, at) => {
    if (row === null) return;
    for (let round = 0; round < limit; round++) {
      const i = round * table.length + at;
      forced[i] = prefix[row.ids.length + round] ?? -1;
      if (temperature > 0) uniforms[i] = Math.min(row.rng.next(), LARGEST_DRAW);
    }
  });
  return {
    tokens: Int32Array.from(table, (row) => row?.ids.at(-1) ?? BOS),
    ended: Uint8Array.from(table, (row) => (row === null ? 1 : 0)),
    limit,
    maxTokens,
    end: end ?? -1,
    forced,
    uniforms,
    temperature,
  };
}
