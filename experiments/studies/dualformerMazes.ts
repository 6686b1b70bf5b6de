import type { StudyInput } from '../../src/study.ts';
import { METHODS } from '../methods.ts';
import { dualformerClaims } from './dualformerClaims.ts';
import { mazes6 } from './mazes6.ts';

/** The main table of Dualformer (arXiv 2410.09918, section 5.1), where a tiny model learns it. */
export const dualformerMazes: StudyInput = {
  name: 'dualformer-mazes',
  question:
    'Do randomised traces make a model plan better, slow and fast, than whole traces or none?',
  notes:
    'Why 4,000 mazes of 6×6: in pilots with one seed, the same steps and greedy plans, 32,000 training ' +
    'mazes led plans alone to 89 % optimal, whole traces to 83 % and Dualformer to 84 % slow and 83 % ' +
    'fast; 4,000 led them to 65, 64, 82 and 77 %. Methods differ where mazes are few, as they are at ' +
    '30×30, and 4,000 leaves the baselines far from floor and ceiling in minutes of one core. In 5×5, ' +
    'and with unlimited mazes, little tells them apart. Published numbers beside the claims are of ' +
    'mazes of 30×30 and a far larger model: 1-Optimal-64 in per cent, and mean trace tokens.',
  base: mazes6,
  cells: METHODS,
  seeds: [1, 2, 3],
  evaluations: [
    { label: 'sampled', tasks: 100, samples: 64, temperature: 1 },
    ...elsewhere({
      'walls-10': { walls: [0.1, 0.2] },
      'walls-20': { walls: [0.2, 0.29] },
      'walls-50': { walls: [0.52, 0.6] },
      'walls-60': { walls: [0.6, 0.7] },
      '6x4': { height: 4 },
      '4x6': { width: 4 },
      '5x5': { width: 5, height: 5 },
      '7x7': { width: 7, height: 7 },
      '8x8': { width: 8, height: 8 },
    }),
    {
      label: 'behind',
      tasks: 400,
      samples: 1,
      temperature: 0,
      corrupt: ['drop-close', 'rename-close', 'raise-cost', 'drop-elsewhere', 'blocked', 'swap'],
    },
  ],
  claims: dualformerClaims(
    {
      slow: '97.6 against 93.3 %',
      slowTokens: '854 against 1538 tokens',
      fast: '80 against 30 %',
      auto: {
        fast: '96.6 against 80 %',
        slow: '96.6 against 97.6 %',
        slowTokens: '617 against 854 tokens',
        completeTokens: '617 against 1538 tokens',
      },
    },
    [0.25, 0.5, 0.75],
  ),
};

/** Greedy responses to mazes of other kinds than the model was trained on. */
function elsewhere(
  kinds: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): NonNullable<StudyInput['evaluations']> {
  return Object.entries(kinds).map(([label, task]) => ({
    label,
    tasks: 200,
    samples: 1,
    temperature: 0,
    maxTokens: 1000,
    data: { task },
  }));
}
