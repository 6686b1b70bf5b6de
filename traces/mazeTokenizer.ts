/**
 * Mazes as tokens (Searchformer, arXiv 2402.14083).
 *
 * Prompt: `start x y goal x y`, then `wall x y` for each wall in row-major order.
 * Clause: `create|close x y c<g> c<h>`.
 */
import type { Maze } from '../envs/maze/maze.ts';
import { LEXICONS } from './lexicons.ts';
import { readPromptGroups, writePrompt } from './promptTokens.ts';
import { planTokens, POSITION, reasoningTokens } from './responseTokens.ts';
import type { Tokenizer } from './tokenizer.ts';

const { keywords } = LEXICONS.maze;

export const mazeTokenizer: Tokenizer<Maze> = {
  environment: 'maze',
  keywords,
  prompt(maze, vocabulary) {
    const groups = { start: [maze.start], goal: [maze.goal], wall: wallCells(maze) };
    return writePrompt(groups, maze, vocabulary);
  },
  reasoning(maze, vocabulary, { problem, log }) {
    return reasoningTokens(log, vocabulary, mazeTokenizer.states(maze, vocabulary, problem));
  },
  plan: planTokens,
  stateForm: POSITION,
  states: ({ width }, vocabulary) => ({
    maxTokens: 2,
    write(cell, into, at) {
      const x = cell % width;
      into[at] = vocabulary.coordinate(x);
      into[at + 1] = vocabulary.coordinate((cell - x) / width);
      return at + 2;
    },
  }),
  readPrompt(ids, vocabulary, { width, height }) {
    const form = {
      size: { width, height },
      keywords,
      single: ['start', 'goal'],
      apart: [
        ['start', 'wall'],
        ['goal', 'wall'],
      ],
      rank: (cell: number) => cell,
    };
    const groups = readPromptGroups(ids, vocabulary, form);
    const walls = new Uint8Array(width * height);
    for (const cell of groups.wall!) walls[cell] = 1;
    return { width, height, walls, start: groups.start![0]!, goal: groups.goal![0]! };
  },
};

/** The cells of the walls, ascending. */
export function wallCells({ walls }: { readonly walls: Uint8Array }): number[] {
  const cells: number[] = [];
  for (let cell = 0; cell < walls.length; cell++) if (walls[cell] !== 0) cells.push(cell);
  return cells;
}
