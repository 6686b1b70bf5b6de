/** Learning rate: linear warm-up, then a cosine to a share of the peak. */

export interface ScheduleSettings {
  readonly steps: number;
  readonly learningRate: number;
  readonly warmupSteps: number;
  /** Share of `learningRate` at the last step. */
  readonly finalLearningRate: number;
}

/** @param step counted from 1, the first update */
export function learningRateAt(step: number, settings: ScheduleSettings): number {
  const { steps, learningRate, warmupSteps, finalLearningRate } = settings;
  if (step < warmupSteps) return (learningRate * step) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, steps - warmupSteps));
  const cosine = (1 + Math.cos(Math.PI * progress)) / 2;
  return learningRate * (finalLearningRate + (1 - finalLearningRate) * cosine);
}
