/** The methods of a study as rows of numbers: a cell in one mode, with all its seeds. */
import { combineMetrics, type MetricName, type Metrics } from '../../evaluation/metrics.ts';
import type { EvaluationSettings } from '../../evaluation/evaluation.ts';
import { type Mode, MODES } from '../../../traces/modes.ts';
import { checkSameTasks } from '../sameTasks.ts';
import { familiesOf } from './families.ts';
import { type Measurement, readMeasurement } from './measurement.ts';
import type { Method, StudySource } from './source.ts';

export interface Row {
  readonly study: string;
  readonly cell: string;
  /** The cell's, with its study where another study has one of the same name. */
  readonly name: string;
  readonly mode: Mode;
  /** Of the evaluation; null for the cell's own. */
  readonly label: string | null;
  /** One for each seed, at least one. */
  readonly seeds: readonly Measurement[];
  /** Over these seeds. */
  readonly metrics: Metrics;
}

/**
 * In the order of the cells, families together, and within a cell slow, fast, auto.
 * @param wanted metrics of which the terms are kept
 * @throws InputError if something is damaged, or two seeds of a row were evaluated on different tasks
 */
export function readRows(source: StudySource, wanted: ReadonlySet<MetricName>): Row[] {
  const groups = new Map<string, { row: Omit<Row, 'seeds' | 'metrics'>; seeds: Measurement[] }>();
  const names = cellNames(source);
  for (const { study, cell, seed, folder, evaluations } of source.cells) {
    if (folder === null) continue;
    for (const { name: evaluation, mode, label } of evaluations) {
      const name = names(study, cell);
      const key = [name, mode, label].join(' ');
      const group = groups.get(key) ?? { row: { study, cell, name, mode, label }, seeds: [] };
      group.seeds.push(readMeasurement({ folder, name: evaluation, seed }, wanted));
      groups.set(key, group);
    }
  }
  const order = familiesOf(source.cells, names).flatMap(({ members }) =>
    members.map(({ name }) => name),
  );
  const place = ({ name, mode }: Row): number =>
    order.indexOf(name) * MODES.length + MODES.indexOf(mode);
  return [...groups.values()]
    .map(({ row, seeds }) => {
      checkSameTasks(seeds);
      return { ...row, seeds, metrics: combineMetrics(seeds.map(({ metrics }) => metrics)) };
    })
    .sort((a, b) => place(a) - place(b));
}

/** What each cell is called on the page. */
export function cellNames({ name, cells }: Pick<StudySource, 'name' | 'cells'>) {
  const own = new Set(cells.filter(({ study }) => study === name).map(({ cell }) => cell));
  return (study: string, cell: string): string =>
    study !== name && own.has(cell) ? `${study} ${cell}` : cell;
}

export function findRow(
  rows: readonly Row[],
  { cell, mode, study }: Method,
  at: { readonly study: string; readonly label: string | null },
): Row | undefined {
  return rows.find(
    (row) =>
      row.study === (study ?? at.study) &&
      row.cell === cell &&
      row.mode === mode &&
      row.label === at.label,
  );
}

/** `cell, mode` */
export const methodName = ({ name, mode }: Pick<Row, 'name' | 'mode'>): string => `${name} ${mode}`;

/** `400 test tasks, greedy` */
export function describeSettings(settings: EvaluationSettings): string {
  const { tasks, split, samples, temperature, topK, topP, form, precision } = settings;
  const how =
    samples === 1 && temperature === 0
      ? 'greedy'
      : `${samples} responses each at temperature ${temperature}`;
  const rest = [
    ...(topK === undefined ? [] : [`top-k ${topK}`]),
    ...(topP === undefined ? [] : [`top-p ${topP}`]),
    ...(form === undefined ? [] : [`${form} responses`]),
    ...(precision === undefined ? [] : [precision]),
  ];
  return [`${tasks} ${split} tasks`, how, ...rest].join(', ');
}
