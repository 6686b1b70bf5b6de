/** Figures of rollouts beside PyTorch as a table. */
import type { Table } from '../src/report/table.ts';
import type { RolloutFigure } from './besidePyTorch.ts';
import { speeds, times, timesAsFast, written } from './figures.ts';
import { spread } from './rows.ts';
import { ROLLOUTS, titleOf, WAYS, type RolloutName, type WayName } from './rolloutWorkloads.ts';

/** The ways of one workload, measured in one run. */
export interface RolloutsBeside {
  readonly workload: RolloutName;
  readonly threads: number;
  readonly figures: readonly RolloutFigure[];
}

const isKit = (way: WayName): boolean => WAYS[way].program === 'kit';

/** Has a column for each way of the kit that was measured: how many times as fast as PyTorch's it is. */
export function rolloutTable(measured: readonly RolloutsBeside[]): Table {
  const all = measured.flatMap(({ figures }) => figures.map(({ variant }) => variant));
  const kits = [...new Set(all.filter(isKit))];
  return {
    columns: [
      { title: 'rollouts' },
      { title: 'by' },
      { title: 'threads', align: 'right' },
      { title: 'rows at once', align: 'right' },
      { title: 'tokens/s', align: 'right' },
      ...kits.map((way) => ({ title: `${WAYS[way].title}, against it`, align: 'right' as const })),
      { title: 'peak memory, MiB', align: 'right' },
    ],
    rows: measured.flatMap(({ workload, figures }) =>
      figures.map((figure) => [
        titleOf(ROLLOUTS[workload]),
        WAYS[figure.variant].title,
        ...cellsOf(figure),
        ...kits.map((kit) => {
          const own = figures.find(({ variant }) => variant === kit);
          return isKit(figure.variant) || own === undefined ? '–' : times(timesAsFast(own, figure));
        }),
        figure.peakMemory === null ? '–' : figure.peakMemory.toFixed(0),
      ]),
    ),
  };
}

/** What could not be measured and why, in a line each. */
export function rolloutFailures(measured: readonly RolloutsBeside[]): string[] {
  return measured.flatMap(({ workload, figures }) =>
    figures.flatMap(({ variant, failure }) => {
      const what = `${titleOf(ROLLOUTS[workload])}, ${WAYS[variant].title}`;
      return failure === null ? [] : [`${what}: ${failure}.`];
    }),
  );
}

function cellsOf(figure: RolloutFigure): string[] {
  const { rounds, threads, rows } = figure;
  if (rounds.length === 0) return ['–', '–', '–'];
  return [String(threads), rows === null ? '–' : String(rows), written(spread(speeds(figure)))];
}
