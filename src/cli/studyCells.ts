/** What a study measures: the models of its cells, and those after each round of their improvement. */
import type { Experiment } from '../experiment.ts';
import type { CheckedCell, LoadedStudy } from './loadStudy.ts';

/** What the models after each round of a cell's improvement are called, beside the cell itself. */
export function roundCells(cell: string, { improvement }: Experiment): string[] {
  return Array.from({ length: improvement?.rounds ?? 0 }, (_, i) => `${cell}-round-${i + 1}`);
}

/** All that a study measures, by the names of its tables. */
export function measuredCells({ cells }: LoadedStudy): Map<string, CheckedCell> {
  return new Map(
    cells.flatMap((cell) =>
      [cell.cell, ...roundCells(cell.cell, cell.experiment)].map((name) => [name, cell] as const),
    ),
  );
}
