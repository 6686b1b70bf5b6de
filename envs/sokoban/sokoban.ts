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
import { createMemory } from '../memory.ts';
import { createHeuristic } from './heuristic.ts';
import { BLOCKED, MOVES, neighbourTable } from './moves.ts';
import { BOX, createStateTable } from './stateTable.ts';

/** A box and the worker may stand on a dock. */
export interface Sokoban extends Board {
  /** Cells, ascending. */
  readonly docks: readonly number[];
  /** Cells, ascending; at most as many as docks, or there is no plan. */
  readonly boxes: readonly number[];
  readonly worker: number;
}

export interface SokobanProblem extends SearchProblem {
  /** The number of the boxes' arrangement in `state`; they count from 0 as they are generated. */
  arrangement(state: number): number;
  /** The cells of all boxes in `state`, docked ones too, ascending. */
  boxes(state: number): readonly number[];
}

/**
 * A state is the worker's cell and the boxes' cells, ascending. Moves off the board are illegal,
 * so a level needs no border.
 */
export function sokobanProblem(level: Sokoban, memory = createMemory()): SokobanProblem {
  const neighbours = neighbourTable(level);
  const estimate = createHeuristic(level, neighbours);
  const table = createStateTable(level, level.boxes.length, memory);
  const boxes = Int32Array.from(level.boxes);

  /** By arrangement; the worker's cell counts for nothing. */
  let estimates = memory.counted(new Float64Array(256));
  const arrange = (): number => {
    const known = table.arrangements;
    const arrangement = table.arrange(boxes);
    if (arrangement === known) {
      if (known === estimates.length) estimates = memory.lengthened(estimates, 2 * known);
      estimates[known] = estimate(boxes);
    }
    return arrangement;
  };
  const heuristic = (state: number): number => estimates[table.arrangement(state)]!;
  const start = table.state(arrange(), level.worker);

  return {
    start,
    maxSuccessors: MOVES,
    isGoal: (state) => heuristic(state) === 0,
    successors(state, into) {
      const arrangement = table.arrangement(state);
      const worker = table.worker(state);
      let count = 0;
      for (let move = 0; move < MOVES; move++) {
        const target = neighbours[worker * MOVES + move]!;
        if (target === BLOCKED) continue;
        let child = table.state(arrangement, target);
        if (child === BOX) {
          const beyond = neighbours[target * MOVES + move]!;
          if (beyond === BLOCKED || table.hasBox(arrangement, beyond)) continue;
          table.boxes(arrangement, boxes);
          moveBox(boxes, target, beyond);
          child = table.state(arrange(), target);
        }
        into[count++] = child;
      }
      return count;
    },
    heuristic,
    tieRank: (state) => heuristic(state) * 2 ** 32 + state,
    agent: (state) => table.worker(state),
    arrangement: (state) => table.arrangement(state),
    boxes(state) {
      table.boxes(table.arrangement(state), boxes);
      return [...boxes];
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

/** Moves the box on cell `from`, where there is one, to `to`, keeping the boxes ascending. */
function moveBox(boxes: Int32Array, from: number, to: number): void {
  let slot = 0;
  while (boxes[slot] !== from) slot++;
  for (; slot > 0 && boxes[slot - 1]! > to; slot--) boxes[slot] = boxes[slot - 1]!;
  for (; slot + 1 < boxes.length && boxes[slot + 1]! < to; slot++) boxes[slot] = boxes[slot + 1]!;
  boxes[slot] = to;
}
