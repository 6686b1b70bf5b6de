import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EvaluationRecord, Outcome } from '../../../src/evaluation/records.ts';
import { skipping } from '../../../src/evaluation/skipping.ts';
import { clauseBounds } from '../../../traces/clauses.ts';
import { tokenizerOf } from '../../../traces/index.ts';
import { CLOSE, type Vocabulary } from '../../../traces/vocabulary.ts';
import type { Maze } from '../../../envs/maze/maze.ts';
import { arbitraryMazeTrace, arbitraryTrace, idsOf, textOf } from '../../helpers/traces.ts';
import { type Trace, traceOf } from '../../helpers/traces.ts';
import { distancesTo, mazeOf } from '../../helpers/mazes.ts';
import { record } from '../../helpers/records.ts';

/** A record of responses that consist of a trace. */
function answered(
  { environment, task, vocabulary }: Trace,
  traces: readonly Uint16Array[],
  outcome: Outcome = 'optimal',
): EvaluationRecord {
  const { width, height } = task;
  const prompt = tokenizerOf(environment).prompt(task, vocabulary);
  const samples = traces.map((tokens) => ({
    tokens,
    outcome,
    reason: null,
    planLength: 1,
    traceLength: tokens.length,
    trace: 'legal' as const,
  }));
  return record(samples, { prompt, width, height });
}

const valuesOf = (records: readonly EvaluationRecord[], vocabulary: Vocabulary) => {
  const { omitted, omittedOnPlans, omittedElsewhere, added } = skipping(records, vocabulary);
  return [omitted, omittedOnPlans, omittedElsewhere, added].map((one) => one?.value ?? null);
};

describe('what traces leave out', () => {
  const task = mazeOf('S..', '.#.', '##G');
  const told = traceOf('maze', task);
  const { vocabulary, reasoning } = told;
  const trace = (cells: string) =>
    idsOf(
      cells
        .split(', ')
        .map((cell) => `close ${cell} c0 c0`)
        .join(' '),
      vocabulary,
    );

  it('is nothing of A*, and what a hand counts otherwise', () => {
    const closed = textOf(reasoning, vocabulary).match(/(?<=close )\d \d/g);
    expect(closed).toEqual(['0 0', '1 0', '2 0', '0 1', '2 1', '2 2']);
    expect(valuesOf([answered(told, [reasoning])], vocabulary)).toEqual([0, 0, 0, 0]);
    // Three of six states are told, one of them twice, and a wall. Only 0 1 is on no shortest plan.
    const partial = trace('0 0, 1 1, 2 1, 2 1, 2 2');
    const alone = valuesOf([answered(told, [partial])], vocabulary);
    expect(alone).toEqual([3 / 6, 2 / 5, 1, 1 / 6]);
    const both = valuesOf([answered(told, [reasoning, partial])], vocabulary);
    expect(both).toEqual([3 / 12, 2 / 10, 1 / 2, 1 / 12]);
  });

  it('is asked of optimal responses with a trace alone', () => {
    const nothing = [null, null, null, null];
    expect(valuesOf([], vocabulary)).toEqual(nothing);
    for (const outcome of ['solved', 'wrong', 'malformed'] as const) {
      expect(valuesOf([answered(told, [reasoning], outcome)], vocabulary)).toEqual(nothing);
    }
    expect(valuesOf([answered(told, [new Uint16Array()])], vocabulary)).toEqual(nothing);
  });

  it('is nothing of the traces of deterministic A*, in any environment', () => {
    fc.assert(
      fc.property(arbitraryTrace, ({ environment, task, vocabulary, plan }) => {
        fc.pre(plan.length > 0);
        // Boxes on docks are not in a prompt, so the records' search does not know of them.
        const tokenizer = tokenizerOf(environment);
        const prompt = tokenizer.prompt(task, vocabulary);
        const told = traceOf(environment, tokenizer.readPrompt(prompt, vocabulary, task));
        const { reasoning } = told;
        fc.pre(reasoning.length > 0 && told.plan.length > 0);
        const [omitted, , , added] = valuesOf([answered(told, [reasoning])], vocabulary);
        expect([omitted, added]).toEqual([0, 0]);
      }),
    );
  });

  it('is what was taken out, by whether a shortest plan leads there', () => {
    const choices = fc.array(fc.boolean(), { minLength: 50, maxLength: 50 });
    fc.assert(
      fc.property(arbitraryMazeTrace(6), choices, ({ task, vocabulary }, kept) => {
        const told = traceOf('maze', task);
        const { reasoning } = told;
        const maze = task as Maze;
        fc.pre(reasoning.length > 0 && told.plan.length > 0);
        const bounds = clauseBounds(reasoning);
        const clauses = bounds
          .slice(0, -1)
          .map((begin, i) => reasoning.subarray(begin, bounds[i + 1]));
        const isLeft = (clause: Uint16Array, i: number): boolean =>
          clause[0] !== CLOSE || kept[i % kept.length]!;
        const left = clauses.filter(isLeft).flatMap((clause) => [...clause]);
        fc.pre(left.length > 0);
        // On a shortest plan the ways from the start and to the goal add up to it.
        const [fromStart, toGoal] = [distancesTo(maze.start, maze), distancesTo(maze.goal, maze)];
        const onPlan = (clause: Uint16Array): boolean => {
          const [x, y] = [...clause.subarray(1, 3)].map((id) => vocabulary.value(id));
          const cell = x! + y! * maze.width;
          return toGoal[maze.start] === fromStart[cell]! + toGoal[cell]!;
        };
        const closings = clauses.flatMap((clause, i) =>
          clause[0] === CLOSE ? [{ out: !isLeft(clause, i), on: onPlan(clause) }] : [],
        );
        const share = (some: typeof closings): number | null =>
          some.length === 0 ? null : some.filter(({ out }) => out).length / some.length;
        expect(valuesOf([answered(told, [Uint16Array.from(left)])], vocabulary)).toEqual([
          share(closings),
          share(closings.filter(({ on }) => on)),
          share(closings.filter(({ on }) => !on)),
          0,
        ]);
      }),
    );
  });
});
