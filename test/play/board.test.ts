import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Board } from '../../envs/environment.ts';
import { environmentOf } from '../../envs/index.ts';
import { BRUSHES, drawingOf, drawingOfTask, painted } from '../../play/board/drawing.ts';
import { strokeAt, taskOf, textOf, type Drawing } from '../../play/board/drawing.ts';
import { linkOf, readLink } from '../../play/board/link.ts';
import { beginWalk, standingOf, undone, walkTo } from '../../play/board/walk.ts';
import { arbitraryMaze, mazeOf } from '../helpers/mazes.ts';
import { arbitrarySokoban } from '../helpers/sokoban.ts';

const arbitraryDrawing: fc.Arbitrary<Drawing> = fc.oneof(
  arbitraryMaze().map((maze) => drawingOfTask(environmentOf('maze'), maze)),
  arbitrarySokoban().map((level) => drawingOfTask(environmentOf('sokoban'), level)),
);

const count = (text: string, characters: string): number =>
  [...text].filter((one) => characters.includes(one)).length;

describe('a drawing', () => {
  it('is its text and its link, read back', () => {
    fc.assert(
      fc.property(arbitraryDrawing, (drawing) => {
        expect(drawingOf(textOf(drawing))).toEqual(drawing);
        const link = linkOf(drawing);
        expect(readLink(link)).toEqual(drawing);
        // As a browser hands it on.
        expect(readLink(new URL(link, 'http://localhost/').hash)).toEqual(drawing);
      }),
    );
  });

  it('keeps one start and one goal, or one worker, whatever is drawn, and its size', () => {
    const strokes = fc.array(fc.tuple(fc.nat(3), fc.nat(200)), { maxLength: 30 });
    fc.assert(
      fc.property(arbitraryDrawing, strokes, (first, strokes) => {
        let drawing = first;
        for (const [which, at] of strokes) {
          const brushes = BRUSHES[drawing.environment];
          const brush = brushes[which % brushes.length]!;
          const cell = at % (drawing.cells.length + 1);
          const draws = cell < drawing.cells.length && strokeAt(drawing, brush, cell);
          drawing = painted(drawing, brush, { cell, draws });
        }
        const { cells, width, height, environment } = drawing;
        expect(cells).toHaveLength(width * height);
        if (environment === 'sokoban') expect(count(cells, '@+')).toBe(1);
        else expect([count(cells, 'S'), count(cells, 'G')]).toEqual([1, 1]);
      }),
    );
  });

  it('takes back what is drawn twice in one place', () => {
    const maze = drawingOfTask(environmentOf('maze'), mazeOf('S..', '..G'));
    const at = (drawing: Drawing) => ({ cell: 1, draws: strokeAt(drawing, 'wall', 1) });
    const once = painted(maze, 'wall', at(maze));
    expect(textOf(once)).toBe('S#.\n..G');
    expect(painted(once, 'wall', at(once))).toEqual(maze);
  });

  it('keeps docks under what is put on them', () => {
    let level = drawingOf('#####\n#@$.#\n#####');
    level = painted(level, 'box', { cell: 8, draws: true });
    expect(textOf(level)).toBe('#####\n#@$*#\n#####');
    level = painted(level, 'worker', { cell: 8, draws: true });
    expect(textOf(level)).toBe('#####\n# $+#\n#####');
    level = painted(level, 'dock', { cell: 8, draws: false });
    expect(textOf(level)).toBe('#####\n# $@#\n#####');
    expect(taskOf(level)).toMatch(/line 2, column 3: more boxes/);
  });
});

describe('a link', () => {
  it.each(['', '#', '#maze', '#tab=model'])('without a board holds none: %j', (hash) => {
    expect(readLink(hash)).toBeNull();
  });

  it.each([
    ['#maze=', /no problem/],
    ['#maze=S./..', /no goal/],
    ['#maze=%zz', /damaged/],
    ['#maze=<script>', /neither a maze/],
    ['#sokoban=S./.G', /says sokoban, but a maze/],
    [`#maze=S${'.'.repeat(200)}G`, /202 cells wide/],
  ])('that is damaged says what is wrong: %s', (hash, message) => {
    expect(() => readLink(hash)).toThrow(message);
  });

  it('of any text either holds a board or says what is wrong', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'wSG.$@+*-/%2 3é') }), (text) => {
        try {
          readLink(`#maze=${text}`);
        } catch (error) {
          expect((error as Error).name).toBe('InputError');
        }
      }),
    );
  });
});

describe('a walk', () => {
  it('along a shortest plan solves the board in as many moves', () => {
    const maze = mazeOf('S.#', '#..', '..G');
    let walk = beginWalk('maze', maze);
    for (const cell of [1, 4, 5, 8]) walk = walkTo(walk, cell)!;
    expect(standingOf(walk)).toMatchObject({ agent: 8, moves: 4, solved: true, boxes: null });
    expect(standingOf(undone(walk))).toMatchObject({ agent: 5, moves: 3, solved: false });
  });

  it('goes to no wall, no cell that is not next, and past no box that is blocked', () => {
    const maze = beginWalk('maze', mazeOf('S#.', '..G'));
    expect([1, 4, 5, 0, -1, 99].map((cell) => walkTo(maze, cell))).toEqual(Array(6).fill(null));
    const level = taskOf(drawingOf('######\n#@$$.#\n#   .#\n######')) as Board;
    expect(walkTo(beginWalk('sokoban', level), 8)).toBeNull();
  });

  it('pushes boxes, and knows when one is stuck', () => {
    const level = taskOf(drawingOf('######\n# .  #\n#  $@#\n######')) as Board;
    const pushed = walkTo(beginWalk('sokoban', level), 15)!;
    expect(standingOf(pushed)).toMatchObject({ boxes: [14], lost: false, moves: 1 });
    expect(standingOf(walkTo(pushed, 14)!)).toMatchObject({ boxes: [13], lost: true });
  });
});
