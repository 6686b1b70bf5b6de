/** Records of evaluations: built by hand, and arbitrary ones that agree with themselves. */
import fc from 'fast-check';
import {
  type EvaluationRecord,
  type SampleRecord,
  TRACE_VERDICTS,
} from '../../src/evaluation/records.ts';
import { EOS, PLAN } from '../../traces/vocabulary.ts';

/** A correct response of `traceLength` tokens and a plan that `route` names. */
export function correctSample(
  planLength: number,
  fields: Partial<SampleRecord> & { readonly route?: number } = {},
): SampleRecord {
  const { route = 0, ...rest } = fields;
  const traceLength = rest.traceLength ?? 5;
  const trace = new Array<number>(traceLength).fill(2);
  return {
    tokens: Uint16Array.from([...trace, PLAN, 10 + route, 10 + planLength, EOS]),
    outcome: 'optimal',
    reason: null,
    planLength,
    traceLength,
    trace: traceLength === 0 ? 'none' : 'legal',
    ...rest,
  };
}

export function wrongSample(fields: Partial<SampleRecord> = {}): SampleRecord {
  return {
    ...correctSample(3, fields),
    outcome: 'wrong',
    reason: 'a position is a wall',
    ...fields,
  };
}

export function malformedSample(fields: Partial<SampleRecord> = {}): SampleRecord {
  return {
    tokens: Uint16Array.of(2, 2, 2),
    outcome: 'malformed',
    reason: 'no plan',
    planLength: null,
    traceLength: 3,
    trace: 'illegal',
    ...fields,
  };
}

export function record(
  samples: readonly SampleRecord[],
  fields: Partial<EvaluationRecord> = {},
): EvaluationRecord {
  return {
    id: 0,
    width: 5,
    height: 5,
    walls: 8,
    prompt: Uint16Array.of(5, 10, 10, 6, 11, 11),
    optimalLength: 5,
    aStarTraceLength: 40,
    referenceTraceLength: 40,
    samples,
    ...fields,
  };
}

/** Tasks with distinct ids and the same number of responses each. */
export const recordsArbitrary: fc.Arbitrary<EvaluationRecord[]> = fc
  .record({ tasks: fc.integer({ min: 1, max: 12 }), samples: fc.integer({ min: 1, max: 6 }) })
  .chain(({ tasks, samples }) =>
    fc
      .array(
        fc.tuple(taskFields(), fc.array(sampleSeed(), { minLength: samples, maxLength: samples })),
        {
          minLength: tasks,
          maxLength: tasks,
        },
      )
      .map((rows) =>
        rows.map(([fields, seeds], id) =>
          record(
            seeds.map((seed) => sampleOf(seed, fields.optimalLength)),
            { ...fields, id },
          ),
        ),
      ),
  );

function taskFields() {
  return fc.record({
    walls: fc.integer({ min: 0, max: 25 }),
    optimalLength: fc.integer({ min: 1, max: 30 }),
    aStarTraceLength: fc.integer({ min: 5, max: 500 }),
    referenceTraceLength: fc.option(fc.double({ min: 1, max: 500, noNaN: true })),
    forced: fc.option(
      fc.record({ length: fc.integer({ min: 1, max: 500 }), clause: fc.option(fc.nat()) }),
      { nil: undefined },
    ),
  });
}

function sampleSeed() {
  return fc.record({
    outcome: fc.constantFrom('optimal', 'solved', 'wrong', 'malformed' as const),
    excess: fc.integer({ min: 1, max: 9 }),
    route: fc.integer({ min: 0, max: 3 }),
    traceLength: fc.integer({ min: 0, max: 300 }),
    trace: fc.constantFrom(...TRACE_VERDICTS.slice(1)),
  });
}

function sampleOf(
  seed: {
    outcome: string;
    excess: number;
    route: number;
    traceLength: number;
    trace: SampleRecord['trace'];
  },
  optimalLength: number,
): SampleRecord {
  const { outcome, excess, route, traceLength } = seed;
  const trace = traceLength === 0 ? 'none' : seed.trace;
  const fields = { route, traceLength, trace };
  if (outcome === 'optimal') return correctSample(optimalLength, fields);
  if (outcome === 'solved') {
    return correctSample(optimalLength + excess, { ...fields, outcome: 'solved' });
  }
  if (outcome === 'wrong') return wrongSample({ traceLength, trace });
  return malformedSample({ traceLength, trace });
}
