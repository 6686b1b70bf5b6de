import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Examples } from '../../../src/data/examples.ts';
import { METHODS } from '../../../src/improvement/methods.ts';
import { selectData, type SelectionInput } from '../../../src/improvement/selection.ts';
import { SELECTORS } from '../../../src/improvement/selectors.ts';
import { CLOSE, CREATE, EOS, PLAN } from '../../../traces/vocabulary.ts';
import { toExamples, toRows } from '../../helpers/examples.ts';
import { casesArbitrary, exampleOfTask, recordOfCase, spelled } from '../../helpers/improvement.ts';
import type { TaskCase } from '../../helpers/improvement.ts';
import { correctSample, malformedSample, record, wrongSample } from '../../helpers/records.ts';

const stored = exampleOfTask(0, [CREATE, 10, CLOSE, 10]);
const shortest = SELECTORS['shortest-optimal'].select;
const correct = SELECTORS['every-correct'].select;

describe('the shortest optimal response', () => {
  it('is taken however long it is beside what is stored, the first of several', () => {
    const long = correctSample(5, { traceLength: 9 });
    const first = correctSample(5, { traceLength: 7, route: 1 });
    const second = correctSample(5, { traceLength: 7, route: 2 });
    const longer = correctSample(6, { traceLength: 1, outcome: 'solved' });
    const samples = [long, longer, wrongSample({ traceLength: 0 }), first, second];
    expect(shortest({ stored: [stored], samples })).toEqual([first]);
  });

  it('gives way to what is stored where no response is optimal', () => {
    const samples = [correctSample(6, { outcome: 'solved' }), wrongSample(), malformedSample()];
    expect(shortest({ stored: [stored], samples })).toEqual([stored]);
    expect(shortest({ stored: [], samples })).toEqual([]);
  });
});

describe('every correct response', () => {
  it('is taken once, with nothing of what is stored', () => {
    const [a, b] = [correctSample(5), correctSample(6, { outcome: 'solved' })];
    const samples = [a, wrongSample(), b, correctSample(5), malformedSample()];
    expect(correct({ stored: [stored], samples })).toEqual([a, b]);
  });
});

describe('the data of a round', () => {
  it('keep the task and count clauses and tokens of the new answer', () => {
    const tokens = Uint16Array.of(CREATE, 10, CREATE, 11, CLOSE, 10, PLAN, 10, 11, EOS);
    const sample = { ...correctSample(5), tokens, traceLength: 6 };
    const { examples, counts } = select('bootstrapping', [stored], {
      tasks: toExamples([stored]),
      records: [record([sample, wrongSample({ traceLength: 3 })])],
    });
    expect(toRows(examples)).toEqual([
      {
        ...stored,
        created: 2,
        expanded: 1,
        reasoning: tokens.slice(0, 6),
        plan: Uint16Array.of(PLAN, 10, 11),
      },
    ]);
    expect(counts).toEqual({
      tasks: 1,
      responses: 2,
      responseTokens: tokens.length + wrongSample({ traceLength: 3 }).tokens.length,
      optimalResponses: 1,
      optimalTasks: 1,
      rows: 1,
      newRows: 1,
      storedTraceTokens: 4,
      traceTokens: 6,
    });
  });

  it.each([
    ['bootstrapping', bootstrapped],
    ['expert-iteration', appended],
  ] as const)('are those of a plain telling of %s', (method, expected) => {
    fc.assert(
      fc.property(casesArbitrary, fc.func(fc.nat()), (cases, order) => {
        const tasks = toExamples(cases.map(({ id }) => exampleOfTask(id)));
        const held = cases.flatMap(({ id, stored: traces }) =>
          traces.map((trace) => exampleOfTask(id, trace)),
        );
        // Records come in any order, rows in that of the tasks.
        const records = cases
          .toSorted((a, b) => order(a.id) - order(b.id) || a.id - b.id)
          .map(recordOfCase);
        const { examples, counts } = select(method, held, { tasks, records });
        const said = toRows(examples).map(
          ({ id, reasoning, plan }) => `${id}: ${spelled([...reasoning, ...plan])}`,
        );
        expect(said).toEqual(
          cases.flatMap((each) => expected(each).map((row) => `${each.id}: ${row}`)),
        );
        expect(counts.rows).toBe(said.length);
        const before = toRows(toExamples(held)).map(
          ({ id, reasoning, plan }) => `${id}: ${spelled([...reasoning, ...plan])}`,
        );
        expect(counts.newRows).toBe(said.filter((row) => !before.includes(row)).length);
        expect(counts.responses).toBe(cases.flatMap(({ samples }) => samples).length);
      }),
    );
  });

  it('refuse responses to a task that was not asked', () => {
    const records = [record([correctSample(5)], { id: 7 })];
    expect(() => select('bootstrapping', [], { tasks: toExamples([stored]), records })).toThrow(
      'task 7, which was not asked',
    );
  });
});

function select(
  method: keyof typeof METHODS,
  held: Parameters<typeof toExamples>[0],
  rest: { readonly tasks: Examples; readonly records: SelectionInput['records'] },
) {
  return selectData({ method: METHODS[method], stored: toExamples(held), ...rest });
}

/** By sorting, where the selector looks for the least. */
function bootstrapped({ stored, samples }: TaskCase): string[] {
  const optimal = samples
    .filter(({ outcome }) => outcome === 'optimal')
    .map((sample, at) => ({ said: spelled(sample.tokens), length: sample.traceLength, at }))
    .sort((a, b) => a.length - b.length || a.at - b.at);
  const kept = stored.map((trace) => spelled([...trace, ...exampleOfTask(0).plan]));
  return optimal.length > 0 ? [optimal[0]!.said] : [...new Set(kept)];
}

function appended({ stored, samples }: TaskCase): string[] {
  const kept = stored.map((trace) => spelled([...trace, ...exampleOfTask(0).plan]));
  const right = samples.filter(({ outcome }) => ['optimal', 'solved'].includes(outcome));
  return [...new Set([...kept, ...right.map(({ tokens }) => spelled(tokens))])];
}
