/**
 * The plan that a complete trace tells by itself, whatever the board: the way back from the goal that
 * it closes last, from each state to the one that was being expanded when it was created last.
 *
 * That is how A* finds its plan, so a trace of A* tells the plan that comes with it.
 */
import { clauseBounds, readClause } from './clauses.ts';
import { PLAN, type Vocabulary } from './vocabulary.ts';

/** States from start to goal, as in `Clause.state`; null if the trace tells of no such way. */
export function toldStates(
  reasoning: ArrayLike<number>,
  vocabulary: Vocabulary,
): readonly string[] | null {
  const bounds = clauseBounds(reasoning);
  const parents = new Map<string, string | null>();
  let expanded: string | null = null;
  let endsWithClose = false;
  for (const [i, end] of bounds.slice(1).entries()) {
    const clause = readClause(reasoning, { begin: bounds[i]!, end }, vocabulary);
    if (typeof clause === 'string') return null;
    endsWithClose = clause.closes;
    if (clause.closes) expanded = clause.state;
    else parents.set(clause.state, expanded);
  }
  if (!endsWithClose) return null;
  const way: string[] = [];
  for (let state = expanded; state !== null;) {
    const parent = parents.get(state);
    // A longer way comes back to where it was.
    if (parent === undefined || way.length === parents.size) return null;
    way.push(state);
    state = parent;
  }
  return way.reverse();
}

/** The same as `plan x y …`, where the agent stands in each state. */
export function toldPlan(
  reasoning: ArrayLike<number>,
  vocabulary: Vocabulary,
): readonly number[] | null {
  const states = toldStates(reasoning, vocabulary);
  return states && states.flatMap((state) => [PLAN, ...agentIds(state, vocabulary)]);
}

/** How many positions a plan has that costs what the trace closes last; null if it tells no cost. */
export function toldLength(reasoning: ArrayLike<number>, vocabulary: Vocabulary): number | null {
  const [begin, end] = clauseBounds(reasoning).slice(-2) as [number, number];
  const clause = readClause(reasoning, { begin, end }, vocabulary);
  if (typeof clause === 'string' || !clause.closes || clause.costs === null) return null;
  return clause.costs.g + 1;
}

/** The two coordinates of the agent, which are the first in every environment's clauses. */
export function agentIds(state: string, vocabulary: Vocabulary): number[] {
  return Array.from(state, (unit) => unit.charCodeAt(0))
    .filter((id) => vocabulary.kind(id) === 'coordinate')
    .slice(0, 2);
}
