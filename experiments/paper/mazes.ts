/**
 * Mazes as in Searchformer and Dualformer, at a size that wants a GPU and days. Batch sizes are the
 * released code's per GPU; the papers do not say how many GPUs there were.
 */
import type { ExperimentInput } from '../../src/experiment.ts';

export const maze20: ExperimentInput = {
  name: 'maze20',
  description: 'A Dualformer of size s in 20×20 mazes, as in the paper (GPU)',
  data: {
    task: { environment: 'maze', width: 20, height: 20 },
    trainCount: 100_000,
    nondeterministic: true,
  },
  model: 's',
  training: { steps: 400_000, batchSize: 8, learningRate: 2.5e-4 },
  evaluation: { tasks: 500 },
};

export const maze30: ExperimentInput = {
  ...maze20,
  name: 'maze30',
  description: 'A Dualformer of size s in 30×30 mazes, as in the paper (GPU)',
  data: { ...maze20.data, task: { environment: 'maze', width: 30, height: 30 } },
};
