/** A round's training data, from its responses and the data that were there before. */
import { CLOSE, CREATE } from '../../traces/vocabulary.ts';
import { createExampleBuffer, type Example, exampleAt, type Examples } from '../data/examples.ts';
import type { EvaluationRecord } from '../evaluation/records.ts';
import type { Method } from './methods.ts';
import { answerOf, isSample, SELECTORS, type Answer } from './selectors.ts';

export interface SelectionInput {
  readonly method: Pick<Method, 'select' | 'data'>;
  /** The tasks that were asked for responses, each once, with A*'s answers. */
  readonly tasks: Examples;
  /** Earlier data; rows of one task have its id. */
  readonly stored: Examples;
  /** One record for each task, in any order. */
  readonly records: Iterable<EvaluationRecord>;
}

export interface Selection {
  /** In the order of the tasks; rows of one task have its id. */
  readonly examples: Examples;
  readonly counts: SelectionCounts;
}

export interface SelectionCounts {
  readonly tasks: number;
  readonly responses: number;
  /** Of all responses, what they were made to begin with and eos included. */
  readonly responseTokens: number;
  readonly optimalResponses: number;
  /** With an optimal response at least. */
  readonly optimalTasks: number;
  /** Rows of the data, and those of them that say what was not stored before. */
  readonly rows: number;
  readonly newRows: number;
  /** Mean per row of the data before, and of the data that were selected; null without rows. */
  readonly storedTraceTokens: number | null;
  readonly traceTokens: number | null;
}

/** @throws RangeError if a record is of another task than those that were asked */
export function selectData({ method, tasks, stored, records }: SelectionInput): Selection {
  const { select } = SELECTORS[method.select];
  const byTask = rowsByTask(stored);
  const rowOf = new Map(Array.from(tasks.id, (id, row) => [id, row]));
  const chosen = Array.from({ length: tasks.count }, (): readonly Example[] => []);
  const counts = {
    responses: 0,
    responseTokens: 0,
    optimalResponses: 0,
    optimalTasks: 0,
    newRows: 0,
  };
  for (const { id, samples } of records) {
    const row = rowOf.get(id);
    if (row === undefined) throw new RangeError(`responses to task ${id}, which was not asked`);
    const held = byTask.get(id) ?? [];
    const picked = select({ stored: held, samples }).map((each) =>
      isSample(each) ? answered(exampleAt(tasks, row), answerOf(each)) : each,
    );
    chosen[row] = distinct(method.data === 'append' ? [...held, ...picked] : picked);
    const known = new Set(held.map(said));
    counts.newRows += chosen[row].filter((each) => !known.has(said(each))).length;
    const optimal = samples.filter(({ outcome }) => outcome === 'optimal').length;
    counts.responses += samples.length;
    counts.responseTokens += samples.reduce((sum, { tokens }) => sum + tokens.length, 0);
    counts.optimalResponses += optimal;
    if (optimal > 0) counts.optimalTasks++;
  }
  const buffer = createExampleBuffer();
  const rows = chosen.flat();
  for (const example of rows) buffer.add(example);
  const examples = buffer.examples();
  return {
    examples,
    counts: {
      tasks: tasks.count,
      ...counts,
      rows: rows.length,
      storedTraceTokens: meanTrace(stored),
      traceTokens: meanTrace(examples),
    },
  };
}

function rowsByTask(examples: Examples): Map<number, Example[]> {
  const rows = new Map<number, Example[]>();
  for (let i = 0; i < examples.count; i++) {
    const example = exampleAt(examples, i);
    rows.set(example.id, [...(rows.get(example.id) ?? []), example]);
  }
  return rows;
}

/** The task with another answer. */
function answered(task: Example, { reasoning, plan }: Answer): Example {
  const count = (operation: number): number =>
    reasoning.reduce((sum, id) => sum + (id === operation ? 1 : 0), 0);
  // Copied, so that the responses beside it can be let go of.
  return {
    ...task,
    created: count(CREATE),
    expanded: count(CLOSE),
    reasoning: reasoning.slice(),
    plan: plan.slice(),
  };
}

/** The first of those that say the same. */
function distinct(rows: readonly Example[]): Example[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const isFirst = !seen.has(said(row));
    seen.add(said(row));
    return isFirst;
  });
}

const said = ({ reasoning, plan }: Answer): string => `${reasoning.join()} ${plan.join()}`;

function meanTrace({ count, reasoning }: Examples): number | null {
  return count === 0 ? null : reasoning.ids.length / count;
}
