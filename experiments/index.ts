/** The experiments by name; a new one is a file here and a line below. */
import type { ExperimentInput } from '../src/experiment.ts';

export const experiments: Readonly<Record<string, () => Promise<ExperimentInput>>> = {
  demo: async () => (await import('./demo.ts')).demo,
  'demo-complete-trace': async () => (await import('./demoBaselines.ts')).demoCompleteTrace,
  'demo-solution-only': async () => (await import('./demoBaselines.ts')).demoSolutionOnly,
  'demo-mix': async () => (await import('./demoBaselines.ts')).demoMix,
  maze20: async () => (await import('./paper/mazes.ts')).maze20,
  maze30: async () => (await import('./paper/mazes.ts')).maze30,
  sokoban7: async () => (await import('./paper/sokoban.ts')).sokoban7,
};
