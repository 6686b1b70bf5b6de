/**
 * Is a complete trace the log of some run of A*, whatever the order of children and the breaking
 * of ties?
 *
 * The search is replayed with the trace as its oracle: a `close` says which of the open states of
 * least f goes next, and the creates after it must be those of its children that are new or
 * cheaper than before, in any order. If a close fits several open states, which only boxes on
 * docks tell apart, they are tried one after the other.
 */
import type { Clause } from './clauses.ts';
import { createReplayState, type ReplayState } from './replayState.ts';
import type { Node, StateSpace } from './stateSpace.ts';
import { illegal, type Illegal, type TraceVerdict } from './verdict.ts';

/** Choices taken back after which it is unknown whether another would explain the trace. */
const MAX_RETRIES = 1_000;

/** @param clauses at least one; a string is a malformed clause and says why */
export function replay(space: StateSpace, clauses: readonly (Clause | string)[]): TraceVerdict {
  const { start } = space;
  const first = clauses[0]!;
  if (typeof first === 'string') return illegal(0, first);
  if (start === null) return illegal(0, 'there is no plan from the start, so nothing is logged');
  if (first.closes || first.state !== start.text) return illegal(0, 'does not create the start');
  if (!hasCosts(first, 0, start.h)) return illegal(0, `its costs are not c0 c${start.h}`);

  const state = createReplayState();
  state.open(start, 0);
  const verdict = explain({ space, clauses, state });
  state.undo(0);
  return verdict;
}

interface Replay {
  readonly space: StateSpace;
  readonly clauses: readonly (Clause | string)[];
  readonly state: ReplayState;
}

type Outcome = { readonly verdict: 'legal' } | Illegal;

const LEGAL: Outcome = { verdict: 'legal' };

/** Depth first through the states that closes may mean; illegal where the best attempt ends. */
function explain(replayed: Replay): TraceVerdict {
  const { state } = replayed;
  const untried: { readonly at: number; readonly node: Node; readonly mark: number }[] = [];
  /** Attempts that differ only in the order of two closes come to the same point. */
  const visited = new Set<string>();
  let furthest = illegal(0, '');

  const step = (at: number): number | Outcome => {
    if (untried.length > 0 || visited.size > 0) {
      const here = `${at},${state.signature()}`;
      if (visited.has(here)) return furthest;
      visited.add(here);
    }
    const nodes = closeable(replayed, at);
    if (!Array.isArray(nodes)) return nodes;
    const mark = state.mark();
    for (let i = 1; i < nodes.length; i++) untried.push({ at, node: nodes[i]!, mark });
    return expand(replayed, at, nodes[0]!);
  };

  let outcome: number | Outcome = 1;
  for (let retries = 0; ; retries++) {
    while (typeof outcome === 'number') outcome = step(outcome);
    if (outcome.verdict === 'legal') return outcome;
    if (outcome.clause >= furthest.clause) furthest = outcome;
    const retry = untried.pop();
    if (retry === undefined) return furthest;
    if (retries === MAX_RETRIES) return { ...furthest, verdict: 'unknown' };
    state.undo(retry.mark);
    outcome = expand(replayed, retry.at, retry.node);
  }
}

/** The open states that clause `at` may close. */
function closeable({ space, clauses, state }: Replay, at: number): Node[] | Illegal {
  const clause = clauses[at];
  if (clause === undefined) return illegal(at, `is missing: ${state.size} states are still open`);
  if (typeof clause === 'string') return illegal(at, clause);
  if (!clause.closes) return illegal(at, NOT_CREATED);
  const open = space.named(clause.state).filter((node) => node.open);
  if (open.length === 0) return illegal(at, 'closes a state that is not open');
  const meant = open.filter((node) => hasCosts(clause, node.g, node.h));
  if (meant.length === 0) return illegal(at, `its costs are not c${open[0]!.g} c${open[0]!.h}`);
  const isLowest = meant[0]!.g + meant[0]!.h === state.lowestF();
  return isLowest ? meant : illegal(at, 'closes a state while one of lower f is open');
}

/** Closes a state and checks the clauses that create its children; the clause after these. */
function expand({ space, clauses, state }: Replay, at: number, node: Node): number | Outcome {
  state.close(node);
  if (node.isGoal) {
    return at + 1 === clauses.length ? LEGAL : illegal(at + 1, 'follows the close of a goal');
  }
  const g = node.g + 1;
  const pending = space.children(node).filter((child) => child.g > g);
  for (at++; pending.length > 0; at++) {
    const clause = clauses[at];
    if (clause === undefined) return illegal(at, 'is missing: not all children are created');
    if (typeof clause === 'string') return illegal(at, clause);
    if (clause.closes) return illegal(at, 'closes a state before all children are created');
    const named = pending.filter((child) => child.text === clause.state);
    if (named.length === 0) return illegal(at, NOT_CREATED);
    const child = named.find(({ h }) => hasCosts(clause, g, h));
    if (child === undefined) return illegal(at, `its costs are not c${g} c${named[0]!.h}`);
    pending.splice(pending.indexOf(child), 1);
    state.open(child, g);
  }
  if (state.size > 0) return at;
  return at === clauses.length ? LEGAL : illegal(at, 'follows the close of the last open state');
}

const NOT_CREATED = 'creates a state that A* would not create here';

const hasCosts = ({ costs }: Clause, g: number, h: number): boolean =>
  costs !== null && costs.g === g && costs.h === h;
