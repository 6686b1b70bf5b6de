import type { StudyInput } from '../../src/study.ts';

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
  training: {
    examples: 4000,
    steps: 12_000,
    batchSize: 16,
    learningRate: 0.002,
    warmupSteps: 200,
    finalLearningRate: 0.02,
    clipNorm: 1,
    checkpointEvery: 1000,
  },
  evaluation: { tasks: 400, samples: 1, temperature: 0, maxTokens: 600, drawings: 2 },
};
