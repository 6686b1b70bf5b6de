/**
 * A* and the log of its search dynamics (Searchformer, arXiv 2402.14083, section 3.1).
 *
 * Closed states that are reached more cheaply are opened again, so plans are optimal under any
 * admissible heuristic, consistent or not. Deviation: the released code breaks ties at random
 * inside the comparison of its heap, which is no ordering; here every entry draws a random rank.
 */
import type { Rng } from '../envs/rng.ts';
import type { SearchProblem } from '../envs/searchProblem.ts';
import { createMemory, MemoryLimitReached, type Memory } from '../envs/memory.ts';
import { createOpenList, type OpenList } from './openList.ts';
import { createReached, UNSEEN, type Reached } from './reached.ts';
import { CLOSE, CREATE, createLogWriter, type LogWriter, type SearchLog } from './searchLog.ts';

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
  /** Counts what the search and its log take; the problem's, so that both share one limit. */
  readonly memory?: Memory;
  /** Called every few thousand rows of the log. */
  readonly onProgress?: (progress: SearchProgress) => void;
}

export interface SearchProgress {
  /** Rows of the log. */
  readonly steps: number;
  /** How many of them create a state. */
  readonly created: number;
}

/** Mostly some milliseconds' work. */
const REPORT_STEPS = 4096;

/** @throws MemoryLimitReached, which tells how far the search came */
export function astar(problem: SearchProblem, options: AstarOptions = {}): SearchResult {
  const { memory } = options;
  if (memory === undefined) return searchReusing(problem, options);
  const workspace = createWorkspace(memory);
  const { log } = workspace;
  try {
    const { plan, truncated } = search(problem, workspace, options);
    return { log: log.view(), plan, truncated };
  } catch (error) {
    if (!(error instanceof MemoryLimitReached)) throw error;
    const created = log.created.toLocaleString('en');
    throw new MemoryLimitReached(`${error.message} (${created} states created so far)`);
  }
}

/**
 * Works where the search before did: to make room anew would take longer than to search a small
 * maze.
 */
function searchReusing(problem: SearchProblem, options: AstarOptions): SearchResult {
  try {
    const { plan, truncated } = search(problem, reused, options);
    return { log: reused.log.columns(), plan, truncated };
  } finally {
    if (reused.memory.bytes > MOST_REUSED) reused = createWorkspace();
    clear(reused);
  }
}

/** What a search works on. */
interface Workspace {
  readonly memory: Memory;
  readonly open: OpenList;
  readonly log: LogWriter;
  readonly reached: Reached;
}

function createWorkspace(memory = createMemory()): Workspace {
  return {
    memory,
    open: createOpenList(memory),
    log: createLogWriter(memory),
    reached: createReached(memory),
  };
}

let reused = createWorkspace();
/** Bytes. A larger workspace is left to the garbage collector. */
const MOST_REUSED = 2 ** 24;

/** Fills the workspace's log. */
function search(
  problem: SearchProblem,
  workspace: Workspace,
  options: AstarOptions,
): Omit<SearchResult, 'log'> {
  const { open, log, reached } = workspace;
  const { rng, maxSteps = Infinity, onProgress } = options;
  const children = new Int32Array(problem.maxSuccessors);

  /** Opens a state, for the first time or again; dead ones are dropped. */
  const create = (state: number, g: number, parent: number): void => {
    const h = problem.heuristic(state);
    if (h === Infinity) return;
    log.append(CREATE, state, g, h);
    reached.reach(state, g, parent);
    // A random rank has 32 bits behind the point: its sum with f is exact, and one comparison serves.
    if (rng === undefined) open.push(state, g + h, problem.tieRank(state));
    else open.push(state, g + h + rng.next(), 0);
  };

  create(problem.start, 0, problem.start);
  let pause = Math.min(maxSteps, REPORT_STEPS);
  while (open.size > 0) {
    if (log.size >= pause) {
      if (log.size >= maxSteps) return { plan: null, truncated: true };
      onProgress?.({ steps: log.size, created: log.created });
      pause = Math.min(maxSteps, pause + REPORT_STEPS);
    }
    const state = open.pop();
    const g = reached.cost(state);
    log.append(CLOSE, state, g, problem.heuristic(state));
    if (problem.isGoal(state)) {
      return { plan: reached.path(state), truncated: false };
    }
    const count = problem.successors(state, children);
    if (rng !== undefined) rng.shuffle(children, count);
    for (let i = 0; i < count; i++) {
      const child = children[i]!;
      const cost = reached.cost(child);
      if (cost === UNSEEN || cost > g + 1) create(child, g + 1, state);
    }
  }
  return { plan: null, truncated: false };
}

/** Forgets the search before, of which the log names every state. */
function clear({ open, log, reached }: Workspace): void {
  reached.forget(log.states());
  log.clear();
  open.clear();
}
