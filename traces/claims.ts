/**
 * Does a trace that dropping took parts of claim anything that can't be?
 *
 * Each `create` is checked on its own: A* can come to this state and, if costs were kept, h is
 * the state's heuristic and g the length of some way to it: at least the shortest one and of its
 * parity, since in every environment each step moves the agent to a neighbouring cell. A state
 * that is created again must have become cheaper. These are necessary conditions: a consistent
 * trace need not be what dropping leaves of a legal one.
 */
import type { Clause } from './clauses.ts';
import type { Node, StateSpace } from './stateSpace.ts';
import { illegal, type TraceVerdict } from './verdict.ts';

/** @param clauses at least one; a string is a malformed clause and says why */
export function checkClaims(
  space: StateSpace,
  clauses: readonly (Clause | string)[],
): TraceVerdict {
  const [first] = clauses;
  const withCosts = typeof first === 'object' && first.costs !== null;
  const cheapest = new Map<Node, number>();
  let unknown: TraceVerdict | undefined;
  for (const [at, clause] of clauses.entries()) {
    if (typeof clause === 'string') return illegal(at, clause);
    if (clause.closes) return illegal(at, 'closes a state, unlike the clauses before');
    if ((clause.costs !== null) !== withCosts) {
      return illegal(at, `has ${withCosts ? 'no ' : ''}costs, unlike the clauses before`);
    }
    const found = findClaimed(space, clause);
    if (found === null) return illegal(at, reasonAgainst(space, clause));
    if (found === undefined) {
      unknown ??= { verdict: 'unknown', clause: at, reason: 'too many states to search' };
    } else if (clause.costs !== null) {
      const { g } = clause.costs;
      if ((cheapest.get(found) ?? Infinity) <= g && isOnlyOne(space, clause.state, g)) {
        return illegal(at, 'creates a state again that was created at no higher cost');
      }
      cheapest.set(found, g);
    }
  }
  return unknown ?? { verdict: 'consistent' };
}

function findClaimed(space: StateSpace, { state, costs }: Clause): Node | null | undefined {
  if (costs === null) return space.find(state, Infinity, () => true);
  const { g, h } = costs;
  return space.find(
    state,
    g,
    (node) => node.h === h && (g - node.steps) % 2 === 0 && (g === 0 || node !== space.start),
  );
}

/** Why no state is as the clause says. */
function reasonAgainst(space: StateSpace, { state, costs }: Clause): string {
  if (costs === null) return 'no steps lead to it';
  const { g, h } = costs;
  const reached = space.named(state).filter((node) => node.steps <= g);
  if (reached.length === 0) return `no ${g} steps lead to it`;
  if (reached.some((node) => node.h === h)) return `its cost from the start can't be c${g}`;
  return `its heuristic is not c${h}`;
}

/** Whether a text stands for a single one of the states that `maxSteps` steps lead to. */
function isOnlyOne(space: StateSpace, text: string, maxSteps: number): boolean {
  if (space.find(text, maxSteps, () => false) === undefined) return false;
  return space.named(text).filter((node) => node.steps <= maxSteps).length === 1;
}
