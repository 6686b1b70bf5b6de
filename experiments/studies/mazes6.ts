import type { StudyInput } from '../../src/study.ts';
import { greedy400, tinyTraining } from './tiny.ts';

/** Mazes of 6×6 and a tiny model: small enough for minutes, large enough to tell methods apart. */
export const mazes6: StudyInput['base'] = {
  data: {
    task: { environment: 'maze', width: 6, height: 6 },
    trainCount: 64_000,
    validationCount: 400,
    testCount: 400,
    vocabularySide: 8,
  },
  model: 'tiny',
  training: { ...tinyTraining, examples: 4000, steps: 12_000 },
  evaluation: { ...greedy400, maxTokens: 600 },
};
