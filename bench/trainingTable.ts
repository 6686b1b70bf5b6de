/** Figures of training side by side as a table. */
import type { Table } from '../src/report/table.ts';
import { speeds, times, timesAsFast, written } from './figures.ts';
import { spread } from './rows.ts';
import type { Figure } from './turns.ts';
import { VARIANTS, WORKLOADS, type VariantName, type WorkloadName } from './workloads.ts';

/** The variants of one workload, measured in one run. */
export interface SideBySide {
  readonly workload: WorkloadName;
  readonly threads: number;
  readonly figures: readonly Figure<VariantName>[];
}

export function trainingTable(measured: readonly SideBySide[]): Table {
  return {
    columns: [
      { title: 'training' },
      { title: 'threads', align: 'right' },
      { title: 'by' },
      { title: 'a step, ms', align: 'right' },
      { title: 'tokens/s', align: 'right' },
      { title: 'against PyTorch fp32', align: 'right' },
      { title: 'against the best PyTorch of the precision', align: 'right' },
      { title: 'peak memory, MiB', align: 'right' },
    ],
    rows: measured.flatMap(({ workload, threads, figures }) => {
      const { size, title } = WORKLOADS[workload];
      return figures.map((figure) => [
        `${size}, ${title}`,
        String(threads),
        VARIANTS[figure.variant].title,
        ...cellsOf(figure, figures),
      ]);
    }),
  };
}

/** What could not be measured and why, in a line each. */
export function failures(measured: readonly SideBySide[]): string[] {
  return measured.flatMap(({ workload, threads, figures }) =>
    figures.flatMap(({ variant, failure }) => {
      const { size, title } = WORKLOADS[workload];
      const what = `${size}, ${title}, threads: ${threads}, ${VARIANTS[variant].title}`;
      return failure === null ? [] : [`${what}: ${failure}.`];
    }),
  );
}

/** The fastest of PyTorch's variants in fp32, or in bf16 of either kind. */
export function bestPyTorch(
  figures: readonly Figure<VariantName>[],
  of: VariantName,
): Figure<VariantName> | undefined {
  const isFp32 = (name: VariantName): boolean => VARIANTS[name].precision === 'fp32';
  return figures
    .filter(({ variant, rounds }) => VARIANTS[variant].program === 'PyTorch' && rounds.length > 0)
    .filter(({ variant }) => isFp32(variant) === isFp32(of))
    .toSorted((a, b) => spread(speeds(b)).median - spread(speeds(a)).median)[0];
}

function cellsOf(figure: Figure<VariantName>, figures: readonly Figure<VariantName>[]): string[] {
  const { variant, rounds, peakMemory } = figure;
  if (rounds.length === 0) return ['–', '–', '–', '–', '–'];
  const milliseconds = rounds.map(({ seconds, steps }) => (seconds / steps) * 1000);
  const reference = figures.find(({ variant }) => variant === 'pytorch');
  const isKit = VARIANTS[variant].program === 'kit';
  return [
    written(spread(milliseconds)),
    written(spread(speeds(figure))),
    figure === reference ? '–' : times(timesAsFast(figure, reference)),
    isKit ? times(timesAsFast(figure, bestPyTorch(figures, variant))) : '–',
    peakMemory === null ? '–' : peakMemory.toFixed(0),
  ];
}
