/**
 * Sokoban levels in XSB: `#` wall, ` ` floor (or `-` or `_`), `.` dock, `$` box, `*` box on a
 * dock, `@` worker, `+` worker on a dock. Lines may be ragged.
 */
import type { Position } from '../environment.ts';
import { cellAt } from '../environment.ts';
import { characterAt, checkSides, linesOf, refuse } from '../lines.ts';
import { SOKOBAN_MOVES } from './moves.ts';
import type { Sokoban } from './sokoban.ts';

/**
 * What lies beyond the end of a line is outside and can't be walked on: it is a wall where a
 * drawn cell that the worker may get to touches it, and floor elsewhere, so that a closed level
 * has the walls that were drawn and no others.
 *
 * @throws InputError naming line and column.
 */
export function parseSokoban(text: string, firstLine = 1): Sokoban {
  const lines = linesOf(text);
  if (lines.every((line) => line === '')) refuse(firstLine, 1, 'the level is empty');
  const width = lines.reduce((widest, line) => Math.max(widest, line.length), 0);
  const height = lines.length;
  checkSides({ width, height }, { min: 1, firstLine });

  const walls = new Uint8Array(width * height);
  const docks: number[] = [];
  const boxes: number[] = [];
  const workers: number[] = [];
  for (const [y, line] of lines.entries()) {
    const strange = line.search(/[^# \-_.$*@+]/);
    if (strange >= 0) {
      const character = characterAt(line, strange);
      const known = 'use # blank . $ * @ and +';
      refuse(firstLine + y, strange + 1, `${character} is no part of a level; ${known}`);
    }
    for (let x = 0; x < line.length; x++) {
      const cell = x + y * width;
      const character = line[x]!;
      if (character === '#') walls[cell] = 1;
      if ('.*+'.includes(character)) docks.push(cell);
      if ('$*'.includes(character)) boxes.push(cell);
      if ('@+'.includes(character)) workers.push(cell);
      if (workers.length > 1) refuse(firstLine + y, x + 1, 'a second worker');
    }
  }
  const worker = workers[0] ?? refuse(firstLine, 1, 'the level has no worker @');
  if (boxes.length > docks.length) {
    const excess = boxes[docks.length]!;
    const [line, column] = [firstLine + Math.floor(excess / width), (excess % width) + 1];
    refuse(line, column, `more boxes (${boxes.length}) than docks (${docks.length})`);
  }
  closeEnds({ width, height, walls, docks, boxes, worker }, lines);
  return { width, height, walls, docks, boxes, worker };
}

/** Puts walls beyond the ends of lines where the worker would get to if no box were in the way. */
function closeEnds(level: Sokoban, lines: readonly string[]): void {
  const { width, walls, worker } = level;
  const reached = new Set([worker]);
  for (const cell of reached) {
    const x = cell % width;
    const y = (cell - x) / width;
    for (const step of SOKOBAN_MOVES) {
      const target = cellAt(level, { x: x + step.x, y: y + step.y });
      if (target === null || walls[target] === 1) continue;
      if (target % width < lines[Math.floor(target / width)]!.length) reached.add(target);
      else walls[target] = 1;
    }
  }
}

/**
 * As `parseSokoban` reads it, lines of equal length; the free floor of a plan is marked by `·`.
 * A line without anything is drawn by `-`, since blank lines separate problems.
 */
export function renderSokoban(level: Sokoban, plan: readonly Position[] = []): string {
  const { width, height, walls, docks, boxes, worker } = level;
  const cells: string[] = Array.from(walls, (wall) => (wall === 0 ? ' ' : '#'));
  for (const position of plan) {
    const cell = cellAt(level, position);
    if (cell !== null && walls[cell] === 0) cells[cell] = '·';
  }
  for (const dock of docks) cells[dock] = '.';
  for (const box of boxes) cells[box] = cells[box] === '.' ? '*' : '$';
  cells[worker] = cells[worker] === '.' ? '+' : '@';
  return Array.from({ length: height }, (_, y) => {
    const line = cells.slice(y * width, (y + 1) * width).join('');
    return line.trim() === '' ? '-'.repeat(width) : line;
  }).join('\n');
}
