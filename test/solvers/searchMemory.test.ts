import v8 from 'node:v8';
import vm from 'node:vm';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Board, Environment } from '../../envs/environment.ts';
import { mazeEnvironment, sokobanEnvironment } from '../../envs/index.ts';
import { createMemory, GIB, MemoryLimitReached } from '../../envs/memory.ts';
import type { Memory } from '../../envs/memory.ts';
import { createRng } from '../../envs/rng.ts';
import type { SearchProblem } from '../../envs/searchProblem.ts';
import { astar, type SearchResult } from '../../solvers/astar.ts';
import { arbitraryMaze } from '../helpers/mazes.ts';
import { arbitrarySokoban } from '../helpers/sokoban.ts';

/** An empty maze, and a level of two boxes in an empty room. */
const MAZE = ['S'.padEnd(60, '.'), ...Array(58).fill('.'.repeat(60)), 'G'.padStart(60, '.')];
const LEVEL = ['@', '', '  $ $', '', '', '', '..'].map((line) => line.padEnd(6));
const cases: readonly (readonly [string, Environment, Board])[] = [
  ['a maze', mazeEnvironment, mazeEnvironment.parse(MAZE.join('\n'))],
  ['a level', sokobanEnvironment, sokobanEnvironment.parse(LEVEL.join('\n'))],
];

describe('a search with limited memory', () => {
  it.each<[string, Environment, fc.Arbitrary<Board>]>([
    ['a maze', mazeEnvironment, arbitraryMaze(30)],
    ['a level', sokobanEnvironment, arbitrarySokoban(5, 3)],
  ])('of %s is the same as without, or refused, and keeps the limit', (_, environment, tasks) => {
    let refused = 0;
    const seed = fc.option(fc.integer(), { nil: undefined });
    fc.assert(
      fc.property(tasks, fc.integer({ min: 0, max: 300_000 }), seed, (task, limit, drawn) => {
        const rng = () => (drawn === undefined ? {} : { rng: createRng(drawn) });
        const memory = createMemory(limit);
        const search = (): SearchResult => {
          const problem = environment.searchProblem(task, memory);
          const watched = onSuccessors(problem, () =>
            expect(memory.bytes).toBeLessThanOrEqual(limit),
          );
          return astar(watched, { memory, ...rng() });
        };
        const result = orRefusal(search);
        expect(memory.bytes).toBeLessThanOrEqual(limit);
        if (result instanceof MemoryLimitReached) refused++;
        else expect(result).toEqual(astar(environment.searchProblem(task), rng()));
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(950);
  });

  it.each(cases)('of %s is refused if and only if it needs more', (_, environment, task) => {
    const needed = (limit: number): boolean => {
      const memory = createMemory(limit);
      return (
        orRefusal(() => astar(environment.searchProblem(task, memory), { memory })) instanceof
        MemoryLimitReached
      );
    };
    let [low, high] = [0, 2 ** 30];
    while (low + 1 < high) {
      const middle = Math.floor((low + high) / 2);
      if (needed(middle)) low = middle;
      else high = middle;
    }
    expect(peakOf(environment, task)).toBe(high);
  });

  it('tells how far it came', () => {
    const memory = createMemory(GIB / 2048);
    const [, , task] = cases[1]!;
    const problem = sokobanEnvironment.searchProblem(task as never, memory);
    expect(() => astar(problem, { memory })).toThrow(
      /^the search needs more than 0\.00048828125 GiB of memory \([\d,]+ states created so far\)$/,
    );
  });
});

describe('the bytes that are counted', () => {
  afterEach(() => vi.unstubAllGlobals());

  // Node counts tables of fixed size too, so the difference must be small and never change.
  it.each(cases)('are, at every moment of %s, those that Node counts', (_, environment, task) => {
    const memory = createMemory();
    const differences = new Set<number>();
    let searching = false;
    const compare = (): void => {
      if (searching) differences.add(arrayBytes() - memory.bytes);
    };
    // While arrays are copied, and every now and then.
    for (const type of [Uint8Array, Uint16Array, Int32Array, Float64Array]) {
      vi.stubGlobal(type.name, observed(type, compare));
    }
    const before = settledBytes();
    const problem = environment.searchProblem(task, memory);
    let calls = 0;
    const watched = onSuccessors(problem, () => {
      searching = true;
      if (calls++ % 1000 === 0) compare();
    });
    const isGoal = (state: number): boolean => {
      searching &&= !problem.isGoal(state);
      return problem.isGoal(state);
    };
    const { plan, log } = astar({ ...watched, isGoal }, { memory });
    expect(plan).not.toBeNull();
    expect(log.length).toBeGreaterThan(5000);
    const [difference, ...others] = differences;
    expect(others).toEqual([]);
    expect(difference! - before).toBeLessThan(64 * task.walls.length);
  });
});

it('a search that took much leaves little to the next', () => {
  const last = 1_000_000;
  const line: SearchProblem = {
    start: 0,
    maxSuccessors: 1,
    isGoal: (state) => state === last,
    successors(state, into) {
      into[0] = state + 1;
      return 1;
    },
    heuristic: () => 0,
    tieRank: () => 0,
    agent: (state) => state,
  };
  const before = settledBytes();
  expect(astar(line).plan!.length).toBe(last + 1);
  expect(arrayBytes() - before).toBeLessThan(2 ** 20);
});

function orRefusal<T>(work: () => T): T | MemoryLimitReached {
  try {
    return work();
  } catch (error) {
    if (error instanceof MemoryLimitReached) return error;
    throw error;
  }
}

function onSuccessors(problem: SearchProblem, watch: () => void): SearchProblem {
  return {
    ...problem,
    successors(state, into) {
      watch();
      return problem.successors(state, into);
    },
  };
}

/** The most bytes at any time, both arrays of a copy included. */
function peakOf(environment: Environment, task: Board): number {
  let peak = 0;
  const plain = createMemory();
  const memory: Memory = {
    get bytes() {
      return plain.bytes;
    },
    counted(items) {
      peak = Math.max(peak, plain.bytes + items.byteLength);
      return plain.counted(items);
    },
    lengthened(items, length, fill) {
      peak = Math.max(peak, plain.bytes + length * items.BYTES_PER_ELEMENT);
      return plain.lengthened(items, length, fill);
    },
  };
  astar(environment.searchProblem(task, memory), { memory });
  return peak;
}

/** A typed array whose making is observed. */
function observed(
  type: typeof Int32Array | typeof Uint8Array | typeof Float64Array | typeof Uint16Array,
  observe: () => void,
) {
  return class extends (type as typeof Int32Array) {
    constructor(...args: ConstructorParameters<typeof Int32Array>) {
      super(...args);
      observe();
    }
  };
}

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;

/** Of all typed arrays in use, but those of a few bytes. */
/** Once what earlier tests left, and what frees itself late, is gone. */
function settledBytes(): number {
  let [bytes, repeated] = [arrayBytes(), 0];
  while (repeated < 5) {
    const next = arrayBytes();
    repeated = next === bytes ? repeated + 1 : 0;
    bytes = next;
  }
  return bytes;
}

function arrayBytes(): number {
  // The first frees what the second waits for.
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}
