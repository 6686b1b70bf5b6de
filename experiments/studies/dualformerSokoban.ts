import type { StudyInput } from '../../src/study.ts';
import { completeTrace, dualformer, solutionOnly } from '../methods.ts';
import { dualformerClaims } from './dualformerClaims.ts';
import { sokoban6 } from './sokoban6.ts';

/** Dualformer's table of Sokoban (arXiv 2410.09918, appendix) where a tiny model learns it. */
export const dualformerSokoban: StudyInput = {
  name: 'dualformer-sokoban',
  question: 'Do randomised traces make a model plan better in Sokoban too?',
  notes:
    'Why 6×6 with one box and three walls inside, and answers of at most 500 tokens: A*’s traces have ' +
    '230 tokens on the average, longer than those of 6×6 mazes, and a tiny model learns to plan in half an ' +
    'hour of one core or so; with answers of up to 1,000 tokens a step takes twice as long. All 32,000 ' +
    'levels are trained on, four times each: they are not few, as the mazes of dualformer-mazes are. ' +
    'Published numbers beside the claims are of levels of 7×7 with two boxes and a far larger model ' +
    '(paper-dualformer-sokoban): 1-Optimal-64 in per cent, and mean trace tokens.',
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
