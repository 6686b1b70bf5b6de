/**
 * The paper's baselines on the demo's mazes: the same data, model and budget, another dropping. The
 * demo's shipped weights are a Dualformer's and no use here.
 */
import type { ExperimentInput } from '../src/experiment.ts';
import { demo } from './demo.ts';

/** Searchformer without bootstrapping: fast mode never sees a plan without its trace. */
export const demoCompleteTrace: ExperimentInput = {
  ...demo,
  name: 'demo-complete-trace',
  description: "The demo's mazes with complete traces only (Searchformer)",
  pretrained: null,
  training: { ...demo.training, dropping: 'complete-trace' },
  evaluation: { ...demo.evaluation, modes: ['slow', 'auto'] },
};

export const demoSolutionOnly: ExperimentInput = {
  ...demo,
  name: 'demo-solution-only',
  description: "The demo's mazes with plans only, no traces",
  pretrained: null,
  training: { ...demo.training, dropping: 'solution-only' },
  evaluation: { ...demo.evaluation, modes: ['fast'] },
};

/** Whole traces or none: does dropping parts of a trace help beyond dropping all of it? */
export const demoMix: ExperimentInput = {
  ...demo,
  name: 'demo-mix',
  description: "The demo's mazes with the complete trace half of the time, else the plan only",
  pretrained: null,
  training: { ...demo.training, dropping: { mix: 0.5 } },
};
