/**
 * What a model's traces leave out of A*'s search: which of the states that deterministic A* closes on
 * a task they close too. The shares are the kit's own; Searchformer (arXiv 2402.14083), section 4.3,
 * tells of shorter traces, not of what they lack.
 */
import { environmentOf } from '../../envs/index.ts';
import { astar } from '../../solvers/astar.ts';
import { clauseBounds, readClause } from '../../traces/clauses.ts';
import { tokenizerOf } from '../../traces/index.ts';
import { statesOnShortestPlans } from '../../traces/shortestPlans.ts';
import { stateTexts } from '../../traces/stateTexts.ts';
import type { Vocabulary } from '../../traces/vocabulary.ts';
import { type Estimate, ratioOfSums } from './metrics.ts';
import type { EvaluationRecord } from './records.ts';

/** Each a ratio of sums over the optimal responses with a trace; null where there are none. */
export interface Skipping {
  /** States that A* closes and the trace does not / states that A* closes. */
  readonly omitted: Estimate | null;
  /** The same of the states on shortest plans. */
  readonly omittedOnPlans: Estimate | null;
  /** And of all others, which a search could have done without. */
  readonly omittedElsewhere: Estimate | null;
  /** States that the trace closes and A* does not / states that A* closes. */
  readonly added: Estimate | null;
}

/** States as in `Clause.state`. */
export interface Closings {
  readonly onPlans: ReadonlySet<string>;
  readonly elsewhere: ReadonlySet<string>;
}

export function skipping(records: readonly EvaluationRecord[], vocabulary: Vocabulary): Skipping {
  const counts = records.flatMap((record) => {
    const traced = record.samples.filter(
      ({ outcome, traceLength }) => outcome === 'optimal' && traceLength > 0,
    );
    if (traced.length === 0) return [];
    const closings = aStarClosings(record, vocabulary);
    if (closings === null) return [];
    const { onPlans, elsewhere } = closings;
    const sums = { traced: traced.length, onPlans: 0, elsewhere: 0, added: 0 };
    for (const { tokens, traceLength } of traced) {
      const own = closedStates(tokens.subarray(0, traceLength), vocabulary);
      sums.onPlans += missing(onPlans, own);
      sums.elsewhere += missing(elsewhere, own);
      for (const state of own) if (!onPlans.has(state) && !elsewhere.has(state)) sums.added++;
    }
    return [{ ...sums, onPlansOf: onPlans.size, elsewhereOf: elsewhere.size }];
  });
  type Counts = (typeof counts)[number];
  const ratio = (above: (c: Counts) => number, below: (c: Counts) => number): Estimate | null =>
    ratioOfSums(counts.map((c) => [above(c), c.traced * below(c)]));
  const all = (c: Counts): number => c.onPlansOf + c.elsewhereOf;
  return {
    omitted: ratio((c) => c.onPlans + c.elsewhere, all),
    omittedOnPlans: ratio(
      (c) => c.onPlans,
      (c) => c.onPlansOf,
    ),
    omittedElsewhere: ratio(
      (c) => c.elsewhere,
      (c) => c.elsewhereOf,
    ),
    added: ratio((c) => c.added, all),
  };
}

/** What deterministic A* closes on the task of a record; null if it has too many states to tell. */
function aStarClosings(
  record: Pick<EvaluationRecord, 'prompt' | 'width' | 'height'>,
  vocabulary: Vocabulary,
): Closings | null {
  const tokenizer = tokenizerOf(vocabulary.environment);
  const task = tokenizer.readPrompt(record.prompt, vocabulary, record);
  const problem = environmentOf(vocabulary.environment).searchProblem(task);
  const writer = tokenizer.states(task, vocabulary, problem);
  const textOf = stateTexts(writer);
  const [onPlans, elsewhere] = [new Set<string>(), new Set<string>()];
  // First of all, since ties may go by which states the problem has met.
  const { log } = astar(problem);
  const shortest = statesOnShortestPlans(problem, writer);
  if (shortest === null) return null;
  for (let row = 0; row < log.length; row++) {
    if (log.closes[row] !== 1) continue;
    const state = textOf(log.states[row]!);
    (shortest.has(state) ? onPlans : elsewhere).add(state);
  }
  return { onPlans, elsewhere };
}

/** Clauses that cannot be read close nothing. */
function closedStates(reasoning: Uint16Array, vocabulary: Vocabulary): ReadonlySet<string> {
  const states = new Set<string>();
  const bounds = clauseBounds(reasoning);
  for (const [i, begin] of bounds.slice(0, -1).entries()) {
    const clause = readClause(reasoning, { begin, end: bounds[i + 1]! }, vocabulary);
    if (typeof clause !== 'string' && clause.closes) states.add(clause.state);
  }
  return states;
}

function missing(of: ReadonlySet<string>, within: ReadonlySet<string>): number {
  let count = 0;
  for (const state of of) if (!within.has(state)) count++;
  return count;
}
