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
    'Published numbers beside the claims are of mazes of 30×30 and a far larger model: 1-Optimal-64 in ' +
    'per cent, and mean trace tokens.',
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
  ],
  claims: dualformerClaims,
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
