/** What the page fetches, from the server of `kit play` or from the files of an exported site. */
import type { VocabularySettings } from '../traces/vocabulary.ts';
import type { SampleRecord } from './evaluation/records.ts';
import type { Mode } from '../traces/modes.ts';

/** `api/runs.json` */
export interface RunList {
  /** Whether a server answers, so that what it says may change; files of a site stay as they are. */
  readonly live: boolean;
  readonly runs: readonly RunSummary[];
}

export interface RunSummary {
  /** Unique in its list. */
  readonly id: string;
  readonly name: string;
  /** Of its folder. */
  readonly folder: string;
  /** Of the folder that it lies in together with others, as the cells of a study do. */
  readonly study: string | null;
  readonly description: string;
  readonly environment: string;
  /** Of the boards that it was trained on. */
  readonly width: number;
  readonly height: number;
  /** Longest response in tokens that it was evaluated with. */
  readonly maxTokens: number;
  /** Whether there are weights to plan with. */
  readonly plans: boolean;
  readonly progress: RunProgress;
  readonly evaluations: number;
}

export interface RunProgress {
  /** Steps that are logged, of those that were asked for. */
  readonly step: number;
  readonly steps: number;
  /** Whether a process is training it; null where that can't be known. */
  readonly trains: boolean | null;
}

/** `api/runs/<id>.json` */
export interface RunDetails {
  readonly progress: RunProgress;
  /** By step, thinned. */
  readonly training: readonly LossPoint[];
  readonly validation: readonly LossPoint[];
  /** Step of the weights that it plans with; null as long as there are none. */
  readonly chosen: number | null;
  readonly evaluations: readonly EvaluationSummary[];
  /** Evaluations that a site holds nothing of. */
  readonly leftOut: number;
  /** What of the run can't be read, a line each. */
  readonly problems: readonly string[];
}

/** In nats per token. */
export interface LossPoint {
  readonly step: number;
  readonly loss: number;
}

export interface EvaluationSummary {
  /** Unique in its run. */
  readonly id: string;
  readonly mode: Mode;
  /** How it was decoded, and on what if not on the run's own tasks: `greedy`, `n64-t1-sampled`. */
  readonly label: string;
  readonly tasks: number;
  /** Responses per task. */
  readonly samples: number;
}

/**
 * `api/runs/<id>/<evaluation>.json`: every response without its tokens, by columns: tasks in order, and
 * of each task its responses in order.
 */
export interface RolloutTable {
  /** Of the evaluation; a site may hold fewer. */
  readonly tasks: number;
  /** Responses per task. */
  readonly samples: number;
  /** Of each task that is here. */
  readonly ids: readonly number[];
  readonly optimalLengths: readonly number[];
  /** Tokens of A*'s trace. */
  readonly searchLengths: readonly number[];
  /** Of each response. */
  readonly outcomes: Coded<SampleRecord['outcome']>;
  readonly traces: Coded<SampleRecord['trace']>;
  readonly reasons: Coded<SampleRecord['reason']>;
  readonly planLengths: readonly (number | null)[];
  readonly traceLengths: readonly number[];
  /** Of each task what a server is asked for one by one; null where there is one. */
  readonly rollouts: readonly TaskRollouts[] | null;
}

/** A column of few distinct values, as their indices. */
export interface Coded<Value> {
  readonly values: readonly Value[];
  readonly indices: readonly number[];
}

/** `api/runs/<id>/<evaluation>/<task>.json` */
export interface TaskRollouts {
  readonly vocabulary: VocabularySettings;
  readonly width: number;
  readonly height: number;
  readonly prompt: readonly number[];
  readonly optimalLength: number;
  /** Tokens that each response was made to begin with, if that was a whole trace. */
  readonly forced: number | null;
  /** Of each response, after bos. */
  readonly tokens: readonly (readonly number[])[];
}

export const RUNS_PATH = 'api/runs.json';

export const weightsPath = (id: string): string => `api/runs/${id}.safetensors`;
export const detailsPath = (id: string): string => `api/runs/${id}.json`;
export const tablePath = (id: string, evaluation: string): string =>
  `api/runs/${id}/${evaluation}.json`;
export const taskPath = (id: string, evaluation: string, task: number): string =>
  `api/runs/${id}/${evaluation}/${task}.json`;
