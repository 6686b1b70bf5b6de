/** Results as tables: of plans, of traces, of outcomes, and of everything. */
import { type Estimate, METRICS, type MetricName } from '../evaluation/metrics.ts';
import { type Outcome, OUTCOMES, type SampleRecord } from '../evaluation/records.ts';
import type { Result } from './results.ts';
import type { Table } from './table.ts';

/** What the plans are worth. Columns that say nothing about these results are left out. */
export function plansTable(results: readonly Result[]): Table {
  return metricsTable(results, plansColumns(results));
}

/** The metrics of plans that say something about these results, and their titles. */
export function plansColumns(results: readonly Result[]): Column[] {
  const sampled = results.some(({ samples }) => samples > 1);
  const sizes = new Set(results.map(({ samples }) => samples));
  const n = sizes.size === 1 ? String([...sizes][0]) : 'n';
  return [
    ['optimalRate', 'optimal %'],
    ['solvedRate', 'solved %'],
    ...(sampled ? kMetrics(n) : []),
    ['swc', 'SWC'],
    ...(sampled ? [['diversity', 'distinct plans'] as const] : []),
  ];
}

/** What the traces are worth. */
export function tracesTable(results: readonly Result[]): Table {
  return metricsTable(results, [
    ['traceRate', 'with trace %'],
    ['traceLength', 'trace tokens'],
    ['aStarTraceLength', 'A* tokens'],
    ['ilrSolved', 'ILR-on-solved'],
    ['ilrOptimal', 'ILR-on-optimal'],
    ['legalRate', 'legal %'],
    ['consistentRate', 'consistent %'],
  ]);
}

/** Responses by outcome, over all runs. */
export function outcomesTable(results: readonly Result[]): Table {
  const titles: Record<Outcome, string> = {
    optimal: 'optimal',
    solved: 'correct, longer',
    wrong: 'wrong plan',
    malformed: 'malformed',
  };
  return {
    columns: [
      ...nameColumns(results),
      ...OUTCOMES.map((outcome) => ({ title: titles[outcome], align: 'right' }) as const),
      { title: 'most frequent fault' },
    ],
    rows: results.map((result) => {
      const samples = result.evaluations.flatMap(({ records }) =>
        records.flatMap((r) => r.samples),
      );
      const counts = OUTCOMES.map((outcome) => samples.filter((s) => s.outcome === outcome).length);
      return [...nameCells(result, results), ...counts.map(String), mostFrequentFault(samples)];
    }),
  };
}

/** Every metric in full, one value a line. */
export function tidyTable(results: readonly Result[]): Table {
  const titles = 'experiment mode decoding samples runs metric value standard_error n'.split(' ');
  const names = Object.keys(METRICS) as MetricName[];
  return {
    columns: titles.map((title) => ({ title })),
    rows: results.flatMap((result) =>
      names.map((name) => {
        const { experiment, mode, decoding, samples, evaluations } = result;
        const estimate = result.metrics[name];
        const numbers = [estimate?.value, estimate?.standardError, estimate?.n];
        return [
          experiment,
          mode,
          decoding,
          String(samples),
          String(evaluations.length),
          name,
          ...numbers.map((value) => String(value ?? '')),
        ];
      }),
    ),
  };
}

/** Value ± standard error: shares in percent, ratios to three decimals. */
export function formatEstimate(name: MetricName, estimate: Estimate | null): string {
  if (estimate === null) return '–';
  const { kind } = METRICS[name];
  const scale = kind === 'share' ? 100 : 1;
  const { value, standardError } = estimate;
  const decimals = kind === 'ratio' ? 3 : kind === 'count' && value >= 1000 ? 0 : 1;
  const text = (number: number) => (number * scale).toFixed(decimals);
  return standardError === null ? text(value) : `${text(value)} ± ${text(standardError)}`;
}

export type Column = readonly [name: MetricName, title: string];

function kMetrics(n: string): Column[] {
  return [
    ['oneOptimal', `1-Optimal-${n} %`],
    ['threeOptimal', `3-Optimal-${n} %`],
    ['oneSolved', `1-Solved-${n} %`],
    ['threeSolved', `3-Solved-${n} %`],
  ];
}

function metricsTable(results: readonly Result[], columns: readonly Column[]): Table {
  const shown = columns.filter(([name]) => results.some(({ metrics }) => metrics[name] !== null));
  return {
    columns: [
      ...nameColumns(results),
      ...shown.map(([, title]) => ({ title, align: 'right' }) as const),
    ],
    rows: results.map((result) => [
      ...nameCells(result, results),
      ...shown.map(([name]) => formatEstimate(name, result.metrics[name])),
    ]),
  };
}

const hasSeveral = (values: readonly unknown[]) => new Set(values).size > 1;

function nameColumns(results: readonly Result[]): { title: string }[] {
  const several = hasSeveral(results.map(({ experiment }) => experiment));
  const repeated = results.some(({ evaluations }) => evaluations.length > 1);
  return [
    ...(several ? ['experiment'] : []),
    ...(repeated ? ['runs'] : []),
    'mode',
    'decoding',
  ].map((title) => ({ title }));
}

function nameCells(result: Result, results: readonly Result[]): string[] {
  const cells: Record<string, string> = {
    experiment: result.experiment,
    runs: String(result.evaluations.length),
    mode: result.mode,
    decoding: result.decoding,
  };
  return nameColumns(results).map(({ title }) => cells[title] ?? '');
}

function mostFrequentFault(samples: readonly SampleRecord[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of samples) {
    if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return first === undefined ? '–' : `${first[0]} (${first[1]})`;
}
