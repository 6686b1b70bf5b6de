/** What `kit plan` shows: an experiment, or a cell of a study, a line. */
import type { Experiment } from '../../experiment.ts';
import { tableOf, type Table } from '../../report/table.ts';
import { gigabytes } from '../../training/memory.ts';
import { formatDuration, formatNumber } from '../progress.ts';
import type { Foreseen, Planning } from './foresee.ts';
import type { ForeseenRounds } from './rounds.ts';

/** An experiment as it will be run, so many times. */
export interface Item {
  readonly name: string;
  readonly experiment: Experiment;
  readonly times: number;
  /** Where its data would lie. */
  readonly data: string;
  readonly plannings: readonly Planning[];
}

export interface Row extends Item, Foreseen {
  readonly improved: ForeseenRounds | null;
  /** Seconds; null where they were not measured. */
  readonly training: number | null;
  readonly planning: number | null;
}

type Column = readonly [title: string, cell: (row: Row) => string];

const ROUND_COLUMNS: readonly Column[] = [
  ['rounds', ({ improved }) => (improved === null ? '–' : formatNumber(improved.rounds))],
  [
    'their responses',
    ({ improved }) => (improved === null ? '–' : millions(improved.responseTokens)),
  ],
  [
    'their training',
    ({ improved }) => (improved === null ? '–' : millions(improved.trainingTokens)),
  ],
];

export function planTable(rows: readonly Row[]): Table {
  const columns: readonly Column[] = [
    ['parameters', ({ params }) => formatNumber(params)],
    ['training tasks', ({ trainingTasks }) => formatNumber(trainingTasks)],
    ['steps', ({ steps }) => formatNumber(steps)],
    ['passes', ({ passes }) => formatNumber(passes)],
    ['tokens/step', ({ tokensPerStep }) => formatNumber(tokensPerStep)],
    ['tokens', ({ tokensPerStep, steps }) => millions(tokensPerStep * steps)],
    ...(rows.some(({ improved }) => improved !== null) ? ROUND_COLUMNS : []),
    ['padding', ({ padding }) => `${(100 * padding).toFixed(1)} %`],
    ['memory', ({ bytes }) => gigabytes(bytes)],
    ['training', ({ training }) => duration(training)],
    ['planning', ({ planning }) => duration(planning)],
  ];
  const name = (row: Row): string => (row.times === 1 ? row.name : `${row.name} × ${row.times}`);
  return tableOf(rows, { title: '', name, columns });
}

function millions(count: number): string {
  return count < 1e6 ? formatNumber(count) : `${formatNumber(count / 1e6)} M`;
}

export function duration(seconds: number | null): string {
  return seconds === null ? '–' : formatDuration(seconds);
}
