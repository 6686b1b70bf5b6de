/** What evaluation asks of a model: responses to prompts, as one function over token ids. */
import { CREATE, PLAN } from '../../traces/vocabulary.ts';

/** How a response begins: with a search, with the plan, or as the model likes. */
export type Mode = 'slow' | 'fast' | 'auto';

export const MODES: readonly Mode[] = ['slow', 'fast', 'auto'];

/** The tokens after bos that are forced in each mode (Dualformer, section 4.1). */
export const MODE_PREFIX: Readonly<Record<Mode, readonly number[]>> = {
  slow: [CREATE],
  fast: [PLAN],
  auto: [],
};

export interface RolloutRequest {
  /** Names the task, and with `seed` the random stream of its samples. */
  readonly id: string;
  /** Token ids without bos and eos. */
  readonly prompt: Uint16Array;
}

export interface RolloutOptions {
  /** Token ids that every response begins with. */
  readonly prefix: readonly number[];
  /** Responses per request. */
  readonly samples: number;
  /** 0 is greedy. */
  readonly temperature: number;
  /** Longest response in tokens, prefix and eos included. */
  readonly maxTokens: number;
  readonly seed: string | number;
  readonly signal?: AbortSignal;
}

/**
 * Responses [request][sample]: the token ids after bos, prefix included, and eos if it was
 * reached. A response depends on its request, its sample number and the options, not on the
 * requests that it is computed together with.
 */
export type RolloutFn = (
  requests: readonly RolloutRequest[],
  options: RolloutOptions,
) => Promise<readonly (readonly Uint16Array[])[]>;
