import type { StudyInput } from '../../src/study.ts';
import { demo } from '../demo.ts';
import { completeTrace, dualformer, mix, solutionOnly } from '../methods.ts';

const { name: _, seed: __, ...base } = demo;

/** The demo's experiments with three seeds each: how a study is written, and a check of the demo. */
export const demoBaselines: StudyInput = {
  name: 'demo-baselines',
  question: 'Do the modes and baselines differ in 5×5 mazes?',
  notes: 'Mazes of 5×5 hardly separate the methods: this study shows how one is made.',
  base: { ...base, pretrained: null },
  cells: {
    dualformer,
    'complete-trace': completeTrace,
    'solution-only': solutionOnly,
    mix: mix(0.5),
  },
  seeds: [1, 2, 3],
  evaluations: [{ label: 'sampled', tasks: 100, samples: 64, temperature: 1 }],
};
