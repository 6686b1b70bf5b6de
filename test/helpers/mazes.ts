/** Mazes for properties, and an oracle of shortest paths that shares no code with the kit. */
import fc from 'fast-check';
import type { Maze } from '../../envs/maze/maze.ts';

/** Any maze, rectangular and unsolvable ones too; start and goal are distinct free cells. */
export function arbitraryMaze(maxSide = 7): fc.Arbitrary<Maze> {
  const side = fc.integer({ min: 2, max: maxSide });
  return fc.tuple(side, side, fc.integer({ min: 0, max: 7 })).chain(([width, height, density]) => {
    const size = width * height;
    return fc
      .record({
        cells: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: size, maxLength: size }),
        start: fc.nat(size - 1),
        offset: fc.integer({ min: 1, max: size - 1 }),
      })
      .map(({ cells, start, offset }) => {
        const goal = (start + offset) % size;
        const walls = Uint8Array.from(cells, (drawn, cell) =>
          drawn < density && cell !== start && cell !== goal ? 1 : 0,
        );
        return { width, height, walls, start, goal };
      });
  });
}

/** Draws a maze from its lines, `S` and `G` included, without the kit's parser. */
export function mazeOf(...lines: readonly string[]): Maze {
  const text = lines.join('');
  return {
    width: lines[0]!.length,
    height: lines.length,
    walls: Uint8Array.from(text, (character) => (character === '#' ? 1 : 0)),
    start: text.indexOf('S'),
    goal: text.indexOf('G'),
  };
}

/** Steps from every cell to `goal` by relaxation until nothing changes; Infinity if cut off. */
export function distancesTo(goal: number, { width, walls }: Maze): number[] {
  const distances = Array.from(walls, (_, cell) => (cell === goal ? 0 : Infinity));
  for (let changed = true; changed;) {
    changed = false;
    for (const [cell, wall] of walls.entries()) {
      if (wall === 1) continue;
      const neighbours = [cell - width, cell + width];
      if (cell % width > 0) neighbours.push(cell - 1);
      if (cell % width < width - 1) neighbours.push(cell + 1);
      for (const neighbour of neighbours) {
        if (walls[neighbour] !== 0 || distances[neighbour]! + 1 >= distances[cell]!) continue;
        distances[cell] = distances[neighbour]! + 1;
        changed = true;
      }
    }
  }
  return distances;
}
