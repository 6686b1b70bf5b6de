/** How a response begins: with a search, with the plan, or as the model likes (Dualformer, section 4.1). */
import { CREATE, PLAN } from './vocabulary.ts';

export const MODES = ['slow', 'fast', 'auto'] as const;

export type Mode = (typeof MODES)[number];

/** The tokens after bos that each mode gives the model. */
export const MODE_PREFIX: Readonly<Record<Mode, readonly number[]>> = {
  slow: [CREATE],
  fast: [PLAN],
  auto: [],
};
