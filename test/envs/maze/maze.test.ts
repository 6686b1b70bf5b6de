import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mazeEnvironment } from '../../../envs/index.ts';
import { checkMazePlan, mazeProblem, type Maze } from '../../../envs/maze/maze.ts';
import { parseMaze, renderMaze } from '../../../envs/maze/text.ts';
import { arbitraryMaze, distancesTo, mazeOf } from '../../helpers/mazes.ts';
import { childrenOf } from '../../helpers/searches.ts';

const maze = mazeOf('S..', '.#.', '..G');
const at = (x: number, y: number) => ({ x, y });

describe('the rules of mazes', () => {
  it('children are the free cells below, above, left and right, in this order', () => {
    expect(childrenOf(mazeProblem(mazeOf('S..', '...', '..G')), 4)).toEqual([7, 1, 3, 5]);
    expect(childrenOf(mazeProblem(maze), 1)).toEqual([0, 2]);
    expect(childrenOf(mazeProblem(maze), 3)).toEqual([6, 0]);
  });

  it('a step and its way back are both legal or both not, and never leave the board', () => {
    fc.assert(
      fc.property(arbitraryMaze(), (drawn) => {
        const problem = mazeProblem(drawn);
        return drawn.walls.every(
          (wall, cell) =>
            wall === 1 ||
            childrenOf(problem, cell).every(
              (child) => drawn.walls[child] === 0 && childrenOf(problem, child).includes(cell),
            ),
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('the heuristic never exceeds the true distance and changes by one at each step', () => {
    fc.assert(
      fc.property(arbitraryMaze(), (drawn) => {
        const problem = mazeProblem(drawn);
        for (const [cell, distance] of distancesTo(drawn.goal, drawn).entries()) {
          if (drawn.walls[cell] === 1) continue;
          const h = problem.heuristic(cell);
          expect(h).toBeLessThanOrEqual(distance);
          expect(h === 0).toBe(problem.isGoal(cell));
          const changes = childrenOf(problem, cell).map((child) => problem.heuristic(child) - h);
          expect(changes.every((change) => Math.abs(change) === 1)).toBe(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('the wall layout alone decides which split a maze belongs to', () => {
    const splitKey = (drawn: Maze): string => mazeEnvironment.splitKey(drawn);
    expect(splitKey(mazeOf('S.G', '.#.'))).toBe(splitKey(mazeOf('.SG', '.#.')));
    expect(splitKey(mazeOf('S.G', '.#.'))).not.toBe(splitKey(mazeOf('S.G', '#..')));
    expect(splitKey(mazeOf('S.G', '...'))).not.toBe(splitKey(mazeOf('S.', '.G', '..')));
  });
});

describe('a plan', () => {
  it('from start to goal over free cells is valid, detours and all', () => {
    const short = [at(0, 0), at(1, 0), at(2, 0), at(2, 1), at(2, 2)];
    expect(checkMazePlan(maze, short)).toEqual({ valid: true });
    const detour = [at(0, 0), at(0, 1), at(0, 0), ...short.slice(1), at(1, 2), at(2, 2)];
    expect(checkMazePlan(maze, detour)).toEqual({ valid: true });
  });

  it.each([
    ['is empty', [], 0],
    ['begins elsewhere', [at(1, 0), at(2, 0), at(2, 1), at(2, 2)], 0],
    ['leaves out the start', [at(0, 1), at(0, 2), at(1, 2), at(2, 2)], 0],
    ['stands still', [at(0, 0), at(0, 0)], 1],
    ['steps diagonally', [at(0, 0), at(0, 1), at(1, 2), at(2, 2)], 2],
    ['jumps', [at(0, 0), at(2, 0)], 1],
    ['steps from the end of a row to the next', [at(0, 0), at(1, 0), at(2, 0), at(0, 1)], 3],
    ['walks into a wall', [at(0, 0), at(1, 0), at(1, 1)], 2],
    ['leaves the board', [at(0, 0), at(0, -1)], 1],
    ['leaves the board to the right', [at(0, 0), at(3, 0)], 1],
    ['is off the grid', [at(0, 0), at(0.5, 0)], 1],
    ['is not a number', [at(0, 0), at(NaN, 0)], 1],
    ['ends early', [at(0, 0), at(0, 1), at(0, 2), at(1, 2)], 3],
    ['goes on after the goal', [at(0, 0), at(0, 1), at(0, 2), at(1, 2), at(2, 2), at(1, 2)], 5],
  ])('that %s is not, and the place is named', (_, plan, index) => {
    expect(checkMazePlan(maze, plan)).toMatchObject({ valid: false, at: index });
  });

  it('is judged, whatever it is, as by the definition', () => {
    const coordinate = fc.integer({ min: -1, max: 4 });
    const positions = fc.array(fc.record({ x: coordinate, y: coordinate }), { maxLength: 8 });
    const walk = fc.array(fc.constantFrom(at(0, 1), at(0, -1), at(1, 0), at(-1, 0)));
    fc.assert(
      fc.property(arbitraryMaze(4), positions, walk, fc.boolean(), (drawn, any, steps, walked) => {
        const { width, height, walls, start, goal } = drawn;
        let { x, y } = at(start % width, Math.floor(start / width));
        const plan = walked
          ? [at(x, y), ...steps.map((step) => at((x += step.x), (y += step.y)))]
          : any;
        const cells = plan.map((p) =>
          p.x >= 0 && p.x < width && p.y >= 0 && p.y < height ? p.x + p.y * width : -1,
        );
        const valid =
          plan.length > 0 &&
          cells.every((cell) => cell >= 0 && walls[cell] === 0) &&
          cells[0] === start &&
          cells.at(-1) === goal &&
          plan.every(
            (p, i) => i === 0 || Math.hypot(p.x - plan[i - 1]!.x, p.y - plan[i - 1]!.y) === 1,
          );
        expect(checkMazePlan(drawn, plan).valid).toBe(valid);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a drawing', () => {
  it('is read back as the same maze', () => {
    fc.assert(
      fc.property(arbitraryMaze(), (drawn) => {
        expect(parseMaze(renderMaze(drawn))).toEqual(drawn);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows the walls, the ends and the free cells of a plan', () => {
    expect(renderMaze(maze)).toBe('S..\n.#.\n..G');
    const plan = [at(0, 0), at(1, 0), at(1, 1), at(9, 9), at(2, 1), at(2, 2)];
    expect(renderMaze(maze, plan)).toBe('S*.\n.#*\n..G');
  });

  it('may have blanks at the ends of lines', () => {
    expect(parseMaze('S.. \n.#.\t\n..G\n')).toEqual(maze);
  });
});
