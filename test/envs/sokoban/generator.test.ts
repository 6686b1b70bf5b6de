import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { createRng } from '../../../envs/rng.ts';
import { proposeSokoban, type SokobanSettings } from '../../../envs/sokoban/generator.ts';
import { renderSokoban } from '../../../envs/sokoban/text.ts';
import { astar } from '../../../solvers/astar.ts';
import { sokobanProblem } from '../../../envs/sokoban/sokoban.ts';
import { tally, unevenness } from '../../helpers/statistics.ts';

const levels = (width: number, height: number, boxes: number, walls: number): SokobanSettings => ({
  environment: 'sokoban',
  width,
  height,
  boxes,
  walls,
});
const seed = fc.noShrink(fc.integer());
const side = fc.integer({ min: 5, max: 20 });
const settings = fc.tuple(side, side, fc.integer({ min: 1, max: 8 }), fc.nat(12));

describe('a proposed level', () => {
  it('fits the settings: a border, inner walls, boxes off the border, all on cells of their own', () => {
    fc.assert(
      fc.property(settings, seed, ([width, height, wanted, inner], drawn) => {
        const boxes = Math.min(wanted, (width - 4) * (height - 4));
        const walls = Math.min(inner, (width - 2) * (height - 2) - 2 * boxes - 1);
        const given = levels(width, height, boxes, walls);
        for (const level of proposeSokoban(given, createRng(drawn), 1)) {
          expect([level.width, level.height]).toEqual([width, height]);
          const border = level.walls.map((_, cell) => {
            const [x, y] = [cell % width, Math.floor(cell / width)];
            return Math.min(x, y, width - 1 - x, height - 1 - y) === 0 ? 1 : 0;
          });
          const drawnWalls = level.walls.map((wall, cell) =>
            border[cell] === 1 ? 1 - wall : wall,
          );
          expect(drawnWalls.reduce((sum, wall) => sum + wall, 0)).toBe(walls);
          const pieces = [level.worker, ...level.boxes, ...level.docks];
          expect(new Set(pieces).size).toBe(1 + 2 * boxes);
          for (const cell of pieces) expect(level.walls[cell]).toBe(0);
          for (const cell of level.boxes) {
            const [x, y] = [cell % width, Math.floor(cell / width)];
            expect(Math.min(x, y, width - 1 - x, height - 1 - y)).toBeGreaterThanOrEqual(2);
          }
          expect(level.boxes).toEqual([...level.boxes].sort((a, b) => a - b));
          expect(level.docks).toEqual([...level.docks].sort((a, b) => a - b));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('is the same for the same seed, and the only one whatever the limit', () => {
    fc.assert(
      fc.property(seed, (drawn) => {
        const propose = (limit: number) =>
          proposeSokoban(levels(7, 7, 2, 2), createRng(drawn), limit);
        expect(propose(9)).toEqual(propose(1));
        expect(propose(1).length).toBe(1);
        expect(propose(0)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  // The one box stands in the middle; wall, worker and dock take 8 · 7 · 6 ways around it. A wall
  // in the middle, in one layout of nine, leaves the box no room.
  it('of 5×5 cells with one box and one wall is each of 336 equally often', () => {
    const rng = createRng('5x5');
    const proposals = Array.from({ length: 36_000 }, () =>
      proposeSokoban(levels(5, 5, 1, 1), rng, 1),
    );
    const drawings = proposals.flat().map((level) => renderSokoban(level));
    const kinds = [...new Set(drawings)];
    expect(kinds.length).toBe(336);
    expect(unevenness(tally(drawings, kinds))).toBeLessThan(4);
    expect(Math.abs(drawings.length - 32_000)).toBeLessThan(4 * Math.sqrt(36_000 * (8 / 81)));
  });

  it('of the papers has a plan more often than not', () => {
    const rng = createRng('papers');
    const solved = Array.from({ length: 200 }, () => {
      const [level] = proposeSokoban(levels(7, 7, 2, 2), rng, 1);
      return astar(sokobanProblem(level!)).plan !== null;
    });
    expect(solved.filter(Boolean).length).toBeGreaterThan(160);
  });
});

describe('settings', () => {
  it.each([
    [levels(4, 7, 1, 0), 'width: 4 is not a whole number from 5 to 20'],
    [levels(7, 21, 1, 0), 'height: 21 is not a whole number from 5 to 20'],
    [levels(7, 7, 0, 0), 'boxes: 0 is not a whole number from 1 to 8'],
    [levels(7, 7, 2, -1), 'walls: -1 is not a whole number from 0 to 324'],
    [levels(7, 7, 2, 1.5), 'walls: 1.5 is not a whole number from 0 to 324'],
    [levels(5, 6, 3, 0), 'boxes: 3 do not fit into the 2 cells two cells from the border of 5×6'],
    [levels(7, 7, 2, 21), 'walls: 21 leave no room; at most 20 fit beside the rest'],
  ])('%j are refused, naming the field', (given, message) => {
    expect(() => proposeSokoban(given, createRng(1), 1)).toThrow(new InputError(message));
  });
});
