/** How far the boxes are from docks, at least. */
import type { Sokoban } from './sokoban.ts';
import { BLOCKED, MOVES } from './moves.ts';

/**
 * The sum over boxes off the docks of the Manhattan distance to the nearest free dock; Infinity if
 * such a box can move neither vertically nor horizontally for walls, or if no dock is free.
 *
 * @returns a function of the boxes' cells
 */
export function createHeuristic(
  { width, walls, docks }: Sokoban,
  neighbours: Int32Array,
): (boxes: Int32Array) => number {
  const open = (cell: number, move: number): boolean => neighbours[cell * MOVES + move] !== BLOCKED;
  const stuck = new Uint8Array(walls.length);
  for (let cell = 0; cell < stuck.length; cell++) {
    const free = (open(cell, 0) && open(cell, 1)) || (open(cell, 2) && open(cell, 3));
    stuck[cell] = free ? 0 : 1;
  }
  const dockAt = new Int16Array(walls.length).fill(NO_DOCK);
  for (const [index, dock] of docks.entries()) dockAt[dock] = index;
  const dockX = docks.map((dock) => dock % width);
  const dockY = docks.map((dock) => Math.floor(dock / width));
  const taken = new Uint8Array(docks.length);

  return (boxes) => {
    taken.fill(0);
    for (let i = 0; i < boxes.length; i++) {
      const dock = dockAt[boxes[i]!]!;
      if (dock !== NO_DOCK) taken[dock] = 1;
    }
    let sum = 0;
    for (let i = 0; i < boxes.length; i++) {
      const box = boxes[i]!;
      if (dockAt[box] !== NO_DOCK) continue;
      if (stuck[box] === 1) return Infinity;
      const x = box % width;
      const y = (box - x) / width;
      let nearest = Infinity;
      for (let dock = 0; dock < taken.length; dock++) {
        if (taken[dock] === 1) continue;
        nearest = Math.min(nearest, Math.abs(x - dockX[dock]!) + Math.abs(y - dockY[dock]!));
      }
      sum += nearest;
    }
    return sum;
  };
}

const NO_DOCK = -1;
