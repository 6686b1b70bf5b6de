/** What the cells of a study took to train. */
import type { Table } from '../table.ts';
import type { Run } from '../run.ts';

/** A cell's runs, one for each seed. */
export interface CellRuns {
  readonly name: string;
  readonly runs: readonly Run[];
}

/** Means over seeds, and the sum over everything in the last row. */
export function costTable(cells: readonly CellRuns[]): Table {
  const trained = cells.filter(({ runs }) => runs.some(({ seconds }) => seconds !== null));
  const row = (name: string, runs: readonly Run[], divide: number): string[] => {
    const sum = (of: (run: Run) => number | null): number =>
      runs.reduce((total, run) => total + (of(run) ?? 0), 0);
    const [seconds, tokens] = [sum((run) => run.seconds), sum((run) => run.tokens)];
    return [
      name,
      String(runs.length),
      (seconds / 60 / divide).toFixed(1),
      (tokens / 1e6 / divide).toFixed(1),
      seconds === 0 ? '–' : Math.round(tokens / seconds).toLocaleString('en'),
    ];
  };
  const all = trained.flatMap(({ runs }) => runs);
  return {
    columns: [
      { title: 'cell' },
      ...['seeds', 'minutes a seed', 'million tokens a seed', 'tokens/s'].map(
        (title) => ({ title, align: 'right' }) as const,
      ),
    ],
    rows: [
      ...trained.map(({ name, runs }) => row(name, runs, runs.length)),
      ...(trained.length > 1 ? [row('all together', all, 1)] : []),
    ],
  };
}
