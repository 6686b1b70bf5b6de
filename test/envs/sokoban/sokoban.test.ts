import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from '../../../envs/environment.ts';
import { positionOf } from '../../../envs/environment.ts';
import { sokobanEnvironment } from '../../../envs/index.ts';
import { checkSokobanPlan, sokobanProblem, type Sokoban } from '../../../envs/sokoban/sokoban.ts';
import { parseSokoban } from '../../../envs/sokoban/text.ts';
import { childrenOf } from '../../helpers/searches.ts';
import { arbitrarySokoban, drawingOf, movesOf } from '../../helpers/sokoban.ts';

const at = (x: number, y: number): Position => ({ x, y });

/** Every state that can be reached, with its children; states are drawn for comparison. */
function exploration(level: Sokoban) {
  const problem = sokobanProblem(level);
  const children = new Map<number, number[]>([[problem.start, []]]);
  for (const state of children.keys()) {
    children.set(state, childrenOf(problem, state));
    for (const child of children.get(state)!) if (!children.has(child)) children.set(child, []);
  }
  const draw = (state: number): string[] =>
    drawingOf({ ...level, worker: problem.agent(state), boxes: problem.boxes(state) });
  return { problem, children, draw };
}

describe('the rules of Sokoban', () => {
  it('are those of moves over drawings: up, down, left, right', () => {
    fc.assert(
      fc.property(arbitrarySokoban(3), (level) => {
        const { problem, children, draw } = exploration(level);
        expect(draw(problem.start)).toEqual(drawingOf(level));
        const text = (drawings: readonly string[][]): string => drawings.flat().join('\n');
        const differing = [...children].filter(([state, reached]) => {
          const goal = !draw(state).join('').includes('$');
          const same = text(reached.map(draw)) === text(movesOf(draw(state)));
          return !same || problem.isGoal(state) !== goal;
        });
        expect(differing).toEqual([]);
        expect(new Set([...children.keys()].map((state) => draw(state).join('\n'))).size).toBe(
          children.size,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('number states in the order in which they are generated', () => {
    fc.assert(
      fc.property(arbitrarySokoban(3), (level) => {
        const { children } = exploration(level);
        expect([...children.keys()]).toEqual(Array.from(children, (_, id) => id));
      }),
      { numRuns: 500 },
    );
  });

  it('keep boxes in ascending order, as many as before', () => {
    fc.assert(
      fc.property(arbitrarySokoban(3, 3), (level) => {
        const { problem, children } = exploration(level);
        for (const state of children.keys()) {
          const boxes = problem.boxes(state);
          const ascending = boxes.every((box, i) => i === 0 || box > boxes[i - 1]!);
          expect([boxes.length, ascending]).toEqual([level.boxes.length, true]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('hold for eight boxes on a board of 20×20', () => {
    const lines = Array.from({ length: 20 }, () => ' '.repeat(20));
    lines[5] = '   $ $ $ $ $ $ $ $  ';
    lines[6] = '   . . . . . . . .  ';
    lines[19] = `${' '.repeat(19)}@`;
    const problem = sokobanProblem(parseSokoban(lines.map((l) => l.replace(/ $/, '_')).join('\n')));
    expect(problem.heuristic(problem.start)).toBe(8);
    expect(childrenOf(problem, problem.start).map((state) => problem.agent(state))).toEqual([
      379, 398,
    ]);
  });
});

describe('the heuristic', () => {
  it('never exceeds the true distance, is 0 at goals only, and infinite only without a plan', () => {
    fc.assert(
      fc.property(arbitrarySokoban(3), (level) => {
        const { problem, children } = exploration(level);
        const distances = new Map<number, number>();
        for (const state of children.keys()) {
          distances.set(state, problem.isGoal(state) ? 0 : Infinity);
        }
        for (let changed = true; changed;) {
          changed = false;
          for (const [state, reached] of children) {
            const onward = 1 + Math.min(Infinity, ...reached.map((child) => distances.get(child)!));
            if (onward >= distances.get(state)!) continue;
            distances.set(state, onward);
            changed = true;
          }
        }
        for (const [state, distance] of distances) {
          const h = problem.heuristic(state);
          if (h > distance || (h === 0) !== (distance === 0)) return false;
          if (problem.heuristic(state) !== h) return false;
        }
        return true;
      }),
      { numRuns: 500 },
    );
  });

  // By hand: |Δx| + |Δy| to the nearest free dock, which several boxes may share.
  it.each([
    ['one box, one dock', '       \n @ $   \n     . \n', 3],
    ['two boxes, the same nearest dock', '        \n $.$@  .\n        ', 2],
    ['a dock that a box stands on is not free', '        \n  $* @ .\n        ', 5],
    ['the dock under the worker is free', '       \n  $ +  \n       ', 2],
    ['all docked', ' * @ * ', 0],
    ['a corner', '#####\n#$ .#\n# @ #\n#####', Infinity],
    ['a corner that is a dock', '#####\n#* .#\n# @$#\n#   #\n#####', 1],
    ['a box along a wall may move along it', '#####\n# $.#\n# @ #\n#####', 1],
    ['walls above and left, not opposite', '    \n # .\n#$ @\n    ', Infinity],
    ['a wall on one side of each axis', '   .\n @$#\n  # \n    ', Infinity],
    ['a corner of the board itself', '@ .\n  $', Infinity],
    ['a box between boxes is not dead', '       \n @$$$..\n    . ', 6],
  ])('of %s', (_, drawing, h) => {
    const problem = sokobanProblem(parseSokoban(drawing));
    expect(problem.heuristic(problem.start)).toBe(h);
  });

  it('is inconsistent: a step off a dock can lower it by more than one', () => {
    const drawing = '######\n#    #\n#  * #\n#@ $ #\n#.#  #\n######';
    const { problem, children } = exploration(parseSokoban(drawing));
    const alive = (state: number): boolean => problem.heuristic(state) < Infinity;
    const falls = [...children].flatMap(([state, reached]) =>
      reached
        .filter((child) => alive(state) && alive(child))
        .map((child) => problem.heuristic(state) - problem.heuristic(child)),
    );
    expect(Math.max(...falls)).toBeGreaterThan(1);
  });

  it('decides ties: the lower one first, then the state generated first', () => {
    const { problem, children } = exploration(parseSokoban('     \n @$ .\n     '));
    const alive = [...children.keys()].filter((state) => problem.heuristic(state) < Infinity);
    const byRank = [...alive].sort((a, b) => problem.tieRank(a) - problem.tieRank(b));
    const byRule = [...alive].sort((a, b) => problem.heuristic(a) - problem.heuristic(b) || a - b);
    expect(byRank).toEqual(byRule);
  });
});

describe('a plan', () => {
  const level = parseSokoban('######\n#    #\n# @$.#\n#    #\n######');

  it('whose last state has all boxes on docks is valid, detours and all', () => {
    expect(checkSokobanPlan(level, [at(2, 2), at(3, 2)])).toEqual({ valid: true });
    const detour = [at(2, 2), at(2, 1), at(2, 2), at(3, 2), at(3, 1)];
    expect(checkSokobanPlan(level, detour)).toEqual({ valid: true });
  });

  it('that leaves spare docks empty is valid', () => {
    expect(checkSokobanPlan(parseSokoban('@$. .'), [at(0, 0), at(1, 0)])).toEqual({ valid: true });
  });

  it('that only starts is valid where nothing is to do', () => {
    expect(checkSokobanPlan(parseSokoban('@*'), [at(0, 0)])).toEqual({ valid: true });
  });

  it.each([
    ['is empty', [], 0],
    ['leaves out the start', [at(3, 2)], 0],
    ['does not finish', [at(2, 2)], 0],
    ['stands still', [at(2, 2), at(2, 2)], 1],
    ['jumps', [at(2, 2), at(4, 2)], 1],
    ['steps diagonally', [at(2, 2), at(3, 1)], 1],
    ['walks into a wall', [at(2, 2), at(1, 2), at(0, 2)], 2],
    ['leaves the board', [at(2, 2), at(2, -1)], 1],
    ['pushes a box into a wall', [at(2, 2), at(3, 2), at(4, 2)], 2],
    ['has a fractional cell', [at(2, 2), at(2.5, 2)], 1],
    ['ends with the box off its dock', [at(2, 2), at(2, 1), at(3, 1), at(3, 2)], 3],
  ])('that %s is not, and the place is named', (_, plan, index) => {
    expect(checkSokobanPlan(level, plan)).toMatchObject({ valid: false, at: index });
  });

  it.each([
    ['another box', '@$$..', [at(0, 0), at(1, 0)]],
    ['the edge of the board', '.@$', [at(1, 0), at(2, 0)]],
  ])('that pushes a box against %s is not', (_, drawing, plan) => {
    expect(checkSokobanPlan(parseSokoban(drawing), plan)).toMatchObject({ valid: false, at: 1 });
  });

  it('is judged, whatever it is, as by moves over drawings', () => {
    const steps = fc.array(fc.constantFrom(at(0, -1), at(0, 1), at(-1, 0), at(1, 0)));
    fc.assert(
      fc.property(arbitrarySokoban(4), steps, (drawn, moves) => {
        let { x, y } = positionOf(drawn.worker, drawn.width);
        const plan = [at(x, y), ...moves.map((move) => at((x += move.x), (y += move.y)))];
        let drawing: string[] | undefined = drawingOf(drawn);
        for (const position of plan.slice(1)) {
          drawing = movesOf(drawing).find((moved) =>
            /[@+]/.test(moved[position.y]?.[position.x] ?? ''),
          );
          if (drawing === undefined) break;
        }
        const valid = drawing !== undefined && !drawing.join('').includes('$');
        expect(checkSokobanPlan(drawn, plan).valid).toBe(valid);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the start state', () => {
  it('decides which split a level belongs to', () => {
    const keys = ['@$.', '@ $.', '@$ .', '@$..', '#@$.'].map((drawing) =>
      sokobanEnvironment.splitKey(parseSokoban(drawing)),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });
});
