/** Sokoban levels for properties, and an oracle over drawings that shares no code with the kit. */
import fc from 'fast-check';
import type { Sokoban } from '../../envs/sokoban/sokoban.ts';

/**
 * Small levels with or without a border. About half have a plan: boxes stand away from the edge as
 * far as there is room, unless they may stand anywhere; boxes and the worker on docks, spare docks,
 * inner walls and dead boxes occur.
 */
export function arbitrarySokoban(maxSide = 5, maxBoxes = 2): fc.Arbitrary<Sokoban> {
  const side = fc.noBias(fc.integer({ min: 2, max: maxSide }));
  return fc.tuple(side, side, fc.boolean()).chain(([innerWidth, innerHeight, border]) => {
    const margin = border ? 1 : 0;
    const width = innerWidth + 2 * margin;
    const height = innerHeight + 2 * margin;
    const within = (distance: number): number[] =>
      Array.from({ length: width * height }, (_, cell) => cell).filter((cell) => {
        const [x, y] = [cell % width, Math.floor(cell / width)];
        const nearest = Math.min(x, y, width - 1 - x, height - 1 - y);
        return nearest >= distance;
      });
    const inner = within(margin);
    const anyOrder = fc.noBias(fc.shuffledSubarray(inner, { minLength: inner.length }));
    return fc
      .record({
        cells: anyOrder,
        docks: anyOrder,
        boxCount: fc.noBias(fc.integer({ min: 1, max: Math.min(maxBoxes, inner.length - 1) })),
        anywhere: fc.constantFrom(true, false, false, false),
        spare: fc.constantFrom(0, 0, 0, 1),
        innerWalls: fc.noBias(fc.integer({ min: 0, max: 2 })),
      })
      .map(({ cells, boxCount, anywhere, innerWalls, ...drawn }) => {
        const central = anywhere ? [] : cells.filter((cell) => within(margin + 1).includes(cell));
        const boxes = [...new Set([...central, ...cells])].slice(0, boxCount);
        const worker = cells.find((cell) => !boxes.includes(cell))!;
        const docks = drawn.docks.slice(0, boxCount + drawn.spare);
        const free = cells.filter((cell) => ![...docks, ...boxes, worker].includes(cell));
        const walled = free.slice(0, innerWalls);
        const walls = Uint8Array.from({ length: width * height }, (_, cell) =>
          inner.includes(cell) && !walled.includes(cell) ? 0 : 1,
        );
        return { width, height, walls, docks: ascending(docks), boxes: ascending(boxes), worker };
      });
  });
}

const ascending = (cells: readonly number[]): number[] => [...cells].sort((a, b) => a - b);

/** The level as lines of XSB, drawn without the kit. */
export function drawingOf({ width, height, walls, docks, boxes, worker }: Sokoban): string[] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (__, x) => {
      const cell = x + y * width;
      const dock = docks.includes(cell);
      if (walls[cell] === 1) return '#';
      if (cell === worker) return dock ? '+' : '@';
      if (boxes.includes(cell)) return dock ? '*' : '$';
      return dock ? '.' : ' ';
    }).join(''),
  );
}

/**
 * The drawings that one move leads to, in the order up, down, left, right. Works by replacing
 * text along the line of cells from the worker on.
 */
export function movesOf(drawing: readonly string[]): string[][] {
  const y = drawing.findIndex((line) => /[@+]/.test(line));
  const x = drawing[y]!.search(/[@+]/);
  const directions = [
    [0, -1],
    [0, 1],
    [-1, 0],
    [1, 0],
  ] as const;
  return directions.flatMap(([dx, dy]) => {
    const ahead = [0, 1, 2]
      .map((steps) => drawing[y + steps * dy]?.[x + steps * dx] ?? '#')
      .join('');
    const [worker = '', next = '', beyond = ''] = ahead;
    const left = worker === '+' ? '.' : ' ';
    const entered = next === '.' || next === '*' ? '+' : '@';
    let after: string;
    if (next === ' ' || next === '.') after = left + entered + beyond;
    else if (/[$*][ .]/.test(next + beyond)) after = left + entered + (beyond === '.' ? '*' : '$');
    else return [];
    const rows = drawing.map((line) => [...line]);
    for (const [steps, character] of [...after].entries()) {
      const row = rows[y + steps * dy];
      if (row?.[x + steps * dx] !== undefined) row[x + steps * dx] = character;
    }
    return [rows.map((row) => row.join(''))];
  });
}

/** Positions in a shortest plan, the start included, or null; breadth-first over drawings. */
export function plainShortestPlan(level: Sokoban): number | null {
  let frontier = [drawingOf(level)];
  const seen = new Set(frontier.map((drawing) => drawing.join('\n')));
  for (let positions = 1; frontier.length > 0; positions++) {
    if (frontier.some((drawing) => !drawing.join('').includes('$'))) return positions;
    frontier = frontier.flatMap(movesOf).filter((drawing) => {
      const key = drawing.join('\n');
      return !seen.has(key) && seen.add(key);
    });
  }
  return null;
}
