import type { Environment } from '../environment.ts';
import type { MazeSettings } from './generator.ts';
import { proposeMazes } from './generator.ts';
import type { Maze } from './maze.ts';
import { checkMazePlan, mazeProblem } from './maze.ts';
import { parseMaze, renderMaze } from './text.ts';

export const mazeEnvironment: Environment<Maze, MazeSettings> = {
  name: 'maze',
  propose: proposeMazes,
  searchProblem: mazeProblem,
  checkPlan: checkMazePlan,
  splitKey: ({ width, height, walls }) => `${width}x${height} ${walls.join('')}`,
  parse: parseMaze,
  render: renderMaze,
};
