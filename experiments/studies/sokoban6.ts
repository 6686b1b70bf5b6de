import type { StudyInput } from '../../src/study.ts';

/** Sokoban of 6×6 with one box: searches of a few hundred tokens, which a tiny model learns in minutes. */
export const sokoban6: StudyInput['base'] = {
  data: {
    task: { environment: 'sokoban', width: 6, height: 6, boxes: 1, walls: 3 },
    trainCount: 32_000,
    validationCount: 400,
    testCount: 400,
    nondeterministic: true,
    maxTokens: 1000,
  },
  model: 'tiny',
  training: {
    steps: 8000,
    batchSize: 16,
    learningRate: 0.002,
    warmupSteps: 200,
    finalLearningRate: 0.02,
    clipNorm: 1,
    checkpointEvery: 1000,
  },
  evaluation: { tasks: 400, samples: 1, temperature: 0, maxTokens: 1100, drawings: 2 },
};
