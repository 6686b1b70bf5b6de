/** The rows of a study as tables: of each evaluation, of tasks of other kinds, and of everything. */
import { METRICS, type MetricName } from '../../evaluation/metrics.ts';
import { type Column, formatEstimate } from '../resultTables.ts';
import type { Table } from '../table.ts';
import type { Row } from './rows.ts';

/** Rows of one evaluation label; null is the cells' own. */
export interface LabelledRows {
  readonly label: string | null;
  readonly rows: readonly Row[];
}

/** What matters most of every method: its cells' own evaluation, and those with several samples. */
export function summaryTable(tables: readonly LabelledRows[]): Table {
  const columns = tables.flatMap(summaryColumns);
  const own = tables.find(({ label }) => label === null)?.rows ?? [];
  return {
    columns: [
      ...HEAD,
      { title: 'seeds', align: 'right' },
      ...columns.map(({ title }) => ({ title, align: 'right' }) as const),
      { title: 'trace tokens', align: 'right' },
    ],
    rows: own.map((row) => [
      ...head(row),
      String(row.seeds.length),
      ...columns.map(({ rows, metric }) => {
        const same = rows.find(({ name, mode }) => name === row.name && mode === row.mode);
        return formatEstimate(metric, same?.metrics[metric] ?? null);
      }),
      formatEstimate('traceLength', row.metrics.traceLength),
    ]),
  };
}

interface SummaryColumn {
  readonly rows: readonly Row[];
  readonly metric: MetricName;
  readonly title: string;
}

function summaryColumns({ label, rows }: LabelledRows): SummaryColumn[] {
  if (label === null) return [{ rows, metric: 'optimalRate', title: 'optimal %' }];
  const samples = rows[0]?.seeds[0]?.settings.samples ?? 1;
  if (samples === 1) return [];
  return [
    { rows, metric: 'optimalRate', title: `${label}, optimal %` },
    { rows, metric: 'oneOptimal', title: `${label}, 1-Optimal-${samples} %` },
  ];
}

/** Every method under one label. Columns that say nothing about them are left out. */
export function labelTable(rows: readonly Row[]): Table {
  const columns = columnsOf(rows).filter(([name]) => rows.some(({ metrics }) => metrics[name]));
  return {
    columns: [
      ...HEAD,
      { title: 'seeds', align: 'right' },
      ...columns.map(([, title]) => ({ title, align: 'right' }) as const),
    ],
    rows: rows.map((row) => [
      ...head(row),
      String(row.seeds.length),
      ...columns.map(([name]) => formatEstimate(name, row.metrics[name])),
    ]),
  };
}

/** Optimal rates of every method, one column a label. */
export function kindsTable(rows: readonly Row[], labels: readonly (string | null)[]): Table {
  const methods = [...new Map(rows.map((row) => [`${row.name} ${row.mode}`, row])).values()];
  const shown = labels.filter((label) => rows.some((row) => row.label === label));
  return {
    columns: [
      ...HEAD,
      ...shown.map((label) => ({ title: label ?? 'trained on', align: 'right' }) as const),
    ],
    rows: methods.map((method) => [
      ...head(method),
      ...shown.map((label) => {
        const row = rows.find(
          (r) => r.label === label && r.name === method.name && r.mode === method.mode,
        );
        return formatEstimate('optimalRate', row?.metrics.optimalRate ?? null);
      }),
    ]),
  };
}

/** Every metric in full, one value a line. */
export function tidyRows(rows: readonly Row[]): Table {
  const titles = 'study cell mode evaluation samples tasks seeds metric value standard_error n';
  const names = Object.keys(METRICS) as MetricName[];
  return {
    columns: titles.split(' ').map((title) => ({ title })),
    rows: rows.flatMap(({ study, cell, mode, label, seeds, metrics }) => {
      const { samples, tasks } = seeds[0]!.settings;
      return names.map((name) => {
        const { value, standardError, n } = metrics[name] ?? {};
        return [
          study,
          cell,
          mode,
          label ?? 'own',
          String(samples),
          String(tasks),
          String(seeds.length),
          name,
          ...[value, standardError, n].map((number) => String(number ?? '')),
        ];
      });
    }),
  };
}

const HEAD: Table['columns'] = [{ title: 'cell' }, { title: 'mode' }];
const head = ({ name, mode }: Row): string[] => [name, mode];

function columnsOf(rows: readonly Row[]): Column[] {
  const [first] = rows;
  const samples = first?.seeds[0]?.settings.samples ?? 1;
  const several: Column[] = [
    ['oneOptimal', `1-Optimal-${samples} %`],
    ['threeOptimal', `3-Optimal-${samples} %`],
    ['oneSolved', `1-Solved-${samples} %`],
    ['threeSolved', `3-Solved-${samples} %`],
  ];
  return [
    ...(samples > 1 ? several : []),
    ['optimalRate', 'optimal %'],
    ['solvedRate', 'solved %'],
    ['swc', 'SWC'],
    ...(samples > 1 ? [['diversity', 'distinct plans'] as const] : []),
    ['traceRate', 'with trace %'],
    ['traceLength', 'trace tokens'],
    ['legalRate', 'legal %'],
    ['consistentRate', 'consistent %'],
  ];
}
