import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../envs/inputError.ts';
import { proposeMazes, wallCounts, type MazeSettings } from '../../../envs/maze/generator.ts';
import { renderMaze } from '../../../envs/maze/text.ts';
import { createRng } from '../../../envs/rng.ts';
import { distancesTo } from '../../helpers/mazes.ts';
import { misfit, tally, unevenness } from '../../helpers/statistics.ts';

const mazes = (width: number, height: number, walls: readonly [number, number]): MazeSettings => ({
  environment: 'maze',
  width,
  height,
  walls,
});
const seed = fc.noShrink(fc.integer());
const side = fc.integer({ min: 2, max: 12 });
const share = fc.integer({ min: 0, max: 60 });
const settings = fc
  .record({ width: side, height: side, a: share, b: share })
  .map(({ width, height, a, b }) =>
    mazes(width, height, [Math.min(a, b) / 100, Math.max(a, b) / 100]),
  )
  .filter((drawn) => {
    try {
      return wallCounts(drawn).length > 0;
    } catch {
      return false;
    }
  });

describe('proposed mazes', () => {
  it('fit the settings and have plans of at least max(width, height) positions', () => {
    fc.assert(
      fc.property(settings, seed, fc.integer({ min: 0, max: 5 }), (given, drawn, limit) => {
        const proposed = proposeMazes(given, createRng(drawn), limit);
        expect(proposed.length).toBeLessThanOrEqual(limit);
        const [low, high] = given.walls.map((s) => s * given.width * given.height);
        for (const maze of proposed) {
          expect([maze.width, maze.height]).toEqual([given.width, given.height]);
          const walls = maze.walls.reduce((sum, wall) => sum + wall, 0);
          expect(walls).toBeGreaterThan(low! - 1e-6);
          expect(walls).toBeLessThan(high! + 1e-6);
          const positions = distancesTo(maze.goal, maze)[maze.start]! + 1;
          expect(positions).toBeGreaterThanOrEqual(Math.max(given.width, given.height));
          expect(positions).toBeLessThan(Infinity);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('of one layout share their walls and are distinct', () => {
    fc.assert(
      fc.property(settings, seed, (given, drawn) => {
        const proposed = proposeMazes(given, createRng(drawn), 20);
        expect(new Set(proposed.map(({ walls }) => walls.join(''))).size).toBeLessThanOrEqual(1);
        expect(new Set(proposed.map((maze) => renderMaze(maze))).size).toBe(proposed.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('are the same for the same seed, and fewer are the first of more', () => {
    fc.assert(
      fc.property(settings, seed, (given, drawn) => {
        const propose = (limit: number): string[] =>
          proposeMazes(given, createRng(drawn), limit).map((maze) => renderMaze(maze));
        expect(propose(5)).toEqual(propose(5));
        expect(propose(2)).toEqual(propose(5).slice(0, propose(2).length));
      }),
      { numRuns: 1000 },
    );
  });

  // With two walls in 2×2 cells the free cells touch in four of the six layouts, and each end may
  // be the start.
  it('of 2×2 cells with two walls are eight, equally likely, one in three that are tried', () => {
    const rng = createRng('2x2');
    const proposals = Array.from({ length: 12_000 }, () =>
      proposeMazes(mazes(2, 2, [0.3, 0.5]), rng, 1),
    );
    const drawings = proposals.flat().map((maze) => renderMaze(maze));
    const kinds = [...new Set(drawings)];
    expect(kinds.length).toBe(8);
    expect(unevenness(tally(drawings, kinds))).toBeLessThan(4);
    expect(Math.abs(drawings.length - 4000)).toBeLessThan(4 * Math.sqrt(12_000 * (2 / 9)));
  });

  it('are as likely as independent draws of walls, start and goal that are kept', () => {
    const given = mazes(3, 2, [0.1, 0.5]);
    const weights = acceptableMazes(given);
    const rng = createRng('likely');
    const proposed = Array.from({ length: 20_000 }, () => proposeMazes(given, rng, 1)).flat();
    const counts = tally(
      proposed.map((maze) => renderMaze(maze)),
      [...weights.keys()],
    );
    expect(misfit(counts, [...weights.values()])).toBeLessThan(4);
  });

  // Almost every layout with so few walls has a task, so what is kept is as what was drawn.
  it('have every wall count, and walls in every cell, equally often', () => {
    const rng = createRng('counts');
    const proposed = Array.from({ length: 20_000 }, () =>
      proposeMazes(mazes(8, 8, [0.05, 0.2]), rng, 100).slice(0, 1),
    ).flat();
    expect(proposed.length).toBeGreaterThan(19_990);
    const counts = proposed.map(({ walls }) => walls.reduce((sum, wall) => sum + wall, 0));
    expect(unevenness(tally(counts, [4, 5, 6, 7, 8, 9, 10, 11, 12]))).toBeLessThan(4);
    const perCell = proposed[0]!.walls.map(() => 0);
    const walls = Array.from(perCell, (_, cell) =>
      proposed.reduce((sum, maze) => sum + maze.walls[cell]!, 0),
    );
    expect(unevenness(walls)).toBeLessThan(4);
  });
});

describe('wall counts', () => {
  it.each([
    [mazes(10, 10, [0.3, 0.5]), [30, 50]],
    [mazes(5, 5, [0.3, 0.5]), [8, 12]],
    [mazes(2, 2, [0.3, 0.5]), [2, 2]],
    [mazes(2, 2, [0, 1]), [0, 2]],
    [mazes(10, 10, [0.57, 0.57]), [57, 57]],
    [mazes(10, 10, [0.07, 0.29]), [7, 29]],
    [mazes(100, 100, [0.3, 0.5]), [3000, 5000]],
    [mazes(3, 7, [0, 0.9]), [0, 14]],
  ])('of %j are the whole numbers between the shares', (given, counts) => {
    expect(wallCounts(given)).toEqual(counts);
  });

  it.each([
    [mazes(1, 5, [0.3, 0.5]), 'width: 1 is not a whole number from 2 to 100'],
    [mazes(5, 1e9, [0.3, 0.5]), 'height: 1000000000 is not a whole number from 2 to 100'],
    [mazes(5.5, 5, [0.3, 0.5]), 'width: 5.5 is not a whole number from 2 to 100'],
    [mazes(NaN, 5, [0.3, 0.5]), 'width: NaN is not a whole number from 2 to 100'],
    [mazes(5, 5, [0.5, 0.3]), 'walls: 0.5-0.3 is no range of shares between 0 and 1'],
    [mazes(5, 5, [-0.1, 0.3]), 'walls: -0.1-0.3 is no range of shares between 0 and 1'],
    [mazes(5, 5, [0.3, NaN]), 'walls: 0.3-NaN is no range of shares between 0 and 1'],
    [mazes(2, 2, [0.3, 0.4]), 'walls: no whole number of 4 cells lies in 0.3-0.4'],
    [mazes(5, 5, [0.9, 1]), 'walls: 0.9-1 leaves no path of 5 cells in 5×5 cells'],
    [mazes(2, 2, [1, 1]), 'walls: 1-1 leaves no path of 2 cells in 2×2 cells'],
  ])('of %j are refused, naming the field', (given, message) => {
    expect(() => proposeMazes(given, createRng(1), 1)).toThrow(new InputError(message));
  });
});

/** All mazes that fit, as drawings, each with the probability that one draw is it. */
function acceptableMazes(given: MazeSettings): Map<string, number> {
  const { width, height } = given;
  const size = width * height;
  const [low, high] = wallCounts(given);
  const weights = new Map<string, number>();
  for (let pattern = 0; pattern < 2 ** size; pattern++) {
    const walls = Uint8Array.from({ length: size }, (_, cell) => (pattern >> cell) & 1);
    const count = walls.reduce((sum, wall) => sum + wall, 0);
    if (count < low || count > high) continue;
    const free = [...walls.keys()].filter((cell) => walls[cell] === 0);
    const weight = 1 / (binomial(size, count) * free.length ** 2);
    for (const start of free) {
      for (const goal of free) {
        const maze = { width, height, walls, start, goal };
        const positions = distancesTo(goal, maze)[start]! + 1;
        if (positions < Math.max(width, height) || positions === Infinity) continue;
        weights.set(renderMaze(maze), weight);
      }
    }
  }
  return weights;
}

function binomial(n: number, k: number): number {
  return k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k;
}
