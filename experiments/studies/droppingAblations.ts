import type { StudyInput } from '../../src/study.ts';
import { mazes6 } from './mazes6.ts';

/** What of Dualformer's dropping matters; `dualformer` and `mix-0.5` of the main study belong to it. */
export const droppingAblations: StudyInput = {
  name: 'dropping-ablations',
  question: 'Which levels of dropping matter, how often, and does it matter when they are drawn?',
  base: mazes6,
  cells: {
    'levels-01': { training: { dropping: { levels: [0.5, 0.5, 0, 0, 0] } } },
    'levels-02': { training: { dropping: { levels: [0.5, 0, 0.5, 0, 0] } } },
    'levels-03': { training: { dropping: { levels: [0.5, 0, 0, 0.5, 0] } } },
    'levels-012': { training: { dropping: { levels: [0.5, 0.25, 0.25, 0, 0] } } },
    'levels-0123': { training: { dropping: { levels: [0.5, 1 / 6, 1 / 6, 1 / 6, 0] } } },
    'sokoban-probabilities': { training: { dropping: { levels: [0.8, 0.05, 0.05, 0.05, 0.05] } } },
    'third-candidate': { training: { dropping: { levels: [0.7, 0.05, 0.1, 0.1, 0.05] } } },
    'drawn-once': {
      training: { dropping: { levels: [0.45, 1 / 6, 1 / 6, 1 / 6, 0.05], redraw: 'once' } },
    },
    'released-code': { training: { dropping: 'released-maze' } },
    unsorted: { training: { sorted: false } },
  },
  seeds: [1, 2, 3],
  beside: { 'dualformer-mazes': ['dualformer', 'mix-0.5'] },
};
