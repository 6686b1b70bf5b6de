/** Results beside the first: by how much, on the same tasks, and how sure that is. */
import { difference, resampleMetric, resampleTasks } from '../evaluation/differences.ts';
import type { Difference, Resampled, Resamples } from '../evaluation/differences.ts';
import { METRICS, type MetricName } from '../evaluation/metrics.ts';
import type { Mode } from '../../traces/modes.ts';
import type { Column } from './resultTables.ts';
import type { Result } from './results.ts';
import { checkSameTasks, type EvaluatedTasks, taskPrints } from './sameTasks.ts';
import type { Table } from './table.ts';

/** A result and what it is compared with. */
export interface Comparison {
  readonly of: Result;
  readonly to: Result;
  readonly differences: Readonly<Partial<Record<MetricName, Difference>>>;
}

/**
 * Every result against the first experiment's, decoded alike: in the same mode, or all in one mode of
 * the first experiment. What it has no counterpart for is left out.
 * @throws InputError naming two runs that were evaluated on different tasks
 */
export function compareToFirst(
  results: readonly Result[],
  metrics: readonly MetricName[],
  mode?: Mode,
): Comparison[] {
  const [first] = results;
  const resamples = remembered((tasks: number) => resampleTasks(tasks));
  const resampled = remembered((result: Result) =>
    remembered((name: MetricName) => resampledOf(result, name, resamples)),
  );
  const tasks = remembered(evaluatedTasks);
  return results.flatMap((of) => {
    const to = results.find(
      (result) =>
        result.experiment === first?.experiment &&
        result.mode === (mode ?? of.mode) &&
        result.decoding === of.decoding,
    );
    if (to === undefined || to === of) return [];
    checkSameTasks([...tasks(to), ...tasks(of)]);
    const entries = metrics.map((name) => {
      const [own, other] = [resampled(of)(name), resampled(to)(name)];
      return [name, difference(own, other)] as const;
    });
    return [{ of, to, differences: Object.fromEntries(entries.filter(([, found]) => found)) }];
  });
}

function resampledOf(
  { evaluations }: Result,
  name: MetricName,
  resamples: (tasks: number) => Resamples,
): Resampled {
  const seeds = evaluations.map(({ records }) => records);
  return resampleMetric(name, seeds, resamples(seeds[0]!.length));
}

const evaluatedTasks = ({ runs, evaluations }: Result): EvaluatedTasks[] =>
  evaluations.map(({ name, records }, i) => ({
    folder: runs[i]!.folder,
    name,
    tasks: taskPrints(records),
  }));

/** Value and 95 % interval of each difference; shares in points. */
export function differencesTable(
  comparisons: readonly Comparison[],
  columns: readonly Column[],
): Table {
  const shown = columns.filter(([name]) => comparisons.some((each) => each.differences[name]));
  const modes = comparisons.some(({ of, to }) => of.mode !== to.mode);
  const name = ({ experiment, mode }: Result): string =>
    modes ? `${experiment}, ${mode}` : experiment;
  return {
    columns: [
      { title: 'experiment' },
      { title: 'minus' },
      ...(modes ? [] : [{ title: 'mode' }]),
      { title: 'decoding' },
      ...shown.map(([, title]) => ({ title, align: 'right' }) as const),
    ],
    rows: comparisons.map(({ of, to, differences }) => [
      name(of),
      name(to),
      ...(modes ? [] : [of.mode]),
      of.decoding,
      ...shown.map(([metric]) => formatDifference(metric, differences[metric] ?? null)),
    ]),
  };
}

/** `+3.2 [1.1, 5.4]` */
export function formatDifference(name: MetricName, found: Difference | null): string {
  if (found === null) return '–';
  const [low, high] = [found.low, found.high].map((bound) => formatValue(name, bound));
  return `${formatSigned(name, found.value)} [${low}, ${high}]`;
}

export function formatSigned(name: MetricName, value: number): string {
  const text = formatValue(name, value);
  return value > 0 ? `+${text}` : text;
}

function formatValue(name: MetricName, value: number): string {
  const { kind } = METRICS[name];
  return (kind === 'share' ? value * 100 : value).toFixed(kind === 'ratio' ? 3 : 1);
}

/** Computes once for each key. */
export function remembered<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    if (!known.has(key)) known.set(key, compute(key));
    return known.get(key)!;
  };
}
