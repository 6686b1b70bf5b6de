import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../envs/rng.ts';
import { parseSokoban } from '../../envs/sokoban/text.ts';
import { dropStrategy } from '../../traces/drop.ts';
import { dropTrace } from '../../traces/dropTrace.ts';
import { createTraceValidator } from '../../traces/validate.ts';
import { createVocabulary, widestVocabulary } from '../../traces/vocabulary.ts';
import { arbitraryMaze, distancesTo, mazeOf } from '../helpers/mazes.ts';
import { arbitraryTrace, idsOf, type Trace, traceOf } from '../helpers/traces.ts';

const CONSISTENT = { verdict: 'consistent' };

describe('a trace that was dropped from', () => {
  it('is consistent at levels 1 to 3 of every strategy if A* wrote it', () => {
    const level = fc.integer({ min: 1, max: 3 });
    const strategy = fc.constantFrom('dualformer' as const, 'released-maze' as const);
    fc.assert(
      fc.property(arbitraryTrace, level, strategy, fc.nat(), (trace, at, name, seed) => {
        const { task, reasoning, vocabulary, environment } = trace;
        const { level3 } = dropStrategy(name, environment);
        const left = dropTrace(reasoning, at, createRng(seed), { vocabulary, level3 });
        const verdict = left.length === 0 ? { verdict: 'none' } : CONSISTENT;
        expect(createTraceValidator(task, vocabulary)(left)).toEqual(verdict);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is consistent in a maze if and only if every cell and cost is possible', () => {
    const claim = fc.record({ x: fc.nat(4), y: fc.nat(4), more: fc.nat(4), h: fc.nat(3) });
    const withCosts = fc.boolean();
    fc.assert(
      fc.property(arbitraryMaze(5), claim, withCosts, (maze, { x, y, more, h }, costs) => {
        fc.pre(x < Math.max(maze.width, maze.height) && y < Math.max(maze.width, maze.height));
        const { width, height, goal, start } = maze;
        const cell = x < width && y < height ? x + y * width : -1;
        // A search ends at the goal, so that no way to another cell leads through it.
        const walls = maze.walls.map((wall, each) => (each === goal && cell !== goal ? 1 : wall));
        const steps = distancesTo(start, { ...maze, walls })[cell] ?? Infinity;
        const isFree = cell >= 0 && walls[cell] === 0 && steps < Infinity;
        const g = isFree ? steps + more - 1 : more;
        const manhattan = Math.abs(x - (goal % width)) + Math.abs(y - Math.floor(goal / width));
        const wrong = h === 3 ? 1 : 0;
        fc.pre(!costs || (g >= 0 && g < width * height && manhattan + wrong < width * height));
        const text = `create ${x} ${y}${costs ? ` c${g} c${manhattan + wrong}` : ''}`;
        const possible =
          isFree &&
          (!costs ||
            (wrong === 0 && g >= steps && (g - steps) % 2 === 0 && (cell !== start || g === 0)));
        expect(judge(traceOf('maze', maze), text).verdict).toBe(
          possible ? 'consistent' : 'illegal',
        );
      }),
      { numRuns: 3_000 },
    );
  });

  const corridor = traceOf('maze', mazeOf('.S.G.', '.###.'));

  it.each([
    ['create 1 0 c0 c2 create 0 1', 1, 'has no costs, unlike the clauses before'],
    ['create 1 0 create 0 0 c1 c3', 1, 'has costs, unlike the clauses before'],
    ['create 1 0 create 2 0 close 2 0', 2, 'closes a state, unlike the clauses before'],
    ['create 1 0 create 1 1', 1, 'no steps lead to it'],
    ['create 1 0 create 4 0', 1, 'no steps lead to it'],
    ['create 1 0 create 0', 1, 'no steps lead to it'],
    ['create 1 0 create 0 1 0 1', 1, 'no steps lead to it'],
    ['create 1 0 c0 c2 create 0 1 c1 c4', 1, 'no 1 steps lead to it'],
    ['create 1 0 c0 c2 create 0 1 c3 c4', 1, "its cost from the start can't be c3"],
    ['create 1 0 c0 c2 create 0 1 c2 c3', 1, 'its heuristic is not c3'],
    ['create 1 0 c2 c2', 0, "its cost from the start can't be c2"],
    [
      'create 2 0 c1 c1 create 2 0 c1 c1',
      1,
      'creates a state again that was created at no higher cost',
    ],
    [
      'create 2 0 c1 c1 create 2 0 c3 c1',
      1,
      'creates a state again that was created at no higher cost',
    ],
    ['create 1 0 wall 0 0', 0, 'no steps lead to it'],
    ['1 0 create 1 0', 0, 'begins with neither create nor close'],
  ])('"%s" is illegal', (text, clause, reason) => {
    expect(judge(corridor, text)).toEqual({ verdict: 'illegal', clause, reason });
  });

  it('may create a state again at a lower cost', () => {
    expect(judge(corridor, 'create 2 0 c3 c1 create 2 0 c1 c1')).toEqual(CONSISTENT);
  });

  it('may create two states of the same text at one cost', () => {
    // Left and right pushes dock one box each: who stands at 2 1 with a box at 2 2 is the same text.
    const level = parseSokoban(['-----', '.$@$.', '--$--', '-----', '--.--'].join('\n'));
    const trace = traceOf('sokoban', level);
    const left = 'create worker 1 1 box 2 2 box 3 1';
    expect(judge(trace, `${left} c1 c3`)).toEqual(CONSISTENT);
    const back = 'create worker 2 1 box 2 2 box 3 1 c2 c3';
    expect(judge(trace, back)).toEqual(CONSISTENT);
    expect(judge(trace, `${back} ${back}`).verdict).toBe('illegal');
    const both = 'create worker 2 1 box 2 2 c5 c2';
    expect(judge(trace, `${both} ${both}`).verdict).toBe('illegal');
  });

  it('is unknown where the states are too many to look through', () => {
    const lines = Array.from({ length: 16 }, (_, y) =>
      y === 4 ? '----$--$--$-----' : y === 15 ? '-@----......----' : '-'.repeat(16),
    );
    const task = parseSokoban(lines.join('\n'));
    const vocabulary = createVocabulary(widestVocabulary('sokoban', task));
    const trace = { task, vocabulary };
    const dead = 'create worker 1 15 box 0 0 box 0 1 box 0 2';
    expect(judge(trace, dead)).toMatchObject({ verdict: 'unknown', clause: 0 });
    expect(judge(trace, `${dead} create c0`)).toMatchObject({ verdict: 'illegal', clause: 1 });
  });
});

// Helpers

function judge({ task, vocabulary }: Pick<Trace, 'task' | 'vocabulary'>, text: string) {
  return createTraceValidator(task, vocabulary)(idsOf(text, vocabulary));
}
