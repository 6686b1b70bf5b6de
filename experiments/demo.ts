import type { ExperimentInput } from '../src/experiment.ts';

/** Fast and slow thinking on mazes small enough to learn in minutes on two cores. */
export const demo: ExperimentInput = {
  name: 'demo',
  description: 'A tiny Dualformer learns to plan in 5×5 mazes',
  notes:
    'Under greedy decoding auto equals slow: the model nearly always begins with a trace. Other ' +
    'seeds leave the plateau of the first thousands of steps at other times and end some points away.',
  data: {
    task: { environment: 'maze', width: 5, height: 5 },
    trainCount: 200_000,
    validationCount: 400,
    testCount: 400,
  },
  model: 'tiny',
  training: {
    steps: 14_000,
    batchSize: 16,
    learningRate: 2e-3,
    warmupSteps: 200,
    finalLearningRate: 0.02,
    clipNorm: 1,
    checkpointEvery: 1_000,
    parts: 2,
  },
  evaluation: { tasks: 400, samples: 1, temperature: 0, maxTokens: 400 },
  pretrained: 'results/demo/model.safetensors',
};
