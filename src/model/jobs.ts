/** How samples of many prompts are divided among the rows that are computed at once. */
import type { ModelConfig } from './config.ts';

const MOST_ROWS = 256;
/** Bytes that the keys and values of the longest responses may take. */
const MEMORY = 2 ** 31;
/** Samples of a prompt that are computed at once. */
const MOST_LANES = 16;

/** Products of numbers in a round for which a thread of its own is worth its while. */
const WORTH_A_THREAD = 6_000_000;

/** Samples of one request, computed one after the other in the lanes of a group. */
export interface Job {
  readonly request: number;
  readonly waiting: number[];
}

/** As many rows as speed and memory allow. */
export function rowsFor({ dim, decoderLayers }: ModelConfig, maxTokens: number): number {
  const bytes = 2 * 4 * dim * decoderLayers * maxTokens;
  return Math.min(MOST_ROWS, Math.max(1, Math.floor(MEMORY / bytes)));
}

/** How many of `parts` share the rows: with few products a round they would rather wait for each other. */
export function busyParts(
  { dim, ffnDim, decoderLayers, vocabSize }: ModelConfig,
  { rows, parts }: { readonly rows: number; readonly parts: number },
): number {
  const perRow = decoderLayers * dim * (6 * dim + 3 * ffnDim) + dim * vocabSize;
  return Math.max(1, Math.min(parts, Math.floor((rows * perRow) / WORTH_A_THREAD)));
}

/**
 * Each prompt gets one group, whose lanes take its samples one after the other, so that no lane is idle
 * for long; fewer prompts than there is room for get more groups.
 * @param parts among which the rows are divided
 * @returns all jobs, and the shape of each part
 */
export function divide(
  requests: number,
  {
    samples,
    rows,
    parts,
  }: { readonly samples: number; readonly rows: number; readonly parts: number },
): { readonly jobs: Job[]; readonly groups: number; readonly lanes: number } {
  const room = Math.max(1, Math.floor(rows / parts));
  const lanes = Math.min(Math.max(1, Math.round(samples / 4)), MOST_LANES, room);
  const most = Math.floor(room / lanes);
  const size = Math.min(samples, Math.max(lanes, Math.ceil((requests * samples) / (most * parts))));
  const jobs: Job[] = [];
  for (let request = 0; request < requests; request++) {
    for (let from = 0; from < samples; from += size) {
      const count = Math.min(size, samples - from);
      jobs.push({ request, waiting: Array.from({ length: count }, (_, i) => from + i) });
    }
  }
  return { jobs, groups: Math.min(most, Math.ceil(jobs.length / parts)), lanes };
}
