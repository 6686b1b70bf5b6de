/** What evaluation asks of a model: responses to prompts, as one function over token ids. */
import { CREATE, PLAN } from '../../traces/vocabulary.ts';
import type { RolloutOptions, RolloutRequest } from '../model/rollout.ts';

/** How a response begins: with a search, with the plan, or as the model likes. */
export type Mode = 'slow' | 'fast' | 'auto';

export const MODES: readonly Mode[] = ['slow', 'fast', 'auto'];

/** The tokens after bos that are forced in each mode (Dualformer, section 4.1). */
export const MODE_PREFIX: Readonly<Record<Mode, readonly number[]>> = {
  slow: [CREATE],
  fast: [PLAN],
  auto: [],
};

/**
 * Responses [request][sample]: the token ids after bos, prefix included, and eos if it was
 * reached. A response depends on its request, its sample number and the options, not on the
 * requests that it is computed together with.
 */
export type RolloutFn = (
  requests: readonly RolloutRequest[],
  options: RolloutOptions,
) => Promise<readonly (readonly Uint16Array[])[]>;
