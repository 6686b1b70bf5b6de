import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../envs/inputError.ts';
import { mazeTokenizer } from '../../traces/mazeTokenizer.ts';
import { createVocabulary, widestVocabulary } from '../../traces/vocabulary.ts';
import { arbitraryMaze, mazeOf } from '../helpers/mazes.ts';
import { arbitraryMazeTrace, idsOf, textOf, traceOf } from '../helpers/traces.ts';

const small = createVocabulary(widestVocabulary('maze', { width: 3, height: 3 }));

describe('maze tokens', () => {
  it('are those derived by hand for a winding corridor', () => {
    const maze = mazeOf('S..', '##.', 'G..');
    const { reasoning, plan, vocabulary } = traceOf('maze', maze);
    expect(textOf(mazeTokenizer.prompt(maze, vocabulary), vocabulary)).toBe(
      'start 0 0 goal 0 2 wall 0 1 wall 1 1',
    );
    expect(textOf(reasoning, vocabulary)).toBe(
      'create 0 0 c0 c2 close 0 0 c0 c2 create 1 0 c1 c3 close 1 0 c1 c3 ' +
        'create 2 0 c2 c4 close 2 0 c2 c4 create 2 1 c3 c3 close 2 1 c3 c3 ' +
        'create 2 2 c4 c2 close 2 2 c4 c2 create 1 2 c5 c1 close 1 2 c5 c1 ' +
        'create 0 2 c6 c0 close 0 2 c6 c0',
    );
    expect(textOf(plan, vocabulary)).toBe(
      'plan 0 0 plan 1 0 plan 2 0 plan 2 1 plan 2 2 plan 1 2 plan 0 2',
    );
  });

  it('are those derived by hand around a wall, where every f is 4', () => {
    // Ties go to the lower y, then to the lower x: 1 0 before 0 1, 0 1 before 2 1, and both cells
    // left of the goal before the goal.
    const maze = mazeOf('S..', '.#.', '..G');
    const { reasoning, plan, vocabulary } = traceOf('maze', maze);
    expect(textOf(reasoning, vocabulary)).toBe(
      'create 0 0 c0 c4 close 0 0 c0 c4 create 0 1 c1 c3 create 1 0 c1 c3 ' +
        'close 1 0 c1 c3 create 2 0 c2 c2 close 2 0 c2 c2 create 2 1 c3 c1 ' +
        'close 0 1 c1 c3 create 0 2 c2 c2 close 2 1 c3 c1 create 2 2 c4 c0 ' +
        'close 0 2 c2 c2 create 1 2 c3 c1 close 1 2 c3 c1 close 2 2 c4 c0',
    );
    expect(textOf(plan, vocabulary)).toBe('plan 0 0 plan 1 0 plan 2 0 plan 2 1 plan 2 2');
  });

  it('of an unsolvable maze end with the last open cell, and there is no plan', () => {
    const { reasoning, plan, vocabulary } = traceOf('maze', mazeOf('S#.', '##.', '..G'));
    expect(textOf(reasoning, vocabulary)).toBe('create 0 0 c0 c4 close 0 0 c0 c4');
    expect(plan).toHaveLength(0);
  });

  it('number five a clause and three a position', () => {
    fc.assert(
      fc.property(arbitraryMazeTrace(), ({ search, reasoning, plan }) => {
        expect(reasoning).toHaveLength(5 * search.log.length);
        expect(plan).toHaveLength(3 * (search.plan?.length ?? 0));
      }),
      { numRuns: 500 },
    );
  });
});

describe('a maze prompt', () => {
  it('is read back as the maze that it was written of', () => {
    fc.assert(
      fc.property(arbitraryMaze(), (maze) => {
        const each = createVocabulary(widestVocabulary('maze', maze));
        const prompt = mazeTokenizer.prompt(maze, each);
        expect(mazeTokenizer.readPrompt(prompt, each, maze)).toEqual(maze);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['', 'its end: no start'],
    ['start 0 0', 'its end: no goal'],
    ['goal 0 0 start 1 1', 'token 3, "start": expected goal, wall'],
    ['start 0 0 goal 0 2 start 1 1', 'token 6, "start": expected goal, wall'],
    ['start 0 0 start 0 1 goal 0 2', 'token 3, "start": a second start'],
    ['start 0 0 goal 0 2 wall 1 1 wall 1 0', 'token 9, "wall": the cells of wall do not ascend'],
    ['start 0 0 goal 0 2 wall 1 1 wall 1 1', 'token 9, "wall": the cells of wall do not ascend'],
    ['start 0 0 goal 0 2 wall 0 0', 'token 6, "wall": a wall where there is a start'],
    ['start 0 0 goal 0 2 wall 0 2', 'token 6, "wall": a wall where there is a goal'],
    ['start 0 0 goal 0 2 wall 1', 'its end: no coordinate below 3'],
    ['start 0 c0 goal 0 2', 'token 2, "c0": no coordinate below 3'],
    ['start 0 0 goal 0 2 1', 'token 6, "1": expected goal, wall'],
    ['start 0 0 goal 0 2 eos', 'token 6, "eos": expected goal, wall'],
  ])('"%s" is refused', (text, message) => {
    const read = () => mazeTokenizer.readPrompt(idsOf(text, small), small, { width: 3, height: 3 });
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
  });

  it('off the board is refused', () => {
    const ids = idsOf('start 0 0 goal 0 2', small);
    const read = () => mazeTokenizer.readPrompt(ids, small, { width: 3, height: 2 });
    expect(read).toThrow('token 5, "2": no coordinate below 2');
  });

  it('of ids outside the vocabulary is refused', () => {
    const read = () => mazeTokenizer.readPrompt([99], small, { width: 3, height: 3 });
    expect(read).toThrow('token 0, id 99: expected start, goal, wall');
  });

  it('of a board beyond the coordinates is refused', () => {
    const write = () => mazeTokenizer.prompt(mazeOf('S..G', '....'), small);
    expect(write).toThrow(InputError);
    expect(write).toThrow("a board of 4×2: the vocabulary's coordinates end at 2");
  });

  it('is read or refused, whatever the ids', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: small.size })), (ids) => {
        try {
          const maze = mazeTokenizer.readPrompt(ids, small, { width: 3, height: 3 });
          expect([...mazeTokenizer.prompt(maze, small)]).toEqual(ids);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
