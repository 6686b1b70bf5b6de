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
  claims: [
    ...['levels-01', 'levels-02', 'levels-03', 'levels-012', 'levels-0123'].map((cell) =>
      whole('All levels together beat some of them', cell),
    ),
    whole('The probabilities for mazes beat those for Sokoban', 'sokoban-probabilities'),
    whole('They beat the third candidate', 'third-candidate'),
    whole('Drawing at every pass beats drawing once', 'drawn-once'),
    whole('The paper’s levels beat those of the released code', 'released-code'),
    whole('Batches of similar lengths beat mixed ones', 'unsorted'),
  ],
};

/** That Dualformer as published plans better in slow mode than a cell. */
function whole(text: string, cell: string): NonNullable<StudyInput['claims']>[number] {
  return {
    text: `${text} (${cell})`,
    metric: 'optimalRate',
    of: { study: 'dualformer-mazes', cell: 'dualformer', mode: 'slow' },
    to: { cell, mode: 'slow' },
    expect: 'more',
  };
}
