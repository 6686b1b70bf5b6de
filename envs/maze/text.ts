/** Mazes as text: `#` wall, `.` free, `S` start, `G` goal; lines of equal length. */
import type { Position } from '../environment.ts';
import { cellAt } from '../environment.ts';
import { characterAt, checkSides, linesOf, refuse } from '../lines.ts';
import type { Maze } from './maze.ts';

/** Blanks at the end of a line are ignored. @throws InputError naming line and column. */
export function parseMaze(text: string, firstLine = 1): Maze {
  const lines = linesOf(text).map((line) => line.trimEnd());
  if (lines.every((line) => line === '')) refuse(firstLine, 1, 'the maze is empty');
  const width = lines[0]!.length;
  const height = lines.length;
  checkSides({ width, height }, { min: 2, firstLine });

  const walls = new Uint8Array(width * height);
  const ends = new Map<string, number>();
  for (const [y, line] of lines.entries()) {
    const strange = line.search(/[^#.SG]/);
    if (strange >= 0) {
      const character = characterAt(line, strange);
      refuse(firstLine + y, strange + 1, `${character} is no part of a maze; use # . S and G`);
    }
    if (line.length !== width) {
      const column = Math.min(line.length, width) + 1;
      refuse(firstLine + y, column, `${line.length} cells where the first line has ${width}`);
    }
    for (let x = 0; x < width; x++) {
      const character = line[x]!;
      if (character === '#') walls[x + y * width] = 1;
      if (character !== 'S' && character !== 'G') continue;
      if (ends.has(character)) refuse(firstLine + y, x + 1, `a second ${NAMES[character]}`);
      ends.set(character, x + y * width);
    }
  }
  const start = ends.get('S') ?? refuse(firstLine, 1, `the maze has no ${NAMES.S}`);
  const goal = ends.get('G') ?? refuse(firstLine, 1, `the maze has no ${NAMES.G}`);
  return { width, height, walls, start, goal };
}

const NAMES = { S: 'start S', G: 'goal G' } as const;

/** As `parseMaze` reads it; the free cells of a plan are marked by `*`. */
export function renderMaze(maze: Maze, plan: readonly Position[] = []): string {
  const { width, height, walls, start, goal } = maze;
  const cells: string[] = Array.from(walls, (wall) => (wall === 0 ? '.' : '#'));
  for (const position of plan) {
    const cell = cellAt(maze, position);
    if (cell !== null && walls[cell] === 0) cells[cell] = '*';
  }
  cells[start] = 'S';
  cells[goal] = 'G';
  return Array.from({ length: height }, (_, y) =>
    cells.slice(y * width, (y + 1) * width).join(''),
  ).join('\n');
}
