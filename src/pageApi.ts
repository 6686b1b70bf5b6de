/** What the page fetches, from the server of `kit play` or from the files of an exported site. */

/** `api/runs.json` */
export interface RunList {
  readonly runs: readonly RunSummary[];
}

/** A run with weights to plan with. */
export interface RunSummary {
  /** Unique in its list; the weights are at `api/runs/<id>.safetensors`. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly environment: string;
  /** Of the boards that it was trained on. */
  readonly width: number;
  readonly height: number;
  /** Longest response in tokens that it was evaluated with. */
  readonly maxTokens: number;
}

export const RUNS_PATH = 'api/runs.json';

export const weightsPath = (id: string): string => `api/runs/${id}.safetensors`;
