import type { Environment } from '../environment.ts';
import type { MazeSettings } from './generator.ts';
import { proposeMazes } from './generator.ts';
import type { Maze } from './maze.ts';
import { checkMazePlan, mazeProblem } from './maze.ts';
import { parseMaze, renderMaze } from './text.ts';

const ascii = new TextDecoder();

export const mazeEnvironment: Environment<Maze, MazeSettings> = {
  name: 'maze',
  propose: proposeMazes,
  searchProblem: mazeProblem,
  checkPlan: checkMazePlan,
  // One character a cell, of code 0 or 1: several times as fast as joining digits.
  splitKey: ({ width, height, walls }) => `${width}x${height} ${ascii.decode(walls)}`,
  parse: parseMaze,
  render: renderMaze,
};
