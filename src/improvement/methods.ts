/**
 * Methods by which a model improves on its own responses: each is a setting of the one driver in
 * `driver.ts`, and a new one is a row here.
 */
import type { LossName } from './losses.ts';
import type { SelectorName } from './selectors.ts';

/** Which model the training of a round starts from; responses are always the latest model's. */
export const STARTS = ['previous', 'first'] as const;

/** Whether the optimiser goes on with what it knows of that model's training, or knows nothing. */
export const OPTIMIZERS = ['keep', 'fresh'] as const;

/**
 * What becomes of the data that were there before a round:
 *
 * - `replace`: it trains on what was selected, which the next round finds as stored
 * - `keep`: it trains on what was selected, and the next round finds the first data again
 * - `append`: it trains on what was stored and what was selected, which the next round finds
 */
export const DATA_RULES = ['replace', 'keep', 'append'] as const;

export interface Method {
  readonly start: (typeof STARTS)[number];
  readonly optimizer: (typeof OPTIMIZERS)[number];
  readonly data: (typeof DATA_RULES)[number];
  readonly select: SelectorName;
  readonly loss: LossName;
}

export const METHODS = {
  /** Searchformer's search dynamics bootstrapping (arXiv 2402.14083). */
  bootstrapping: {
    start: 'previous',
    optimizer: 'keep',
    data: 'replace',
    select: 'shortest-optimal',
    loss: 'next-token',
  },
  /** Expert iteration: the first model learns all correct responses found so far. */
  'expert-iteration': {
    start: 'first',
    optimizer: 'keep',
    data: 'append',
    select: 'every-correct',
    loss: 'next-token',
  },
} as const satisfies Readonly<Record<string, Method>>;

export type MethodName = keyof typeof METHODS;
