/** The rows of one loop: who sits in which lane, what they are asked next, and who follows whom. */
import { createRng, type Rng } from '../../envs/rng.ts';
import { BOS, EOS } from '../../traces/vocabulary.ts';
import type * as tf from '@tensorflow/tfjs-core';
import { createDecoder, type Decoder, type Step } from './decoder.ts';
import { ROUNDS } from './decoding.ts';
import type { Job } from './jobs.ts';
import type { RolloutOptions, RolloutRequest } from './rollout.ts';
import type { Model } from './transformer.ts';

/** A response under way. */
export interface Row {
  readonly request: number;
  readonly sample: number;
  readonly rng: Rng;
  readonly ids: number[];
  readonly logProbs: number[];
}

export interface Lanes {
  readonly decoder: Decoder;
  /** Lets those that wait begin where lanes are free, and takes jobs for groups that are done. */
  fill(jobs: Job[]): void;
  /** What the next run computes; null if nobody is left. */
  step(): Step | null;
  /** Takes what the run carried last. */
  take(carried: readonly tf.Tensor[]): void;
}

interface Group {
  /** Samples that wait for a lane. */
  waiting: readonly number[];
  request: number;
  readonly lanes: (Row | null)[];
}

/** Less than one, so that a draw never reaches the total of rounded probabilities. */
const LARGEST_DRAW = 1 - 2 ** -22;

export function createLanes(
  model: Model,
  shape: { readonly groups: number; readonly lanes: number },
  {
    requests,
    options,
    finish,
  }: {
    readonly requests: readonly RolloutRequest[];
    readonly options: RolloutOptions;
    readonly finish: (row: Row) => void;
  },
): Lanes {
  const { maxTokens, seed, end = EOS } = options;
  const prompt = Math.max(...requests.map(({ prompt }) => prompt.length)) + 2;
  const decoder = createDecoder(model, { ...shape, prompt });
  let groups = Array.from({ length: shape.groups }, (): Group => ({
    waiting: [],
    request: 0,
    lanes: Array<null>(shape.lanes).fill(null),
  }));
  const table = (): (Row | null)[] => groups.flatMap(({ lanes }) => lanes);

  const takeJobs = (jobs: Job[]): void => {
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
  /** Leaves out what has ended, once nothing waits for its place. */
  const closeRanks = (): void => {
    const rows = table();
    const kept = rows.flatMap((row, at) => (row === null ? [] : [at]));
    if (kept.length === 0 || kept.length > rows.length / 2) return;
    decoder.keep(kept);
    groups = kept.map((at) => ({ waiting: [], request: 0, lanes: [rows[at]!] }));
  };

  return {
    decoder,
    fill(jobs) {
      if (table().every((row) => row === null)) decoder.reset();
      if (decoder.hasRoom(maxTokens)) {
        takeJobs(jobs);
        beginRows();
      }
      if (jobs.length === 0 && groups.every(({ waiting }) => waiting.length === 0)) closeRanks();
    },
    step() {
      const rows = table();
      return rows.every((row) => row === null) ? null : stepOf(rows, options);
    },
    take(carried) {
      const { rounds, chosen, logProbs } = decoder.take(carried);
      const rows = table();
      const perGroup = groups[0]!.lanes.length;
      rows.forEach((row, at) => {
        if (row === null) return;
        for (let i = at; i < rounds * rows.length; i += rows.length) {
          row.ids.push(chosen[i]!);
          row.logProbs.push(logProbs[i]!);
          if (chosen[i] !== end && row.ids.length < maxTokens) continue;
          finish(row);
          groups[Math.floor(at / perGroup)]!.lanes[at % perGroup] = null;
          break;
        }
      });
    },
  };
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
