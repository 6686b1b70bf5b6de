import type { StudyInput } from '../../src/study.ts';
import { completeTrace, dualformer } from '../methods.ts';
import { mazes6 } from './mazes6.ts';

/** Rounds on the shortest optimal responses of one's own. */
const improvement = { tasks: 8000, samples: 8, steps: 2000, learningRate: 0.0005 } as const;

/**
 * Search dynamics bootstrapping (Searchformer, arXiv 2402.14083, section 4.3), of a model that
 * learned searches whose ties fall at random, and of a Dualformer as it answers in auto mode.
 */
export const bootstrapping: StudyInput = {
  name: 'bootstrapping',
  question:
    'Does a model learn from its own lucky searches to search less than A*, and plan as well?',
  base: {
    ...mazes6,
    data: { ...mazes6.data, nondeterministic: true },
    training: { ...mazes6.training, examples: 16_000 },
  },
  cells: {
    'random-trace': { ...completeTrace, improvement },
    dualformer: { ...dualformer, improvement: { ...improvement, mode: 'auto' } },
  },
  seeds: [1, 2, 3],
  evaluations: [{ label: 'sampled', tasks: 100, samples: 64, temperature: 1 }],
};
