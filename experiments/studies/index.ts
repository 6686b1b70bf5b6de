/** The studies by name; a new one is a file here and a line below. */
import type { StudyInput } from '../../src/study.ts';

export const studies: Readonly<Record<string, () => Promise<StudyInput>>> = {
  'demo-baselines': async () => (await import('./demoBaselines.ts')).demoBaselines,
  'dualformer-mazes': async () => (await import('./dualformerMazes.ts')).dualformerMazes,
  'data-curve': async () => (await import('./dataCurve.ts')).dataCurve,
  'dropping-ablations': async () => (await import('./droppingAblations.ts')).droppingAblations,
  'dualformer-sokoban': async () => (await import('./dualformerSokoban.ts')).dualformerSokoban,
  'searchformer-mazes': async () => (await import('./searchformerMazes.ts')).searchformerMazes,
  bootstrapping: async () => (await import('./bootstrapping.ts')).bootstrapping,
  'paper-dualformer-mazes': async () =>
    (await import('../paper/dualformer.ts')).paperDualformerMazes,
  'paper-dualformer-sokoban': async () =>
    (await import('../paper/dualformer.ts')).paperDualformerSokoban,
  'paper-searchformer-mazes': async () =>
    (await import('../paper/searchformer.ts')).paperSearchformerMazes,
  'paper-searchformer-sokoban': async () =>
    (await import('../paper/searchformer.ts')).paperSearchformerSokoban,
};
