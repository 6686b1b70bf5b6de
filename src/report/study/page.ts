/** The page of a study: its question, what was claimed and found, and how to make it again. */
import type { MetricName } from '../../evaluation/metrics.ts';
import { code, heading, list, paragraphs, prose, section, table, text } from '../page/blocks.ts';
import type { Block } from '../page/blocks.ts';
import { DEVIATIONS, describeTask, WORDS } from '../prose.ts';
import { shellLine } from '../../shell.ts';
import { doubtsOf } from '../doubts.ts';
import type { Probe } from '../probe.ts';
import { probeBlocks, SAMENESS } from '../report.ts';
import type { Result } from '../results.ts';
import { roundsBlocks } from '../rounds/blocks.ts';
import { readRun, type Run } from '../run.ts';
import { familiesOf, largestOf } from './families.ts';
import { type Palette, paletteOf } from '../studyFigures/palette.ts';
import { claimBlocks } from './claimBlocks.ts';
import { type JudgedClaim, judgeClaims } from './claims.ts';
import { type CellRuns, costTable } from './cost.ts';
import * as figures from './figures.ts';
import { missingText, studyCaveats } from './remarks.ts';
import { cellNames, describeSettings, readRows, type Row } from './rows.ts';
import { readProbes } from './probes.ts';
import { readRoundResults } from './rounds.ts';
import { commonSettings, differingSettings } from './settings.ts';
import type { StudySource } from './source.ts';
import { kindsTable, labelTable, type LabelledRows, summaryTable } from './tables.ts';

/** All numbers of a study. */
export interface StudyResults {
  readonly rows: readonly Row[];
  readonly claims: readonly JudgedClaim[];
  readonly runs: readonly CellRuns[];
  readonly probes: readonly Probe[];
  /** Of cells that improve. */
  readonly rounds: readonly Result[];
  /** What speaks against believing the files of the study. */
  readonly doubts: readonly string[];
}

/** @throws InputError if something is damaged, or methods were evaluated on different tasks */
export function readStudyResults(source: StudySource): StudyResults {
  const wanted = new Set<MetricName>(source.claims.map(({ metric }) => metric));
  const rows = readRows(source, wanted);
  const names = cellNames(source);
  const runs = new Map<string, Run[]>();
  for (const { study, cell, folder } of source.cells) {
    if (folder === null) continue;
    const name = names(study, cell);
    runs.set(name, [...(runs.get(name) ?? []), readRun(folder, () => false)]);
  }
  return {
    rows,
    claims: judgeClaims(source.claims, rows, source),
    runs: [...runs].map(([name, runs]) => ({ name, runs })),
    probes: readProbes(source),
    rounds: readRoundResults(source),
    doubts: doubtsOf([...runs.values()].flat(), source.files),
  };
}

export function studyPage(
  source: StudySource,
  { rows, claims, runs, probes, rounds, doubts }: StudyResults,
): Block[] {
  const { name, question, notes, cells } = source;
  const names = cellNames(source);
  const families = familiesOf(cells, names);
  const palette = paletteOf(families);
  const largest = largestOf(families);
  const drawn = rows.filter((row) => largest.has(row.name));
  const own = drawn.filter(({ label }) => label === null);
  const seeds = new Set(cells.filter(({ study }) => study === name).map(({ seed }) => seed)).size;
  const settings = differingSettings(cells, names);
  const common = commonSettings(runs.flatMap((each) => each.runs));
  const costs = costTable(runs);
  return [
    heading(1, name),
    ...text(question, 'lead'),
    ...text(missingText(source), 'notice'),
    ...doubts.flatMap((each) => text(prose(each), 'notice')),
    ...section('In short', summaryBlocks(source, rows, palette)),
    ...section('Claims', claimBlocks(claims)),
    ...section(
      'Results',
      text(rows.length === 0 ? '' : WORDS),
      ...resultBlocks(source, rows, palette),
    ),
    ...section(
      'By difficulty',
      text(drawn.length < rows.length ? LARGEST : ''),
      figures.difficultyFigures(own, palette),
    ),
    ...section('Fast beside slow', figures.fastSlowFigures(own, palette)),
    ...section('What auto mode chooses', choiceBlocks(source, drawn, palette)),
    ...section('Tasks of other kinds', kindBlocks(source, rows, palette)),
    ...section('Corrupted traces', probeBlocks(probes)),
    ...section('What rounds changed', roundsBlocks(rounds)),
    ...section('Learning', figures.learningFigures(runs, palette)),
    ...section('Notes', paragraphs(notes)),
    ...section(
      'What these numbers can show',
      list(
        studyCaveats(
          rows,
          runs.flatMap((each) => each.runs),
          seeds,
        ).map(prose),
      ),
    ),
    ...section('Deviations from the papers', list(DEVIATIONS.map(prose))),
    ...section('Settings', [common, settings].filter(({ rows }) => rows.length > 0).map(table)),
    ...section('What it cost', costs.rows.length === 0 ? [] : [table(costs)]),
    ...section('How to make it again', againBlocks(source)),
  ];
}

