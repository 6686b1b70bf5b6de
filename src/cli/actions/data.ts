/** `kit data stats`: what the tasks of a data set are like, beside the published lengths. */
import { InputError } from '../../../envs/inputError.ts';
import { binsOf, summarise, type Summary } from '../../data/counts.ts';
import { type Manifest, readManifest, SPLITS, type SplitName } from '../../data/manifest.ts';
import { PUBLISHED_SOURCE, publishedLengths } from '../../data/publishedLengths.ts';
import type { Quantity, Statistics } from '../../data/statistics.ts';
import { type Table, toTerminal } from '../../report/table.ts';
import { besideEachOther } from '../drawing.ts';
import { quote } from '../flags.ts';
import { drawHistogram } from '../histogram.ts';
import { suggestion } from '../nearest.ts';
import { formatNumber } from '../progress.ts';
import type { Session } from '../session.ts';
import { checkExists } from '../stages/runFolder.ts';
import { UsageError } from '../usageError.ts';

export interface DataOptions {
  readonly folder: string;
  /** All together unless given. */
  readonly split: SplitName | undefined;
  readonly json: boolean;
}

export async function runDataAction(
  action: string,
  options: DataOptions,
  session: Session,
): Promise<void> {
  if (action !== 'stats') {
    const meant = suggestion(action, ['stats']);
    throw new UsageError(`data: there is no ${quote(action)}, only stats${meant}`);
  }
  const { folder, split, json } = options;
  checkExists(folder);
  const manifest = readManifest(folder);
  const splits = split === undefined ? SPLITS : [split];
  if (splits.every((name) => manifest.splits[name].rows === 0)) {
    throw new InputError(`--split: the ${split} split of ${folder} holds no tasks`);
  }
  const { datasetStatistics } = await import('../../data/statistics.ts');
  const statistics = await session.track('reading', 'tasks', async (onProgress) =>
    datasetStatistics(folder, manifest, { splits, onProgress }),
  );
  const lines = json
    ? [JSON.stringify(statisticsJson(statistics, { manifest, splits }))]
    : statisticsLines(statistics, { folder, manifest, splits });
  for (const line of lines) await session.print(line);
}

interface Source {
  readonly manifest: Manifest;
  readonly splits: readonly SplitName[];
}

function statisticsJson(statistics: Statistics, { manifest, splits }: Source) {
  return {
    settings: manifest.settings,
    splits,
    tasks: statistics.tasks,
    ...statistics.repetitions,
    quantities: Object.fromEntries(
      statistics.quantities.map(({ name, unit, scale, counts }) => [
        name,
        {
          unit,
          ...inUnits(summarise(counts)!, scale),
          counts: counts.entries().map(([value, count]) => [value / scale, count]),
        },
      ]),
    ),
    publishedResponse: publishedLengths(manifest.settings),
  };
}

const TITLES: Readonly<Record<string, string>> = {
  prompt: 'prompt, tokens',
  reasoning: 'reasoning, tokens',
  plan: 'plan, tokens',
  response: 'reasoning and plan, tokens',
  optimalLength: 'plan, positions',
  walls: 'walls, % of the cells',
  box: 'boxes off docks',
  dock: 'docks without a box',
  created: 'states created',
  closed: 'states closed',
  searched: 'closed, % of the free cells',
};

const titleOf = ({ name }: Quantity): string => TITLES[name] ?? name;

const FIVE = ['min', 'lowerQuartile', 'median', 'upperQuartile', 'max'] as const;
const FIVE_TITLES = ['min', '25 %', 'median', '75 %', 'max'];

function statisticsLines(
  statistics: Statistics,
  { folder, ...source }: Source & { readonly folder: string },
): string[] {
  const { quantities } = statistics;
  return [
    headline(folder, statistics, source),
    '',
    ...linesOf(summaryTable(quantities)),
    ...publishedLines(statistics, source),
    ...histograms(quantities),
    '',
    ...repetitionLines(statistics, source),
  ];
}

