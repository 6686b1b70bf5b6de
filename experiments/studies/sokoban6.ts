import type { StudyInput } from '../../src/study.ts';
import { greedy400, tinyTraining } from './tiny.ts';

/** Sokoban of 6×6 with one box: searches of a few hundred tokens, which a tiny model learns in minutes. */
export const sokoban6: StudyInput['base'] = {
  data: {
    task: { environment: 'sokoban', width: 6, height: 6, boxes: 1, walls: 3 },
    trainCount: 32_000,
    validationCount: 400,
    testCount: 400,
    nondeterministic: true,
    maxTokens: 500,
  },
  model: 'tiny',
  training: { ...tinyTraining, steps: 8000 },
  evaluation: { ...greedy400, maxTokens: 600 },
};
