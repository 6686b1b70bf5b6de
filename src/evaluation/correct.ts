import type { SampleRecord } from './records.ts';

/** Whether the plan leads from start to goal, on a shortest way or another. */
export function isCorrect({ outcome }: Pick<SampleRecord, 'outcome'>): boolean {
  return outcome === 'optimal' || outcome === 'solved';
}
