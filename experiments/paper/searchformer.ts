/** Searchformer's comparisons (arXiv 2402.14083, section 4) at full size: traces against plans alone. */
import type { StudyInput } from '../../src/study.ts';
import { maze30 } from './mazes.ts';
import { bootstrapped, type Cell, completeTrace, solutionOnly } from '../methods.ts';
import { sokoban7 } from './sokoban.ts';

const { name: _maze, description: __maze, ...mazeBase } = maze30;
const { name: _sokoban, description: __sokoban, ...sokobanBase } = sokoban7;

/** Learning rates and batches of the released code, per GPU. */
const SIZES = {
  s: { model: 's', training: { learningRate: 2.5e-4, batchSize: 8 } },
  'm-s': { model: 'm-s', training: { learningRate: 7.5e-5, batchSize: 2 } },
  l: { model: 'l', training: { learningRate: 5e-5, batchSize: 2 } },
} as const satisfies Readonly<Record<string, Cell>>;

const ANSWERS = { search: completeTrace, solution: solutionOnly } as const;

const COUNTS = { '50k': 50_000, '100k': 100_000, '1m': 1_000_000 } as const;

export const paperSearchformerMazes: StudyInput = {
  name: 'paper-searchformer-mazes',
  question: 'Do traces need fewer training mazes and smaller models than plans alone?',
  notes:
    'The papers’ largest mazes, searched with ties broken in order or at random. Which numbers of ' +
    'training mazes the paper took is not known here for certain.',
  base: { ...mazeBase, data: { ...mazeBase.data, trainCount: COUNTS['1m'] } },
  cells: Object.fromEntries(
    [false, true].flatMap((nondeterministic) =>
      Object.keys(ANSWERS).flatMap((answer) =>
        Object.keys(SIZES).flatMap((size) =>
          Object.keys(COUNTS).map((count) => {
            const name = [answer, nondeterministic ? 'random' : 'ordered', size, count].join('-');
            return [name, mazeCell({ answer, size, count, nondeterministic } as MazeCell)];
          }),
        ),
      ),
    ),
  ),
  seeds: [1, 2, 3],
};

export const paperSearchformerSokoban: StudyInput = {
  name: 'paper-searchformer-sokoban',
  question:
    'Do traces help in Sokoban, does a larger model make up for them, and does bootstrapping shorten them?',
  base: sokobanBase,
  cells: {
    ...Object.fromEntries(
      Object.entries(ANSWERS).flatMap(([answer, cell]) =>
        (['m-s', 'l', 'xl-2'] as const).map((model) => [`${answer}-${model}`, { ...cell, model }]),
      ),
    ),
    // With a row for each of its rounds.
    'search-m-s': { ...bootstrapped, model: 'm-s' },
  },
  seeds: [1, 2, 3],
};

interface MazeCell {
  readonly answer: keyof typeof ANSWERS;
  readonly size: keyof typeof SIZES;
  readonly count: keyof typeof COUNTS;
  readonly nondeterministic: boolean;
}

function mazeCell({ answer, size, count, nondeterministic }: MazeCell): Cell {
  const cell = ANSWERS[answer];
  const { model, training } = SIZES[size];
  const examples = COUNTS[count];
  return {
    ...cell,
    model,
    data: { nondeterministic },
    training: { ...cell.training, ...training, examples },
  };
}
