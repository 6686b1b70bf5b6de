/**
 * What a solver may know of a problem: a graph over integer states in which every step costs 1.
 *
 * Integers keep the inner loop of A* in typed arrays. A problem whose states are not integers by
 * nature numbers them in the order in which it first generates them.
 */
export interface SearchProblem {
  readonly start: number;
  /** The most children any state has. */
  readonly maxSuccessors: number;
  isGoal(state: number): boolean;
  /**
   * Writes the children of `state` to the front of `into`, in the environment's stated order,
   * and returns how many there are.
   */
  successors(state: number, into: Int32Array): number;
  /** Admissible estimate of the steps to a goal; Infinity for a state known to be dead. */
  heuristic(state: number): number;
  /**
   * Decides between open states of equal f in deterministic search: the lower rank goes first. It may
   * depend on the order in which states were met, so that such a search needs a problem of its own.
   */
  tieRank(state: number): number;
  /** The cell of the agent in `state`, as x + y·width. */
  agent(state: number): number;
}
