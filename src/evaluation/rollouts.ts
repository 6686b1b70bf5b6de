/** What evaluation asks of a model: responses to prompts, as one function over token ids. */
import type { RolloutOptions, RolloutRequest } from '../model/rollout.ts';

/**
 * Responses [request][sample]: the token ids after bos, prefix included, and eos if it was
 * reached. A response depends on its request, its sample number and the options, not on the
 * requests that it is computed together with.
 */
export type RolloutFn = (
  requests: readonly RolloutRequest[],
  options: RolloutOptions,
) => Promise<readonly (readonly Uint16Array[])[]>;
