/** The rows of one loop: who sits in which lane, what they are asked next, and who follows whom. */
import { createRng, type Rng } from '../../envs/rng.ts';
import { BOS, EOS } from '../../traces/vocabulary.ts';
import type * as tf from '@tensorflow/tfjs-core';
import type { LoopInputs } from '../engine/loop.ts';
import { createDecoder, type DecodingModel } from './decoder.ts';
import { ROUNDS, type Step } from './decodingInputs.ts';
import type { Job } from './jobs.ts';
import type { Grammar, RolloutOptions, RolloutRequest } from './rollout.ts';

/** A response under way. */
export interface Row {
  readonly request: number;
  readonly sample: number;
  readonly rng: Rng;
  /** By token, as far as they were needed yet: a run may end before all that it was given are used. */
  readonly draws: number[];
  readonly ids: number[];
  readonly logProbs: number[];
  /** Of the grammar. */
  state: number;
}

export interface Lanes {
  /** Lets those that wait begin where lanes are free, and takes jobs for groups that are done. */
  fill(jobs: Job[]): void;
  /** Prepares the next run. @returns whether there is anything to compute */
  prepare(): boolean;
  /** What that run takes. The caller tidies. */
  inputs(): LoopInputs;
  /** Takes what it carried last. @returns the rows that have come further */
  take(carried: readonly tf.Tensor[]): Promise<Row[]>;
  dispose(): void;
}

interface Group {
  /** Samples that wait for a lane. */
  waiting: readonly number[];
  request: number;
  readonly lanes: (Row | null)[];
}

/** Prompts are padded to a multiple of it, so that few sizes occur and vectors are full. */
const PROMPT_GRAIN = 16;

/** The most rounds of a run while samples wait for rows to end. */
const ROUNDS_WHILE_WAITING = 16;

/** Less than one, so that a draw never reaches the total of rounded probabilities. */
const LARGEST_DRAW = 1 - 2 ** -22;

export function createLanes(
  model: DecodingModel,
  {
    shape,
    transitions,
    requests,
    options,
    finish,
  }: {
    readonly shape: { readonly groups: number; readonly lanes: number };
    readonly transitions: tf.Tensor;
    readonly requests: readonly RolloutRequest[];
    readonly options: RolloutOptions;
    readonly finish: (row: Row) => void;
  },
): Lanes {
  const { maxTokens, seed, end = EOS, grammar } = options;
  const longest = Math.max(...requests.map(({ prompt }) => prompt.length)) + 2;
  const prompt = Math.ceil(longest / PROMPT_GRAIN) * PROMPT_GRAIN;
  const decoder = createDecoder(model, { ...shape, prompt, transitions });
  let step: Step | null = null;
  let waited = false;
  let groups = Array.from({ length: shape.groups }, (): Group => ({
    waiting: [],
    request: 0,
    lanes: Array<null>(shape.lanes).fill(null),
  }));
  const table = (): (Row | null)[] => groups.flatMap(({ lanes }) => lanes);

  /** How long a run may be: without those that have ended, half of the rows are worth a run of their own. */
  const runFor = (rows: number): { rounds: number; enough: number } => {
    const most = options.follower?.every ?? ROUNDS;
    return waited
      ? { rounds: Math.min(most, ROUNDS_WHILE_WAITING), enough: rows }
      : { rounds: Math.min(most, ROUNDS), enough: Math.ceil(rows / 2) };
  };
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
    const { start: state = 0 } = grammar ?? {};
    groups.forEach((group, at) => {
      const { request, lanes } = group;
      for (const [lane, row] of lanes.entries()) {
        const [sample, ...others] = group.waiting;
        if (row !== null || sample === undefined) continue;
        const rng = createRng(seed).split('rollout', requests[request]!.id, sample);
        lanes[lane] = { request, sample, rng, draws: [], ids: [], logProbs: [], state };
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
    fill(jobs) {
      if (table().every((row) => row === null)) decoder.reset();
      if (decoder.hasRoom(maxTokens)) {
        takeJobs(jobs);
        beginRows();
      }
      waited = jobs.length > 0 || groups.some(({ waiting }) => waiting.length > 0);
      if (!waited) closeRanks();
    },
    prepare() {
      const rows = table();
      step = rows.every((row) => row === null)
        ? null
        : stepOf(rows, requests, { ...options, ...runFor(rows.length) });
      if (step !== null) decoder.prepare(step);
      return step !== null;
    },
    inputs: () => decoder.inputs(step),
    async take(carried) {
      const { rounds, chosen, logProbs } = await decoder.take(carried);
      const rows = table();
      const perGroup = groups[0]!.lanes.length;
      rows.forEach((row, at) => {
        if (row === null) return;
        for (let i = at; i < rounds * rows.length; i += rows.length) {
          row.ids.push(chosen[i]!);
          row.logProbs.push(logProbs[i]!);
          if (grammar !== undefined) row.state = follow(grammar, row.state, chosen[i]!);
          if (chosen[i] !== end && row.ids.length < maxTokens) continue;
          finish(row);
          groups[Math.floor(at / perGroup)]!.lanes[at % perGroup] = null;
          break;
        }
      });
      return rows.filter((row) => row !== null);
    },
    dispose: () => decoder.dispose(),
  };
}

/** The state after a token; any behind the end, and where the grammar was not kept to. */
function follow({ transitions, states }: Grammar, state: number, token: number): number {
  return Math.max(0, transitions[(state * transitions.length) / states + token]!);
}

function stepOf(
  table: readonly (Row | null)[],
  requests: readonly RolloutRequest[],
  {
    prefix: common,
    temperature,
    maxTokens,
    end = EOS,
    rounds,
    enough,
  }: RolloutOptions & { readonly rounds: number; readonly enough: number },
): Step {
  const left = table.map((row) => (row === null ? 0 : maxTokens - row.ids.length));
  const limit = Math.min(rounds, Math.max(...left));
  const forced = new Int32Array(limit * table.length).fill(-1);
  const uniforms = new Float32Array(limit * table.length);
  table.forEach((row, at) => {
    if (row === null) return;
    const { prefix = common } = requests[row.request]!;
    const { draws, ids, rng } = row;
    for (let round = 0; round < limit; round++) {
      const i = round * table.length + at;
      const position = ids.length + round;
      forced[i] = prefix[position] ?? -1;
      if (temperature === 0) continue;
      if (position === draws.length) draws.push(Math.min(rng.next(), LARGEST_DRAW));
      uniforms[i] = draws[position]!;
    }
  });
  return {
    tokens: Int32Array.from(table, (row) => row?.ids.at(-1) ?? BOS),
    ended: Uint8Array.from(table, (row) => (row === null ? 1 : 0)),
    states: Int32Array.from(table, (row) => row?.state ?? 0),
    limit,
    enough,
    maxTokens,
    end: end ?? -1,
    forced,
    uniforms,
    temperature,
  };
}
