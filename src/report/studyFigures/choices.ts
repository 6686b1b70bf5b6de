/** What auto mode chooses, and how well it does with and without thinking. */
import type { Row } from '../study/rows.ts';
import { type Difficulty, groupEdges, ratesByGroup } from './groups.ts';
import { OPTIMAL_AT_ONCE, OPTIMAL_THOUGHT, THOUGHT } from './groups.ts';
import { lineFigure, type Series } from './lines.ts';
import type { Palette } from './palette.ts';

/** A panel for each cell with auto mode. */
export function choicesFigure(
  rows: readonly Row[],
  palette: Palette,
  difficulty: Difficulty,
): string | null {
  const auto = rows.filter(({ mode }) => mode === 'auto');
  if (auto.length === 0) return null;
  const edges = groupEdges(auto, difficulty);
  const panels = auto.map((row) => {
    const line = (rate: typeof THOUGHT, look: Omit<Series, 'points'>): Series => ({
      ...look,
      points: ratesByGroup(row, { difficulty, edges, rate }),
    });
    const colour = palette.colourOf(row.name);
    return {
      title: row.name,
      series: [
        line(THOUGHT, { label: 'thinks', colour: GREY, dashes: '2 3' }),
        line(OPTIMAL_THOUGHT, { label: 'right, thinking', colour, symbol: 'circle' }),
        line(OPTIMAL_AT_ONCE, {
          label: 'right at once',
          colour,
          symbol: 'triangle',
          dashes: '6 3',
        }),
      ],
    };
  });
  return lineFigure({
    title: `What auto mode chooses, ${difficulty.title}`,
    legend: [
      { label: 'responses with a trace', colour: GREY, mark: 'dashed' },
      { label: 'optimal of those with a trace', colour: 'currentColor', mark: 'circle' },
      { label: 'optimal of those without', colour: 'currentColor', mark: 'triangle' },
    ],
    panels,
    columns: auto.length === 4 ? 2 : 3,
    x: { label: difficulty.label },
    y: { label: 'responses (%)', domain: [0, 100] },
  });
}

const GREY = '#8a8f98';
