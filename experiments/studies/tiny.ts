import type { StudyInput } from '../../src/study.ts';

/** How a tiny model is trained in minutes of one core, whatever the task; studies add how long. */
export const tinyTraining = {
  batchSize: 16,
  learningRate: 0.002,
  warmupSteps: 200,
  finalLearningRate: 0.02,
  clipNorm: 1,
  checkpointEvery: 1000,
} as const satisfies StudyInput['base']['training'];

/** One greedy response to each of these tasks. */
export const greedy400 = {
  tasks: 400,
  samples: 1,
  temperature: 0,
  drawings: 2,
} as const satisfies StudyInput['base']['evaluation'];
