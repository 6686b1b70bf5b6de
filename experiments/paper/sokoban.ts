import type { ExperimentInput } from '../../src/experiment.ts';

/** Sokoban as in Searchformer and Dualformer: 7×7, two boxes; wants a GPU and days. The batch size is ours. */
export const sokoban7: ExperimentInput = {
  name: 'sokoban7',
  description: 'A Dualformer of size m-s in Sokoban 7×7 with two boxes, as in the paper (GPU)',
  data: {
    task: { environment: 'sokoban' },
    trainCount: 100_000,
    nondeterministic: true,
  },
  model: 'm-s',
  training: { steps: 80_000, batchSize: 8, learningRate: 7.5e-5 },
  evaluation: { maxTokens: 11_000 },
};
