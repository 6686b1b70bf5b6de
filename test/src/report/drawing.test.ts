import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { drawBoards, traceCells } from '../../../src/report/drawing.ts';
import { createVocabulary, widestVocabulary } from '../../../traces/vocabulary.ts';
import { arbitraryMaze, mazeOf } from '../../helpers/mazes.ts';
import { exampleOf } from '../../helpers/rollouts.ts';
import { arbitrarySokoban } from '../../helpers/sokoban.ts';

const size = { width: 9, height: 9 };
const maze = createVocabulary(widestVocabulary('maze', size));
const sokoban = createVocabulary(widestVocabulary('sokoban', size));

describe('traceCells', () => {
  it('are the cells of the clauses, in their order', () => {
    // S at (0,0), G at (0,2): see the search in report.test.ts
    const task = mazeOf('S..', '.##', 'G..');
    const { reasoning } = exampleOf(task, { id: 0, vocabulary: maze })!;
    expect(traceCells(reasoning, maze, task)).toEqual([0, 0, 3, 1, 3, 6, 6]);
  });

  it('lie on the board and survive any ids', () => {
    const boards = fc.oneof(arbitraryMaze(6), arbitrarySokoban(4, 2));
    fc.assert(
      fc.property(boards, fc.array(fc.nat(60)), (task, ids) => {
        const vocabulary = 'boxes' in task ? sokoban : maze;
        for (const cell of traceCells(ids, vocabulary, task)) {
          expect(cell).toBeGreaterThanOrEqual(0);
          expect(cell).toBeLessThan(task.width * task.height);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('drawBoards', () => {
  it('draws a square for each wall, one path, start and goal, and the caption', () => {
    const task = mazeOf('S#.', '..#', '#.G');
    const plan = [
      { x: 0, y: 0 },
      { x: 0, y: 1 },
      { x: 1, y: 1 },
      { x: 1, y: 2 },
      { x: 2, y: 2 },
    ];
    const svg = parse(drawBoards('<one> & "two"', [[{ task, plan, caption: ['plan 5'] }]]));
    expect(svg.querySelectorAll('rect[fill="#6b727c"]')).toHaveLength(3);
    const points = svg.querySelector('polyline')?.getAttribute('points')?.split(' ');
    expect(points).toHaveLength(5);
    // 200 wide, so a cell is 66.67 and its middle 33.33
    expect(points?.[2]).toBe('100,100');
    expect(svg.querySelectorAll('circle')).toHaveLength(3); // start, ring and heart of the goal
    expect(svg.querySelector('title')?.textContent).toBe('<one> & "two"');
    expect(svg.textContent).toContain('plan 5');
  });

  it('draws any board of either environment as well-formed SVG', () => {
    const boards = fc.oneof(arbitraryMaze(6), arbitrarySokoban(4, 2));
    fc.assert(
      fc.property(fc.array(fc.array(boards, { maxLength: 5 }), { maxLength: 3 }), (rows) => {
        const drawn = drawBoards(
          'boards',
          rows.map((row) => row.map((task) => ({ task }))),
        );
        expect(drawn).not.toMatch(/NaN|undefined|Infinity/);
        expect(parse(drawn).querySelectorAll('g')).toHaveLength(rows.flat().length);
      }),
      { numRuns: 100 },
    );
  });
});

// Helpers

const { DOMParser } = new JSDOM('').window;

function parse(svg: string) {
  const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
  expect(parsed.querySelector('parsererror')).toBeNull();
  return parsed.documentElement;
}
