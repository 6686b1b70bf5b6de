/** How attention over long sequences is cut into blocks, for memory's sake. */

/** In how many blocks of queries each kind of attention is computed; 1 computes it at once. */
export interface AttentionBlocks {
  readonly encoder: number;
  readonly decoder: number;
  readonly cross: number;
}

export const AT_ONCE: AttentionBlocks = { encoder: 1, decoder: 1, cross: 1 };

/** Positions that attend to each other at once; more take more memory than time is worth. */
const LONGEST_AT_ONCE = 2048;
/** Queries of a block. */
const LARGEST_BLOCK = 512;
/** Keys that the queries of a sequence in blocks see at once. */
const KEYS_AT_ONCE = 512;

/** How attention is computed for prompts and responses of up to these positions. */
export function attentionBlocks(prompt: number, response: number): AttentionBlocks {
  const decoder = blockCount(response);
  return {
    encoder: blockCount(prompt),
    decoder,
    cross: prompt > KEYS_AT_ONCE ? decoder : 1,
  };
}

/** Multiples of four, so that few different graphs serve all lengths. */
function blockCount(length: number): number {
  if (length <= LONGEST_AT_ONCE) return 1;
  return 4 * Math.ceil(length / (4 * LARGEST_BLOCK));
}
