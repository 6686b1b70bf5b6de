/** Data and responses of tasks for selection: arbitrary ones, and the rules told once more, plainly. */
import fc from 'fast-check';
import type { Example } from '../../src/data/examples.ts';
import type { EvaluationRecord, SampleRecord } from '../../src/evaluation/records.ts';
import { correctSample, malformedSample, record, wrongSample } from './records.ts';

export const exampleOfTask = (id: number, reasoning: readonly number[] = [2, 3]): Example => ({
  id,
  width: 5,
  height: 5,
  walls: 8,
  optimalLength: 5,
  created: 1,
  expanded: 1,
  layout: BigInt(id),
  prompt: Uint16Array.of(5, 10 + id),
  reasoning: Uint16Array.from(reasoning),
  plan: Uint16Array.of(4, 10, 11),
});

const sampleArbitrary: fc.Arbitrary<SampleRecord> = fc
  .record({
    outcome: fc.constantFrom('optimal', 'solved', 'wrong', 'malformed' as const),
    traceLength: fc.integer({ min: 0, max: 6 }),
    route: fc.integer({ min: 0, max: 1 }),
  })
  .map(({ outcome, traceLength, route }) => {
    if (outcome === 'optimal') return correctSample(5, { traceLength, route });
    if (outcome === 'solved') return correctSample(6, { traceLength, route, outcome });
    return outcome === 'wrong' ? wrongSample({ traceLength }) : malformedSample();
  });

export interface TaskCase {
  readonly id: number;
  /** Traces that earlier data hold. */
  readonly stored: readonly (readonly number[])[];
  readonly samples: readonly SampleRecord[];
}

/** Tasks with distinct ids, in any order. */
export const casesArbitrary: fc.Arbitrary<readonly TaskCase[]> = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 40 }),
    stored: fc.array(fc.array(fc.integer({ min: 2, max: 3 }), { maxLength: 4 }), { maxLength: 2 }),
    samples: fc.array(sampleArbitrary, { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 8, selector: ({ id }) => id },
);

export const recordOfCase = ({ id, samples }: TaskCase): EvaluationRecord =>
  record(samples, { id });

/** Trace and plan of a response, by looking for the first `plan` (4) and the end. */
export function spelled(tokens: ArrayLike<number>): string {
  const ids = Array.from(tokens);
  const whole = ids.at(-1) === 1 ? ids.slice(0, -1) : ids;
  const at = whole.indexOf(4);
  return `${whole.slice(0, at).join(' ')} | ${whole.slice(at).join(' ')}`;
}
