/** Where the steps of the worker and of boxes lead. */
import type { Board, Position } from '../environment.ts';
import { cellAt } from '../environment.ts';

/** Steps in the order in which A* generates children: up, down, left, right. */
export const SOKOBAN_MOVES: readonly Position[] = [
  { x: 0, y: -1 },
  { x: 0, y: 1 },
  { x: -1, y: 0 },
  { x: 1, y: 0 },
];
export const MOVES = SOKOBAN_MOVES.length;

export const BLOCKED = -1;

/** The cell that each move leads to, at cell · MOVES + move; BLOCKED off the board and at walls. */
export function neighbourTable(level: Board): Int32Array {
  const table = new Int32Array(level.walls.length * MOVES).fill(BLOCKED);
  for (let cell = 0; cell < level.walls.length; cell++) {
    const x = cell % level.width;
    const y = (cell - x) / level.width;
    for (const [move, step] of SOKOBAN_MOVES.entries()) {
      const target = cellAt(level, { x: x + step.x, y: y + step.y });
      if (target !== null && level.walls[target] === 0) table[cell * MOVES + move] = target;
    }
  }
  return table;
}
