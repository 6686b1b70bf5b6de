import type { StudyInput } from '../src/study.ts';

/** A cell of a study. */
export type Cell = StudyInput['cells'][string];

export const dualformer: Cell = { training: { dropping: 'dualformer' } };

/** Searchformer without bootstrapping. */
export const completeTrace: Cell = {
  training: { dropping: 'complete-trace' },
  evaluation: { modes: ['slow'] },
};

/** Searchformer: complete traces, then three rounds on its own shortest optimal responses. */
export const bootstrapped: Cell = { ...completeTrace, improvement: { method: 'bootstrapping' } };

export const solutionOnly: Cell = {
  training: { dropping: 'solution-only' },
  evaluation: { modes: ['fast'] },
};

/** Solutions alone with this probability, else whole traces. */
export const mix = (p: number): Cell => ({ training: { dropping: { mix: p } } });

/** What Dualformer (arXiv 2410.09918, section 5) compares. */
export const METHODS = {
  dualformer,
  'complete-trace': completeTrace,
  'solution-only': solutionOnly,
  'mix-0.25': mix(0.25),
  'mix-0.5': mix(0.5),
  'mix-0.75': mix(0.75),
} as const satisfies StudyInput['cells'];
