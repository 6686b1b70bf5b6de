/** The studies by name; a new one is a file here and a line below. */
import type { StudyInput } from '../../src/study.ts';

export const studies: Readonly<Record<string, () => Promise<StudyInput>>> = {
  'demo-baselines': async () => (await import('./demoBaselines.ts')).demoBaselines,
  'dualformer-mazes': async () => (await import('./dualformerMazes.ts')).dualformerMazes,
  'data-curve': async () => (await import('./dataCurve.ts')).dataCurve,
  'dropping-ablations': async () => (await import('./droppingAblations.ts')).droppingAblations,
};
