/**
 * An inner state of a plan is neither its start nor its goal. One draw decides for the first three
 * kinds, so that mostly they change the same clause in three ways.
 *
 * - `none`: nothing is changed, the control
 * - `drop-close`: the close of an inner state of the plan is left out; what it created seems to come
 *   from the state closed before
 * - `rename-close`: it names another state that was created before, from which the plan's next state
 *   then seems to come
 * - `raise-cost`: it says that the state is two steps further from the start than it is; the order of
 *   clauses tells the same plan as ever
 * - `drop-elsewhere`: the close of a state that no shortest plan leads through is left out
 * - `blocked`: a whole trace, of the same board with a wall on an inner cell of the plan, where the
 *   shortest plan is longer; it leads through the board as it is too
 * - `swap`: a whole trace, that of another task
 */
export const CORRUPTIONS = [
  'none',
  'drop-close',
  'rename-close',
  'raise-cost',
  'drop-elsewhere',
  'blocked',
  'swap',
] as const;

export type Corruption = (typeof CORRUPTIONS)[number];
