import type { StudyInput } from '../../src/study.ts';
import { completeTrace, dualformer, solutionOnly } from '../methods.ts';
import { dualformerClaims } from './dualformerClaims.ts';
import { sokoban6 } from './sokoban6.ts';

/** Dualformer's table of Sokoban (arXiv 2410.09918, appendix) where a tiny model learns it. */
export const dualformerSokoban: StudyInput = {
  name: 'dualformer-sokoban',
  question: 'Do randomised traces make a model plan better in Sokoban too?',
  base: sokoban6,
  cells: { dualformer, 'complete-trace': completeTrace, 'solution-only': solutionOnly },
  seeds: [1, 2, 3],
  evaluations: [{ label: 'sampled', tasks: 100, samples: 64, temperature: 1 }],
  claims: dualformerClaims(
    {
      slow: '94.5 against 92.9 %',
      slowTokens: '1482 against 3600 tokens',
      fast: '97.3 against 86.8 %',
    },
    [],
  ),
};