function headline(folder: string, { tasks }: Statistics, { manifest, splits }: Source): string {
  const { task, nondeterministic } = manifest.settings;
  const { environment, width, height } = task as { environment: string; width: 1; height: 1 };
  const search = nondeterministic ? 'nondeterministic' : 'deterministic';
  const counts = splits.map((name) => `${name} ${formatNumber(manifest.splits[name].rows)}`);
  const what = `${environment} ${width}×${height}, ${search} A*`;
  return `${folder}: ${what}, ${formatNumber(tasks)} tasks (${counts.join(', ')})`;
}

function summaryTable(quantities: readonly Quantity[]): Table {
  return {
    columns: tableColumns('per task', [...FIVE_TITLES, 'mean']),
    rows: quantities.map((quantity) => {
      const summary = inUnits(summarise(quantity.counts)!, quantity.scale);
      const cells = [...FIVE.map((name) => summary[name]), summary.mean];
      return [titleOf(quantity), ...cells.map((cell) => rounded(cell))];
    }),
  };
}

function publishedLines({ quantities }: Statistics, { manifest }: Source): string[] {
  const published = publishedLengths(manifest.settings);
  if (published === null) return [];
  const own = summarise(quantities.find(({ name }) => name === 'response')!.counts)!;
  const cells = (of: (name: (typeof FIVE)[number], value: number) => string): string[] =>
    FIVE.map((name) => (published[name] === undefined ? '–' : of(name, published[name])));
  const table: Table = {
    columns: tableColumns('reasoning and plan, tokens', FIVE_TITLES),
    rows: [
      ['here', ...FIVE.map((name) => rounded(own[name]))],
      ['published', ...cells((_, value) => rounded(value))],
      ['here / published', ...cells((name, value) => (own[name] / value).toFixed(3))],
    ],
  };
  return ['', `beside ${PUBLISHED_SOURCE}`, ...linesOf(table)];
}

/** What a histogram is worth its lines. */
const DRAWN = ['prompt', 'reasoning', 'plan', 'response', 'walls', 'closed'];
const MOST_BINS = 15;
const BAR_WIDTH = 28;
/** Of a histogram beside another one. */
const COLUMN = 46;

function histograms(quantities: readonly Quantity[]): string[] {
  const drawn = quantities
    .filter(({ name, counts }) => DRAWN.includes(name) && counts.entries().length > 1)
    .map((quantity) => {
      const format = (edge: number): string => rounded(edge / quantity.scale, 2);
      const bins = binsOf(quantity.counts, MOST_BINS);
      const lines = drawHistogram(bins, { format, width: BAR_WIDTH });
      return { title: titleOf(quantity).padEnd(COLUMN), lines };
    });
  const pairs = drawn.flatMap((_, i) => (i % 2 === 0 ? [drawn.slice(i, i + 2)] : []));
  return pairs.flatMap((pair) => ['', ...besideEachOther(pair).map((line) => line.trimEnd())]);
}

function repetitionLines({ repetitions }: Statistics, { splits }: Source): string[] {
  const { repeatedTasks, layouts, sharedLayouts } = repetitions;
  const tasks =
    repeatedTasks === 0 ? 'no task occurs twice' : `${formatNumber(repeatedTasks)} repeated tasks`;
  const shared = sharedLayouts === 0 ? 'none' : formatNumber(sharedLayouts);
  const across = splits.length > 1 ? `, ${shared} in more than one split` : '';
  return [`${tasks}; ${formatNumber(layouts)} layouts${across}`];
}

function inUnits(summary: Summary, scale: number): Summary {
  const { min, lowerQuartile, median, upperQuartile, max, mean } = summary;
  return {
    min: min / scale,
    lowerQuartile: lowerQuartile / scale,
    median: median / scale,
    upperQuartile: upperQuartile / scale,
    max: max / scale,
    mean: mean / scale,
  };
}

function tableColumns(first: string, others: readonly string[]): Table['columns'] {
  return [{ title: first }, ...others.map((title) => ({ title, align: 'right' as const }))];
}

function linesOf(table: Table): string[] {
  return toTerminal(table).trimEnd().split('\n');
}

function rounded(value: number, maximumFractionDigits = 1): string {
  return value.toLocaleString('en', { maximumFractionDigits });
}
