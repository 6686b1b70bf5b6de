/** Which of several responses to one task is the best. */
import type { Outcome, SampleRecord } from './records.ts';

/** Best first: an optimal plan before a longer one before none, then the shorter trace. */
export function byMerit(a: SampleRecord, b: SampleRecord): number {
  return (
    RANKS[a.outcome] - RANKS[b.outcome] ||
    (a.planLength ?? 0) - (b.planLength ?? 0) ||
    a.traceLength - b.traceLength
  );
}

const RANKS: Readonly<Record<Outcome, number>> = { optimal: 0, solved: 1, wrong: 2, malformed: 3 };
