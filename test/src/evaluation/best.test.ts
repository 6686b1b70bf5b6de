import { expect, it } from 'vitest';
import { byMerit } from '../../../src/evaluation/best.ts';
import type { SampleRecord } from '../../../src/evaluation/records.ts';

const record = (
  outcome: SampleRecord['outcome'],
  planLength: number | null,
  traceLength: number,
): SampleRecord => ({
  tokens: new Uint16Array(),
  outcome,
  reason: null,
  planLength,
  traceLength,
  trace: 'none',
});

it('an optimal response is better than a longer plan, that than a wrong one, and less thought than more', () => {
  const ordered = [
    record('optimal', 5, 10),
    record('optimal', 5, 40),
    record('solved', 7, 90),
    record('solved', 9, 0),
    record('wrong', 2, 0),
    record('malformed', null, 3),
  ];
  expect([...ordered].reverse().sort(byMerit)).toEqual(ordered);
});
