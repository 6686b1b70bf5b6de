import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkMazePlan, mazeProblem } from '../../envs/maze/maze.ts';
import { positionOf } from '../../envs/environment.ts';
import { createRng } from '../../envs/rng.ts';
import { checkSokobanPlan, sokobanProblem } from '../../envs/sokoban/sokoban.ts';
import { parseSokoban } from '../../envs/sokoban/text.ts';
import { astar } from '../../solvers/astar.ts';
import { arbitraryGraphProblem, graphProblem } from '../helpers/graphs.ts';
import { arbitraryMaze, distancesTo, mazeOf } from '../helpers/mazes.ts';
import { expectLegalRun, naiveAstar, stepsOf, type Step } from '../helpers/searches.ts';
import { arbitrarySokoban, plainShortestPlan } from '../helpers/sokoban.ts';
import { tally, unevenness } from '../helpers/statistics.ts';

const seed = fc.noShrink(fc.integer());

describe('A* in mazes', () => {
  it('finds legal plans exactly as long as the oracle, or none where there is none', () => {
    fc.assert(
      fc.property(arbitraryMaze(9), fc.option(seed, { nil: undefined }), (maze, drawn) => {
        const rng = drawn === undefined ? undefined : createRng(drawn);
        const { plan } = astar(mazeProblem(maze), rng && { rng });
        const steps = distancesTo(maze.goal, maze)[maze.start]!;
        expect(plan === null ? Infinity : plan.length - 1).toBe(steps);
        if (plan === null) return;
        const positions = Array.from(plan, (cell) => positionOf(cell, maze.width));
        expect(checkMazePlan(maze, positions)).toEqual({ valid: true });
      }),
      { numRuns: 5000 },
    );
  });

  it('logs, without a seed, what a naive A* logs', () => {
    fc.assert(
      fc.property(arbitraryMaze(), (maze) => {
        const problem = mazeProblem(maze);
        expect(stepsOf(astar(problem))).toEqual(naiveAstar(problem));
      }),
      { numRuns: 2000 },
    );
  });

  it('logs, with any seed, a legal run', () => {
    fc.assert(
      fc.property(arbitraryMaze(6), seed, (maze, drawn) => {
        const problem = mazeProblem(maze);
        expectLegalRun(problem, astar(problem, { rng: createRng(drawn) }));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('A* in Sokoban', () => {
  it('finds legal plans exactly as long as the oracle, boxes on docks or not', () => {
    fc.assert(
      fc.property(arbitrarySokoban(4), fc.option(seed, { nil: undefined }), (level, drawn) => {
        const problem = sokobanProblem(level);
        const { plan } = astar(problem, drawn === undefined ? {} : { rng: createRng(drawn) });
        expect(plan?.length ?? null).toBe(plainShortestPlan(level));
        if (plan === null) return;
        const cells = Array.from(plan, (state) => positionOf(problem.agent(state), level.width));
        expect(checkSokobanPlan(level, cells)).toEqual({ valid: true });
      }),
      { numRuns: 1000 },
    );
  });

  it('logs, without a seed, what a naive A* logs', () => {
    fc.assert(
      fc.property(arbitrarySokoban(3), (level) => {
        const steps = naiveAstar(sokobanProblem(level));
        expect(stepsOf(astar(sokobanProblem(level)))).toEqual(steps);
      }),
      { numRuns: 1000 },
    );
  });

  it('logs, with any seed, a legal run', () => {
    fc.assert(
      fc.property(arbitrarySokoban(3), seed, (level, drawn) => {
        const problem = sokobanProblem(level);
        expectLegalRun(problem, astar(problem, { rng: createRng(drawn) }));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the log', () => {
  // Heuristics: 4 3 2 / 3 # 1 / 2 1 0. Every f is 4, so the lower y goes first, then the lower x:
  // (1,0), (2,0), then (0,1) before (2,1), then (2,1) before (0,2), and in the last row (0,2),
  // (1,2), (2,2). From (1,2) the goal costs no less than it does already: no create.
  it('of this maze is, derived by hand', () => {
    const maze = mazeOf('S..', '.#.', '..G');
    const result = astar(mazeProblem(maze));
    const rows = stepsOf(result).map(({ operation, state, g, h }) => {
      const { x, y } = positionOf(state, 3);
      return `${operation} ${x} ${y} c${g} c${h}`;
    });
    expect(rows).toEqual([
      'create 0 0 c0 c4',
      'close 0 0 c0 c4',
      'create 0 1 c1 c3',
      'create 1 0 c1 c3',
      'close 1 0 c1 c3',
      'create 2 0 c2 c2',
      'close 2 0 c2 c2',
      'create 2 1 c3 c1',
      'close 0 1 c1 c3',
      'create 0 2 c2 c2',
      'close 2 1 c3 c1',
      'create 2 2 c4 c0',
      'close 0 2 c2 c2',
      'create 1 2 c3 c1',
      'close 1 2 c3 c1',
      'close 2 2 c4 c0',
    ]);
    expect([...result.plan!]).toEqual([0, 1, 2, 5, 8]);
  });

  // The goal is walled off: the search ends when nothing is open.
  it('of a maze without a plan is the whole search', () => {
    const result = astar(mazeProblem(mazeOf('S#G', '.#.', '.#.')));
    const rows = stepsOf(result).map(({ operation, state, g, h }) => [operation, state, g, h]);
    expect(rows).toEqual([
      ['create', 0, 0, 2],
      ['close', 0, 0, 2],
      ['create', 3, 1, 3],
      ['close', 3, 1, 3],
      ['create', 6, 2, 4],
      ['close', 6, 2, 4],
    ]);
    expect(result.plan).toBeNull();
    expect(result.truncated).toBe(false);
  });

  // The box, at (1,1), is pushed right to (2,1), where the edge leaves only up and down, and from
  // above onto the dock at (2,2). With h = 2 before the push, 1 after it, and 0 at the end.
  // f = 2: the start, then the push. f = 3: first the three states with h = 1 that follow the push,
  // as created: up, down, left; then the two with h = 2 that went round the box at the beginning.
  // f = 4: with h = 1 come (0,0) and (2,0), both created from (1,0); the push down from (2,0) has
  // h = 0 and so goes before what else is open. States closed at a lower cost are not created.
  it('of this level is, derived by hand', () => {
    const level = parseSokoban('   \n@$ \n  .');
    const problem = sokobanProblem(level);
    const result = astar(problem);
    const rows = stepsOf(result).map(({ operation, state, g, h }) => {
      const worker = positionOf(problem.agent(state), 3);
      const box = positionOf(problem.boxes(state)[0]!, 3);
      return `${operation} worker ${worker.x} ${worker.y} box ${box.x} ${box.y} c${g} c${h}`;
    });
    expect(rows).toEqual([
      'create worker 0 1 box 1 1 c0 c2',
      'close worker 0 1 box 1 1 c0 c2',
      'create worker 0 0 box 1 1 c1 c2',
      'create worker 0 2 box 1 1 c1 c2',
      'create worker 1 1 box 2 1 c1 c1',
      'close worker 1 1 box 2 1 c1 c1',
      'create worker 1 0 box 2 1 c2 c1',
      'create worker 1 2 box 2 1 c2 c1',
      'create worker 0 1 box 2 1 c2 c1',
      'close worker 1 0 box 2 1 c2 c1',
      'create worker 0 0 box 2 1 c3 c1',
      'create worker 2 0 box 2 1 c3 c1',
      'close worker 1 2 box 2 1 c2 c1',
      'create worker 0 2 box 2 1 c3 c1',
      'create worker 2 2 box 2 1 c3 c1',
      'close worker 0 1 box 2 1 c2 c1',
      'close worker 0 0 box 1 1 c1 c2',
      'create worker 1 0 box 1 1 c2 c2',
      'close worker 0 2 box 1 1 c1 c2',
      'create worker 1 2 box 1 1 c2 c2',
      'close worker 0 0 box 2 1 c3 c1',
      'close worker 2 0 box 2 1 c3 c1',
      'create worker 2 1 box 2 2 c4 c0',
      'close worker 2 1 box 2 2 c4 c0',
    ]);
    expect(Array.from(result.plan!, (state) => problem.agent(state))).toEqual([3, 4, 1, 2, 5]);
  });

  it('is empty where the start is known to be dead', () => {
    const result = astar(sokobanProblem(parseSokoban('$ @\n  .')));
    expect(result.log.length).toBe(0);
    expect(result.plan).toBeNull();
  });

  it('of a start that is a goal creates and closes it', () => {
    const result = astar(sokobanProblem(parseSokoban('@*')));
    expect([...result.log.closes]).toEqual([0, 1]);
    expect(result.plan!.length).toBe(1);
  });

  it('is the same for the same seed, whatever was searched before', () => {
    fc.assert(
      fc.property(arbitraryMaze(), arbitrarySokoban(3), seed, (maze, level, drawn) => {
        const search = () => astar(mazeProblem(maze), { rng: createRng(drawn) });
        const first = search();
        astar(sokobanProblem(level), { rng: createRng(drawn) });
        expect(search()).toEqual(first);
      }),
      { numRuns: 1000 },
    );
  });

  it('survives a search that failed half way', () => {
    const maze = mazeOf('S..', '.#.', '..G');
    const problem = mazeProblem(maze);
    const before = astar(problem);
    let calls = 0;
    const failing = {
      ...problem,
      heuristic(state: number) {
        if (++calls > 5) throw new Error('no estimate');
        return problem.heuristic(state);
      },
    };
    expect(() => astar(failing)).toThrow('no estimate');
    expect(astar(problem)).toEqual(before);
  });
});

describe('a closed state that is reached more cheaply', () => {
  const reopenings = (steps: readonly Step[]): number => {
    const closed = new Set<number>();
    let count = 0;
    for (const { operation, state } of steps) {
      if (operation === 'close') closed.add(state);
      else if (closed.has(state)) count++;
    }
    return count;
  };

  // Two ways lead from 0 to 5: over 1, and over 3 and 4, a step longer. Only 1 has an estimate,
  // the exact one, so the longer way is taken first and goes on to 8 until f exceeds that of 1.
  it('is opened again, and the plan is the shortest', () => {
    const edges = [[1, 3], [5], [], [4], [5], [6], [7], [8], [9], []];
    const shares = [1, 1, 1, 0, 0, 0, 0, 0, 1, 1];
    const problem = graphProblem(edges, [9], shares);
    const result = astar(problem);
    expect(stepsOf(result).filter(({ state }) => state === 5)).toEqual([
      { operation: 'create', state: 5, g: 3, h: 0 },
      { operation: 'close', state: 5, g: 3, h: 0 },
      { operation: 'create', state: 5, g: 2, h: 0 },
      { operation: 'close', state: 5, g: 2, h: 0 },
    ]);
    expect([...result.plan!]).toEqual([0, 1, 5, 6, 7, 8, 9]);
  });

  it('occurs in this Sokoban level, where a box has to leave its dock', () => {
    const level = parseSokoban('######\n#    #\n#  * #\n#@ $ #\n#.#  #\n######');
    const problem = sokobanProblem(level);
    const result = astar(problem);
    expect(reopenings(stepsOf(result))).toBeGreaterThan(0);
    expectLegalRun(problem, result);
    expect(stepsOf(result)).toEqual(naiveAstar(sokobanProblem(level)));
    expect(result.plan!.length).toBe(plainShortestPlan(level));
  });

  it('is logged as a legal run in any graph', () => {
    let count = 0;
    fc.assert(
      fc.property(arbitraryGraphProblem(), fc.option(seed), (problem, drawn) => {
        const result = astar(problem, drawn === null ? {} : { rng: createRng(drawn) });
        expectLegalRun(problem, result);
        count += reopenings(stepsOf(result));
        if (drawn === null) expect(stepsOf(result)).toEqual(naiveAstar(problem));
      }),
      { numRuns: 1500 },
    );
    expect(count).toBeGreaterThan(0);
  });

  it('never occurs in mazes, whose heuristic is consistent', () => {
    fc.assert(
      fc.property(arbitraryMaze(), seed, (maze, drawn) => {
        const result = astar(mazeProblem(maze), { rng: createRng(drawn) });
        expect(reopenings(stepsOf(result))).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('maxSteps', () => {
  it('gives up a search if and only if its log would be longer', () => {
    fc.assert(
      fc.property(arbitraryMaze(5), fc.nat(40), (maze, maxSteps) => {
        const problem = mazeProblem(maze);
        const whole = astar(problem);
        const limited = astar(problem, { maxSteps });
        expect(limited.truncated).toBe(whole.log.length > maxSteps);
        if (limited.truncated) {
          expect(limited.plan).toBeNull();
          expect(stepsOf(limited)).toEqual(stepsOf(whole).slice(0, limited.log.length));
        } else {
          expect(limited).toEqual(whole);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('ties', () => {
  it('between two states of equal f fall either way equally often', () => {
    const problem = mazeProblem(mazeOf('S.', '.G'));
    const rng = createRng('ties');
    const closed = Array.from({ length: 4000 }, () => {
      const steps = stepsOf(astar(problem, { rng }));
      return steps.filter(({ operation }) => operation === 'close')[1]!.state;
    });
    expect(unevenness(tally(closed, [1, 2]))).toBeLessThan(4);
  });

  it('leave children in every order equally often', () => {
    const problem = mazeProblem(mazeOf('...', '.S.', '..G'));
    const rng = createRng('children');
    const orders = Array.from({ length: 24_000 }, () => {
      const steps = stepsOf(astar(problem, { rng })).slice(2, 6);
      return steps.map(({ state }) => state).join('');
    });
    const kinds = [...new Set(orders)];
    expect(kinds.length).toBe(24);
    expect(unevenness(tally(orders, kinds))).toBeLessThan(4);
  });
});
