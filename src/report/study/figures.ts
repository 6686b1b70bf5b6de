/** The figures that a study's records allow, with what they show. */
import { type Figure, figure } from '../page/blocks.ts';
import { choicesFigure } from '../studyFigures/choices.ts';
import { dataCurveFigure } from '../studyFigures/dataCurve.ts';
import { difficultyFigure, fastSlowFigure } from '../studyFigures/difficulty.ts';
import { DIFFICULTIES } from '../studyFigures/groups.ts';
import { kindsFigure } from '../studyFigures/kinds.ts';
import { learningFigure } from '../studyFigures/learning.ts';
import type { Palette } from '../studyFigures/palette.ts';
import { paretoFigure } from '../studyFigures/pareto.ts';
import type { CellRuns } from './cost.ts';
import type { Row } from './rows.ts';

const GROUPED = 'Groups of about as many tasks each.';

export function paretoFigures(rows: readonly Row[], palette: Palette): Figure[] {
  return figure(
    'pareto.svg',
    paretoFigure(rows, palette, {
      metric: 'optimalRate',
      title: 'Optimal responses against the length of thought',
      label: 'optimal (%)',
    }),
    `Up and to the left is better: more optimal plans for fewer tokens.`,
  );
}

export function curveFigures(rows: readonly Row[], palette: Palette): Figure[] {
  return figure(
    'dataCurve.svg',
    dataCurveFigure(rows, palette),
    `Cells of one line differ in nothing but the number of training tasks.`,
  );
}

/** Nothing for one sample a task. @param rows of one label */
export function sampledFigures(rows: readonly Row[], palette: Palette, label: string): Figure[] {
  const samples = rows[0]?.seeds[0]?.settings.samples ?? 1;
  if (samples === 1) return [];
  return figure(
    `pareto-${label}.svg`,
    paretoFigure(rows, palette, {
      metric: 'oneOptimal',
      title: `1-Optimal-${samples} against the length of thought`,
      label: `tasks with an optimal one among ${samples} responses (%)`,
    }),
    `The same for ${samples} responses to each task.`,
  );
}

export function difficultyFigures(rows: readonly Row[], palette: Palette): Figure[] {
  return DIFFICULTIES.flatMap((difficulty) =>
    figure(
      `difficulty-${difficulty.key}.svg`,
      difficultyFigure(rows, palette, difficulty),
      `Optimal rate ${difficulty.title}. ${GROUPED}`,
    ),
  );
}

export function fastSlowFigures(rows: readonly Row[], palette: Palette): Figure[] {
  return DIFFICULTIES.filter(({ key }) => key !== 'aStarTraceLength').flatMap((difficulty) =>
    figure(
      `fastSlow-${difficulty.key}.svg`,
      fastSlowFigure(rows, palette, difficulty),
      `Optimal rate of the same models answering at once and thinking, ${difficulty.title}.`,
    ),
  );
}

export function choicesFigures(rows: readonly Row[], palette: Palette): Figure[] {
  return DIFFICULTIES.filter(({ key }) => key !== 'planLength').flatMap((difficulty) =>
    figure(
      `choices-${difficulty.key}.svg`,
      choicesFigure(rows, palette, difficulty),
      `How often auto mode thinks, and how often it is right with and without, ${difficulty.title}. ` +
        `The two kinds of responses need not be to the same tasks, so their gap is not what thinking brings.`,
    ),
  );
}

export function kindFigures(
  rows: readonly Row[],
  palette: Palette,
  labels: readonly (string | null)[],
): Figure[] {
  return figure(
    'kinds.svg',
    kindsFigure(rows, palette, labels),
    `Optimal rate on tasks as trained on and on others, by evaluation.`,
  );
}

export function learningFigures(cells: readonly CellRuns[], palette: Palette): Figure[] {
  const note =
    'Mean and range over seeds. Cells that drop traces differently read other texts: their losses ' +
    'differ in height for that alone.';
  return [
    ...figure(
      'validationLoss.svg',
      learningFigure(cells, palette, 'validation'),
      `Loss on validation tasks. ${note}`,
    ),
    ...figure(
      'trainingLoss.svg',
      learningFigure(cells, palette, 'training'),
      `Loss in training, as means over sixtieths of it. ${note}`,
    ),
  ];
}
