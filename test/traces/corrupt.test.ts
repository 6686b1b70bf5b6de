import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Maze } from '../../envs/maze/maze.ts';
import { createRng } from '../../envs/rng.ts';
import { corruptTrace, type CorruptedTrace } from '../../traces/corrupt.ts';
import { CORRUPTIONS, type Corruption } from '../../traces/corruptions.ts';
import { toldPlan } from '../../traces/toldPlan.ts';
import { validateTrace } from '../../traces/validate.ts';
import { arbitraryMaze, distancesTo, mazeOf } from '../helpers/mazes.ts';
import { allMazeLogs } from '../helpers/searchOracle.ts';
import {
  arbitraryMazeTrace,
  arbitraryTrace,
  clausesOf,
  textOf,
  type Trace,
  traceOf,
} from '../helpers/traces.ts';

const FALSE = CORRUPTIONS.filter((kind) => kind !== 'none');
const kinds = fc.constantFrom(...FALSE);

describe('a corrupted trace', () => {
  it('is no run of A*, by all the runs that there are', () => {
    let corrupted = 0;
    fc.assert(
      fc.property(arbitraryMaze(3), kinds, fc.nat(), (maze, kind, seed) => {
        const logs = allMazeLogs(maze, 300);
        fc.pre(logs !== null);
        const trace = traceOf('maze', maze);
        const found = corrupt(kind, trace, seed);
        if (found === null) return;
        corrupted++;
        expect(logs).not.toContain(textOf(found.reasoning, trace.vocabulary));
      }),
      { numRuns: 1_000 },
    );
    expect(corrupted).toBeGreaterThan(100);
  });

  it('is illegal in both environments, deterministic or not, and tells the same again', () => {
    fc.assert(
      fc.property(arbitraryTrace, kinds, fc.nat(), (trace, kind, seed) => {
        const found = corrupt(kind, trace, seed);
        fc.pre(found !== null);
        const { task, environment, vocabulary } = trace;
        const { verdict } = validateTrace(task, environment, vocabulary, found.reasoning);
        expect(verdict).toBe('illegal');
        expect(corrupt(kind, trace, seed)).toEqual(found);
      }),
      { numRuns: 500 },
    );
  });

  it('is the true one for the control', () => {
    fc.assert(
      fc.property(arbitraryTrace, (trace) => {
        const { reasoning, plan } = trace;
        fc.pre(plan.length > 0);
        expect(corrupt('none', trace, 1)).toEqual({ reasoning, clause: null });
      }),
    );
  });

  it.each(['drop-close', 'rename-close', 'raise-cost'] as const)(
    'differs in the close of an inner state of the plan: %s',
    (kind) => {
      fc.assert(
        fc.property(arbitraryMazeTrace(), fc.nat(), (trace, seed) => {
          const found = corrupt(kind, trace, seed);
          fc.pre(found !== null);
          const { before, after, at } = inClauses(trace, found);
          const [operation, x, y, g, h] = before[at]!.split(' ');
          expect(operation).toBe('close');
          expect(innerCells(trace)).toContain(`${x} ${y}`);
          if (kind === 'drop-close') {
            expect(after).toEqual(before.toSpliced(at, 1));
            return;
          }
          expect(after).toEqual(before.with(at, after[at]!));
          const [word, ofX, ofY, ofG, ofH] = after[at]!.split(' ');
          expect([word, ofH]).toEqual(['close', h]);
          if (kind === 'raise-cost') {
            expect([ofX, ofY, ofG]).toEqual([x, y, `c${Number(g!.slice(1)) + 2}`]);
            expect(toldPlan(found.reasoning, trace.vocabulary)).toEqual([...trace.plan]);
          } else {
            expect(ofG).toBe(g);
            expect(`${ofX} ${ofY}`).not.toBe(`${x} ${y}`);
            const created = before.slice(0, at).map((clause) => clause.split(' ').slice(1, 3));
            expect(created).toContainEqual([ofX, ofY]);
          }
        }),
        { numRuns: 500 },
      );
    },
  );

  it('lacks the close of a cell off every shortest path, and tells the same plan: drop-elsewhere', () => {
    fc.assert(
      fc.property(arbitraryMazeTrace(), fc.nat(), (trace, seed) => {
        const found = corrupt('drop-elsewhere', trace, seed);
        fc.pre(found !== null);
        const { before, after, at } = inClauses(trace, found);
        expect(after).toEqual(before.toSpliced(at, 1));
        const [operation, x, y] = before[at]!.split(' ');
        expect(operation).toBe('close');
        const maze = trace.task as Maze;
        const cell = Number(x) + Number(y) * maze.width;
        const toGoal = distancesTo(maze.goal, maze);
        const around = distancesTo(maze.start, maze)[cell]! + toGoal[cell]!;
        expect(around).toBeGreaterThan(toGoal[maze.start]!);
        expect(toldPlan(found.reasoning, trace.vocabulary)).toEqual([...trace.plan]);
      }),
      { numRuns: 500 },
    );
  });

  it('is that of a board with a wall on the plan, where plans are longer: blocked', () => {
    fc.assert(
      fc.property(arbitraryMazeTrace(), fc.nat(), (trace, seed) => {
        const found = corrupt('blocked', trace, seed);
        fc.pre(found !== null);
        const maze = trace.task as Maze;
        const walled = innerCells(trace).map((cell) => {
          const [x, y] = cell.split(' ').map(Number) as [number, number];
          const walls = maze.walls.with(x + y * maze.width, 1);
          return { ...maze, walls };
        });
        const own = walled.find(
          (board) => traceOf('maze', board).reasoning.join() === found.reasoning.join(),
        );
        expect(own).toBeDefined();
        const steps = (board: Maze) => distancesTo(board.goal, board)[board.start]!;
        expect(steps(own!)).toBeGreaterThan(steps(maze));
        expect(toldPlan(found.reasoning, trace.vocabulary)!.length / 3).toBe(steps(own!) + 1);
      }),
      { numRuns: 300 },
    );
  });

  it('is missing where a task does not allow it', () => {
    const corridor = traceOf('maze', mazeOf('S..G'));
    expect(corrupt('blocked', corridor, 1)).toBeNull();
    expect(corrupt('drop-elsewhere', corridor, 1)).toBeNull();
    expect(corrupt('swap', { ...corridor, other: null }, 1)).toBeNull();
    expect(corrupt('swap', { ...corridor, other: corridor.reasoning }, 1)).toBeNull();
    const neighbours = traceOf('maze', mazeOf('SG'));
    for (const kind of ['drop-close', 'rename-close', 'raise-cost'] as const) {
      expect(corrupt(kind, neighbours, 1)).toBeNull();
    }
  });
});

const elsewhere = traceOf('maze', mazeOf('S..', '.#.', '..G')).reasoning;

/** Null without a plan too. */
function corrupt(
  kind: Corruption,
  trace: Trace & { readonly other?: Uint16Array | null },
  seed: number,
): CorruptedTrace | null {
  if (trace.plan.length === 0) return null;
  const other = trace.environment === 'maze' ? elsewhere : null;
  return corruptTrace(kind, { other, ...trace }, createRng(seed));
}

function inClauses({ reasoning, vocabulary }: Trace, found: CorruptedTrace) {
  const read = (ids: Uint16Array): string[] => clausesOf(textOf(ids, vocabulary));
  return { before: read(reasoning), after: read(found.reasoning), at: found.clause! };
}

/** Of the plan, start and goal left out. */
function innerCells({ plan, vocabulary }: Trace): string[] {
  const positions = textOf(plan, vocabulary).split('plan ').slice(1);
  return positions.slice(1, -1).map((position) => position.trim());
}
