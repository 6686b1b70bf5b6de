/** A model that knows its few mazes by heart, so that it has optimal responses to learn from. */
import path from 'node:path';
import { treeOf } from './faults.ts';

export const KNOWING = {
  name: 'knowing',
  data: {
    task: { environment: 'maze', width: 3, height: 2, walls: [0.1, 0.4] },
    trainCount: 12,
    // The newest weights count, which know the mazes best.
    validationCount: 0,
    testCount: 4,
  },
  model: { dim: 16, encoderLayers: 1, decoderLayers: 1, heads: 2, ffnDim: 32 },
  training: {
    steps: 800,
    batchSize: 12,
    warmupSteps: 20,
    learningRate: 0.005,
    // So that a round of some more steps has one checkpoint before its last.
    checkpointEvery: 60,
    dropping: 'complete-trace',
    parts: 1,
  },
  evaluation: { modes: ['slow'], tasks: 4, samples: 1, temperature: 0, maxTokens: 60 },
};

export const IMPROVEMENT = { rounds: 2, samples: 16, steps: 62, form: 'complete' } as const;

/** The command that does the same to a run. */
export const bootstrapping = (run: string, ...more: string[]): string[] => {
  const { rounds, samples, steps, form } = IMPROVEMENT;
  const flags = `--rounds ${rounds} --samples ${samples} --steps ${steps} --form ${form}`;
  return [...`bootstrap ${run} ${flags} --threads 1 -q`.split(' '), ...more];
};

/** What of the rounds does not tell of the time or the process. */
export function roundsOf(run: string, folder = 'bootstrapping'): Record<string, string> {
  const files = Object.entries(treeOf(path.join(run, folder)));
  const told = /provenance\.json$|metrics\.jsonl$|events\.out|^report\//;
  return Object.fromEntries(files.filter(([file]) => !told.test(file)));
}
