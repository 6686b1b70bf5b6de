/** What a response is worth, by the kit's own checkers, and where it goes wrong. */
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { judgeResponse } from '../../src/evaluation/evaluate.ts';
import type { SampleRecord } from '../../src/evaluation/records.ts';
import { clauseBounds } from '../../traces/clauses.ts';
import { parseResponse } from '../../traces/parse.ts';
import { validateTrace } from '../../traces/validate.ts';
import { CLOSE, EOS, type Vocabulary } from '../../traces/vocabulary.ts';
import type { Line } from './lines.ts';

/** Of a line, or of what lacks behind the last one. */
export interface Fault {
  readonly line: number;
  readonly reason: string;
  /**
   * The line behind the last that it leaves without a judgement: what a search does depends on all that
   * it did before, and where a plan leads, on all of its steps.
   */
  readonly until: number;
}

/** Whether a line can't be judged for a fault before it. */
export function isUnjudged(faults: readonly Fault[], line: number): boolean {
  return faults.some((fault) => fault.line < line && line < fault.until);
}

export interface Problem {
  readonly task: Board;
  readonly vocabulary: Vocabulary;
  /** Positions of a shortest plan; null if there is none. */
  readonly optimalLength: number | null;
}

export interface Judgement {
  readonly record: SampleRecord;
  readonly faults: readonly Fault[];
}

/** Of a whole response. */
export function judge(ids: Uint16Array, lines: readonly Line[], problem: Problem): Judgement {
  const { task, vocabulary, optimalLength } = problem;
  const example = { id: 0, optimalLength: optimalLength ?? 0 };
  const record = judgeResponse(ids, { example, task, vocabulary });
  const faults = [...traceFaults(ids, problem), ...planFaults(ids, lines, problem)];
  return { record, faults };
}

/** Of a response that still grows: what its whole clauses say already. */
export function faultsSoFar(ids: Uint16Array, problem: Problem): Fault[] {
  const { reasoning } = parseResponse(ids, problem.vocabulary);
  const grows = reasoning.length === ids.length && ids.at(-1) !== EOS;
  if (!grows) return traceFaults(ids, problem);
  const bounds = clauseBounds(reasoning);
  const whole = bounds.length - 2;
  const faults = traceFaults(ids.subarray(0, Math.max(0, bounds[whole] ?? 0)), problem);
  // What lacks may still come.
  return faults.filter(({ line }) => line < whole);
}

/**
 * A complete trace is judged up to its first fault. Of a trace that clauses are dropped from, each clause
 * is judged by itself, so that those behind a fault are judged as if it were not there.
 */
function traceFaults(ids: Uint16Array, { task, vocabulary }: Problem): Fault[] {
  const { reasoning } = parseResponse(ids, vocabulary);
  const bounds = clauseBounds(reasoning);
  const count = bounds.length - 1;
  const clauses = Array.from({ length: count }, (_, line) => ({
    line,
    tokens: reasoning.slice(bounds[line], bounds[line + 1]),
  }));
  const faults: Fault[] = [];
  for (;;) {
    const left = faults.length === 0 ? reasoning : clauses.flatMap(({ tokens }) => tokens);
    const verdict = validateTrace(task, vocabulary.environment, vocabulary, left);
    if (verdict.verdict !== 'illegal') return faults;
    const { reason } = verdict;
    const line = clauses[verdict.clause]?.line ?? count;
    const isComplete = clauses.slice(0, 2).some(({ tokens }) => tokens[0] === CLOSE);
    const ends = isComplete || line === count || faults.length + 1 === MOST_FAULTS;
    faults.push({ line, reason, until: ends ? count : line + 1 });
    if (ends) return faults;
    clauses.splice(verdict.clause, 1);
  }
}

/** In one trace: more help nobody, and each is searched for anew. */
const MOST_FAULTS = 32;

function planFaults(
  ids: Uint16Array,
  lines: readonly Line[],
  { task, vocabulary }: Problem,
): Fault[] {
  const { plan, error } = parseResponse(ids, vocabulary);
  if (error !== null) {
    const line = lines.findIndex(({ end }) => error.at < end);
    const at = line < 0 ? lines.length : line;
    return [{ line: at, reason: error.reason, until: lines.length }];
  }
  const check = environmentOf(vocabulary.environment).checkPlan(task, plan!);
  if (check.valid) return [];
  const first = lines.findIndex(({ operation }) => operation === 'plan');
  const until = lines.findLastIndex(({ operation }) => operation === 'plan') + 1;
  return [{ line: first + check.at, reason: check.reason, until }];
}
