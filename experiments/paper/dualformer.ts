/** Dualformer's tables (arXiv 2410.09918, section 5.1 and appendix) at full size: 64 samples per task, GPUs and days. */
import type { StudyInput } from '../../src/study.ts';
import { maze30 } from './mazes.ts';
import { type Cell, METHODS } from '../methods.ts';
import { sokoban7 } from './sokoban.ts';

const NOTES =
  'The number of training tasks and the probabilities of the levels are the papers’ as far as they ' +
  'are known.';

const { name: _maze, description: __maze, ...mazeBase } = maze30;
const { name: _sokoban, description: __sokoban, ...sokobanBase } = sokoban7;

export const paperDualformerMazes: StudyInput = {
  name: 'paper-dualformer-mazes',
  question: 'How does Dualformer compare with its baselines in the papers’ mazes, 15×15 to 30×30?',
  notes: NOTES,
  base: mazeBase,
  cells: Object.fromEntries([15, 20, 25, 30].flatMap(bySide)),
  seeds: [1, 2, 3],
};

export const paperDualformerSokoban: StudyInput = {
  name: 'paper-dualformer-sokoban',
  question: 'How does Dualformer compare with its baselines in the papers’ Sokoban?',
  notes: NOTES,
  base: sokobanBase,
  cells: METHODS,
  seeds: [1, 2, 3],
};

function bySide(side: number): (readonly [name: string, cell: Cell])[] {
  const data = { task: { width: side, height: side } };
  return Object.entries(METHODS).map(([name, cell]) => [
    `${name}-${side}x${side}`,
    { ...cell, data },
  ]);
}
