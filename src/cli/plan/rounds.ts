/** What the rounds of an experiment's improvement will take. */
import type { Experiment } from '../../experiment.ts';
import { roundTraining } from '../../improvementSettings.ts';
import { foresee, tokensToPlan } from './foresee.ts';
import type { Sample } from './sample.ts';

/** Of all rounds together. */
export interface ForeseenRounds {
  readonly rounds: number;
  /** Of their responses, if these are as long as those of training. */
  readonly responseTokens: number;
  /** Of their training, if traces stay as long as A*'s. */
  readonly trainingTokens: number;
}

/** Null without an improvement. */
export function foreseeRounds(experiment: Experiment, sample: Sample): ForeseenRounds | null {
  const { improvement, training, data } = experiment;
  if (improvement === undefined) return null;
  const { rounds, mode, samples, steps } = improvement;
  const tasks = improvement.tasks ?? training.examples ?? data.trainCount;
  const responses = tokensToPlan(experiment, sample, { modes: [mode], tasks, samples });
  const own = { ...roundTraining(training, improvement), examples: tasks };
  const { tokensPerStep } = foresee({ ...experiment, training: own }, sample);
  return {
    rounds,
    responseTokens: rounds * responses,
    trainingTokens: rounds * steps * tokensPerStep,
  };
}
