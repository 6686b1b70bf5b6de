/**
 * Sokoban: a worker pushes boxes, one at a time, until each stands on a dock (Searchformer,
 * arXiv 2402.14083, section 3.1). Every move costs 1, whether or not it pushes.
 *
 * The heuristic is admissible but inconsistent: pushing a box off its dock frees the dock for
 * others and can lower f, so A* has to reopen closed states. Deviation: among open states of
 * equal f the released code follows a randomised string hash; here the lower h goes first, then
 * the state that was generated first.
 */
import type { Board, PlanCheck, Position } from '../environment.ts';
import { cellAt, isNeighbour } from '../environment.ts';
import type { SearchProblem } from '../searchProblem.ts';
import { createHeuristic, DEAD } from './heuristic.ts';
import { BLOCKED, MOVES, neighbourTable } from './moves.ts';
import { createStateTable } from './stateTable.ts';

/** A box and the worker may stand on a dock. */
export interface Sokoban extends Board {
  /** Cells, ascending. */
  readonly docks: readonly number[];
  /** Cells, ascending; at most as many as docks, or there is no plan. */
  readonly boxes: readonly number[];
  readonly worker: number;
}

export interface SokobanProblem extends SearchProblem {
  /** The cells of all boxes in `state`, docked ones too, ascending. */
  boxes(state: number): readonly number[];
}

/**
 * A state is the worker's cell and the boxes' cells, ascending. Moves off the board are illegal,
 * so a level needs no border.
 */
export function sokobanProblem(level: Sokoban): SokobanProblem {
  const neighbours = neighbourTable(level);
  const estimate = createHeuristic(level, neighbours);
  const table = createStateTable(1 + level.boxes.length);
  const current = Int32Array.of(level.worker, ...level.boxes);
  const child = Int32Array.from(current);
  const start = table.intern(current);

  let estimates = new Int32Array(256).fill(UNKNOWN);
  const heuristic = (state: number): number => {
    if (state >= estimates.length) estimates = lengthened(estimates, 2 * state);
    if (estimates[state] === UNKNOWN) {
      table.read(state, current);
      estimates[state] = estimate(current);
    }
    return estimates[state] === DEAD ? Infinity : estimates[state]!;
  };

  return {
    start,
    maxSuccessors: MOVES,
    isGoal: (state) => heuristic(state) === 0,
    successors(state, into) {
      table.read(state, current);
      let count = 0;
      for (let move = 0; move < MOVES; move++) {
        const target = neighbours[current[0]! * MOVES + move]!;
        if (target === BLOCKED) continue;
        child.set(current);
        child[0] = target;
        const box = child.indexOf(target, 1);
        if (box > 0) {
          const beyond = neighbours[target * MOVES + move]!;
          if (beyond === BLOCKED || child.indexOf(beyond, 1) > 0) continue;
          moveBox(child, box, beyond);
        }
        into[count++] = table.intern(child);
      }
      return count;
    },
    heuristic,
    tieRank: (state) => heuristic(state) * 2 ** 32 + state,
    agent(state) {
      table.read(state, current);
      return current[0]!;
    },
    boxes(state) {
      table.read(state, current);
      return Array.from(current.subarray(1));
    },
  };
}

/** Replays the worker's moves, pushing boxes; valid if all boxes stand on docks at the end. */
export function checkSokobanPlan(level: Sokoban, plan: readonly Position[]): PlanCheck {
  const boxes = new Set(level.boxes);
  const blocked = (cell: number | null): cell is null => cell === null || level.walls[cell] !== 0;
  let previous: Position | undefined;
  for (const [at, position] of plan.entries()) {
    const wrong = (reason: string): PlanCheck => ({ valid: false, at, reason });
    const cell = cellAt(level, position);
    if (cell === null) return wrong('is off the board');
    if (level.walls[cell] !== 0) return wrong('is a wall');
    if (previous === undefined) {
      if (cell !== level.worker) return wrong("is not the worker's cell");
    } else {
      if (!isNeighbour(previous, position)) return wrong('is no neighbour of the position before');
      if (boxes.delete(cell)) {
        const beyond = cellAt(level, {
          x: 2 * position.x - previous.x,
          y: 2 * position.y - previous.y,
        });
        if (blocked(beyond) || boxes.has(beyond)) return wrong('pushes a box that is blocked');
        boxes.add(beyond);
      }
    }
    previous = position;
  }
  if (previous === undefined) return { valid: false, at: 0, reason: 'the plan is empty' };
  for (const dock of level.docks) boxes.delete(dock);
  if (boxes.size === 0) return { valid: true };
  return { valid: false, at: plan.length - 1, reason: 'is last, but a box is not on a dock' };
}

/** Marks an estimate that was not asked for yet. */
const UNKNOWN = -2;

function lengthened(estimates: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length).fill(UNKNOWN);
  longer.set(estimates);
  return longer;
}

/** Moves the box in slot `slot` of [worker, ...boxes] to `cell`, keeping the boxes ascending. */
function moveBox(state: Int32Array, slot: number, cell: number): void {
  for (; slot > 1 && state[slot - 1]! > cell; slot--) state[slot] = state[slot - 1]!;
  for (; slot + 1 < state.length && state[slot + 1]! < cell; slot++) state[slot] = state[slot + 1]!;
  state[slot] = cell;
}
