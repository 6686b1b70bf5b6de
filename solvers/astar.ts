/**
 * A* and the log of its search dynamics (Searchformer, arXiv 2402.14083, section 3.1).
 *
 * Closed states that are reached more cheaply are opened again, so plans are optimal under any
 * admissible heuristic, consistent or not. Deviation: the released code breaks ties at random
 * inside the comparison of its heap, which is no ordering; here every entry draws a random rank.
 */
import type { Rng } from '../envs/rng.ts';
import type { SearchProblem } from '../envs/searchProblem.ts';
import { lengthened } from '../envs/growable.ts';
import { createOpenList } from './openList.ts';
import { CLOSE, CREATE, createLogWriter } from './searchLog.ts';
import type { SearchLog } from './searchLog.ts';

export type { SearchLog };

export interface SearchResult {
  /** Ends with the close of the goal; empty if the start is known to be dead. */
  readonly log: SearchLog;
  /** States from start to goal, or null if there is no plan or the search was truncated. */
  readonly plan: Int32Array | null;
  /** Whether the search was given up for `maxSteps`. */
  readonly truncated: boolean;
}

export interface AstarOptions {
  /** Shuffles children and breaks ties at random; deterministic without. */
  readonly rng?: Rng;
  /** Gives up as soon as the log is bound to have more rows than this. */
  readonly maxSteps?: number;
}

export function astar(problem: SearchProblem, options: AstarOptions = {}): SearchResult {
  const { rng, maxSteps = Infinity } = options;
  const children = new Int32Array(problem.maxSuccessors);
  clear();

  /** Opens a state, for the first time or again; dead ones are dropped. */
  const create = (state: number, g: number, parent: number): void => {
    const h = problem.heuristic(state);
    if (h === Infinity) return;
    log.append(CREATE, state, g, h);
    costs[state] = g;
    parents[state] = parent;
    // A random rank has 32 bits behind the point: its sum with f is exact, and one comparison serves.
    if (rng === undefined) open.push(state, g + h, problem.tieRank(state));
    else open.push(state, g + h + rng.next(), 0);
  };

  reserve(problem.start);
  create(problem.start, 0, problem.start);
  while (open.size > 0) {
    if (log.size >= maxSteps) return { log: log.columns(), plan: null, truncated: true };
    const state = open.pop();
    const g = costs[state]!;
    log.append(CLOSE, state, g, problem.heuristic(state));
    if (problem.isGoal(state)) {
      return { log: log.columns(), plan: pathTo(state), truncated: false };
    }
    const count = problem.successors(state, children);
    if (rng !== undefined) rng.shuffle(children, count);
    for (let i = 0; i < count; i++) {
      const child = children[i]!;
      reserve(child);
      if (costs[child] === UNSEEN || costs[child]! > g + 1) create(child, g + 1, state);
    }
  }
  return { log: log.columns(), plan: null, truncated: false };
}

// What a search works on is kept for the next one: to allocate it anew would take longer than to
// search a small maze.
const UNSEEN = -1;
const open = createOpenList();
const log = createLogWriter();
/** Cheapest cost from the start so far, by state. */
let costs = new Int32Array(256).fill(UNSEEN);
/** The state before, on the cheapest way so far. */
let parents = new Int32Array(256);

/** Forgets the search before, of which the log names every state. */
function clear(): void {
  const states = log.states();
  for (let row = 0; row < states.length; row++) costs[states[row]!] = UNSEEN;
  log.clear();
  open.clear();
}

function reserve(state: number): void {
  if (state < costs.length) return;
  costs = lengthened(costs, 2 * state, UNSEEN);
  parents = lengthened(parents, 2 * state);
}

/** Follows the parents back to the start. */
function pathTo(state: number): Int32Array {
  const path = new Int32Array(costs[state]! + 1);
  for (let i = path.length - 1; i >= 0; i--) {
    path[i] = state;
    state = parents[state]!;
  }
  return path;
}
