/** Where the steps of the worker and of boxes lead. */
import type { Board, Position } from '../environment.ts';

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
export function neighbourTable({ width, height, walls }: Board): Int32Array {
  const table = new Int32Array(walls.length * MOVES).fill(BLOCKED);
  for (let move = 0; move < MOVES; move++) {
    const { x: dx, y: dy } = SOKOBAN_MOVES[move]!;
    const offset = dx + dy * width;
    for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
      for (let x = Math.max(0, -dx); x < Math.min(width, width - dx); x++) {
        const cell = x + y * width;
        if (walls[cell + offset] === 0) table[cell * MOVES + move] = cell + offset;
      }
    }
  }
  return table;
}