/** Every evaluation of the cells' own kind of tasks, with its table. */
export function tablesOf({ evaluations }: StudySource, rows: readonly Row[]): LabelledRows[] {
  const labels = evaluations.filter(({ task }) => task === null).map(({ label }) => label);
  return [null, ...labels]
    .map((label) => ({ label, rows: rows.filter((row) => row.label === label) }))
    .filter((each) => each.rows.length > 0);
}

function summaryBlocks(source: StudySource, rows: readonly Row[], palette: Palette): Block[] {
  const tables = tablesOf(source, rows);
  const own = tables.find(({ label }) => label === null)?.rows ?? [];
  if (own.length === 0) return [];
  return [
    table(summaryTable(tables)),
    ...text([...(tables.length > 1 ? [SAMPLED] : []), ERRORS].join(' ')),
    ...figures.paretoFigures(own, palette),
  ];
}

export function resultTableBlocks(label: string | null, rows: readonly Row[]): Block[] {
  const [{ seeds, metrics }] = rows as [Row];
  const described = describeSettings(seeds[0]!.settings);
  const { aStarTraceLength } = metrics;
  return [
    heading(3, `${label ?? 'Own evaluation'}: ${described}`),
    table(labelTable(rows)),
    ...text(`A*’s traces of these tasks have ${aStarTraceLength?.value.toFixed(1) ?? '–'} tokens.`),
  ];
}

function resultBlocks(source: StudySource, rows: readonly Row[], palette: Palette): Block[][] {
  const tables = tablesOf(source, rows).map(({ label, rows }) => [
    ...resultTableBlocks(label, rows),
    ...(label === null
      ? figures.curveFigures(rows, palette)
      : figures.sampledFigures(rows, palette, label)),
  ]);
  return tables;
}

function againBlocks({ name, sweep, cells, absent }: StudySource): Block[] {
  const others = new Set([...cells.map(({ study }) => study), ...absent].filter((n) => n !== name));
  const beside =
    others.size === 0
      ? ''
      : ` Cells of ${[...others].join(', ')} are beside once they are made again likewise.`;
  const commands = [
    shellLine(['npx', 'kit', 'sweep', sweep, '--results', `again/${name}`]),
    shellLine(['npx', 'kit', 'report', `again/${name}`]),
  ];
  return [
    code('sh', commands.join('\n')),
    ...text(
      prose(
        `Without \`--results\` a sweep finds all cells done where their records are in \`results/${name}\`, ` +
          `from which \`npx kit report results/${name}\` computes this page.${beside} ${SAMENESS}`,
      ),
    ),
  ];
}

const LARGEST =
  'Here and below, of cells that differ in their number of training tasks only, the one with the most ' +
  'of them is drawn.';

const SAMPLED =
  'Columns that begin with a name are of the evaluation of that name, all others, trace tokens too, of the ' +
  'cells’ own.';

const ERRORS =
  'Here and below, ± in tables, bars and bands in figures are one standard error over seeds; of a single ' +
  'seed, over tasks.';

/** From sampled responses if there are any: greedy ones do not show how often. */
function choiceBlocks(source: StudySource, rows: readonly Row[], palette: Palette): Block[] {
  const candidates = tablesOf(source, rows).map((each) => each.rows);
  const sampled = candidates.find((each) => each[0]!.seeds[0]!.settings.samples > 1);
  return figures.choicesFigures(sampled ?? candidates[0] ?? [], palette);
}

export function otherKinds({ evaluations }: StudySource): string[] {
  return evaluations.filter(({ task }) => task !== null).map(({ label }) => label);
}

function kindBlocks(source: StudySource, rows: readonly Row[], palette: Palette): Block[] {
  const labels = otherKinds(source);
  const shown = rows.filter(({ label }) => label !== null && labels.includes(label));
  if (shown.length === 0) return [];
  const methods = new Set(shown.map(({ name, mode }) => `${name} ${mode}`));
  const compared = rows.filter(({ name, mode }) => methods.has(`${name} ${mode}`));
  return [
    ...figures.kindFigures(compared, palette, [null, ...labels]),
    ...text('Optimal responses in per cent.'),
    table(kindsTable(compared, [null, ...labels])),
    ...list(
      source.evaluations.flatMap(({ label, task }) =>
        task === null || !shown.some((row) => row.label === label)
          ? []
          : [`${label}: ${describeTask(task)}`],
      ),
    ),
  ];
}
