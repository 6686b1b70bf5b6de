/** Optimisers by name, loaded when they are asked for; a new one is a file and a row here. */
import type { Optimizer } from './optimizer.ts';

export const OPTIMIZERS = {
  adamw: async () => (await import('./adamw.ts')).adamw,
  lion: async () => (await import('./lion.ts')).lion,
} as const satisfies Readonly<Record<string, () => Promise<Optimizer>>>;

export type OptimizerName = keyof typeof OPTIMIZERS;

/** The optimiser of an experiment that names none. */
export const USUAL_OPTIMIZER: OptimizerName = 'adamw';

export const OPTIMIZER_NAMES = Object.keys(OPTIMIZERS) as [OptimizerName, ...OptimizerName[]];
