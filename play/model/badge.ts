/** What a response is worth in two words, and why. */
import type { SampleRecord } from '../../src/evaluation/records.ts';

export interface Badge {
  readonly tone: 'good' | 'fair' | 'bad';
  readonly text: string;
  readonly detail: string;
}

/** @param optimal positions of a shortest plan; null if none is known */
export function badgeOf(
  { outcome, planLength, reason }: Pick<SampleRecord, 'outcome' | 'planLength' | 'reason'>,
  optimal: number | null,
): Badge {
  if (outcome === 'wrong') return { tone: 'bad', text: '✕ invalid', detail: reason ?? '' };
  if (outcome === 'malformed') return { tone: 'bad', text: '✕ no plan', detail: reason ?? '' };
  const detail = `plan of ${planLength} positions`;
  if (outcome === 'optimal') return { tone: 'good', text: '✓ optimal', detail };
  const more = (planLength ?? 0) - (optimal ?? 0);
  return { tone: 'fair', text: `✓ valid, +${more} ${more === 1 ? 'step' : 'steps'}`, detail };
}
