/**
 * The report of one run, or of several side by side: tables, figures and drawn tasks, as a page of
 * HTML and as Markdown. Everything is computed again from the runs' records; the same runs give the
 * same bytes.
 */
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { chooseExamples, type Example, examplesPicture, exampleText } from './examples.ts';
import { doubtsOf } from './doubts.ts';
import { lossFigure } from './lossFigure.ts';
import { code, figure, heading, list, prose, section, table, text } from './page/blocks.ts';
import type { Block } from './page/blocks.ts';
import { renderMarkdown } from './page/markdown.ts';
import { type WrittenPage, writePage } from './page/write.ts';
import { shellLine } from '../shell.ts';
import { controlsAlone, isForced, type Probe, probeFigure, probesOf, probeTable } from './probe.ts';
import { caveats, DEVIATIONS, describeResult, settingTable, WORDS } from './prose.ts';
import { difficultyFigure, PLAN_LENGTH, ratesFigure, WALL_SHARE } from './rateFigures.ts';
import { checkSeeds, collectResults, type Result, runLabels } from './results.ts';
import { outcomesTable, plansTable, tidyTable, tracesTable } from './resultTables.ts';
import { roundsBlocks } from './rounds/blocks.ts';
import { readRun, type Run } from './run.ts';
import { toCsv } from './table.ts';
import { traceLengthFigure } from './traceFigure.ts';

export interface Report extends WrittenPage {
  readonly results: readonly Result[];
  /** What speaks against believing the runs' files. */
  readonly doubts: readonly string[];
}

/**
 * Reads run folders and writes report.html, report.md, tables.md, results.csv and the figures into
 * `out`.
 * @throws InputError if a folder holds no run, something in it is damaged, or a seed is there twice
 */
export function writeReport(folders: readonly string[], out: string): Report {
  if (folders.length === 0) throw new InputError('no run to report');
  const runs = folders.map((folder) => readRun(folder));
  const all = collectResults(runs);
  all.forEach(checkSeeds);
  const results = all.filter((result) => !isForced(result));
  const probes = probesOf(all);
  const controls = controlsAlone(all, probes);
  const [first] = runs as [Run];
  const shown = runs.find(({ evaluations }) => evaluations.length > 0) ?? first;
  const examples = chooseExamples(
    shown.evaluations.filter(({ settings }) => settings.corruption === undefined),
    shown.experiment.evaluation.drawings,
  );
  const tables = [...resultTables(results), ...probeTables(probes), ...controlTables(controls)];
  const numbers = [
    ['tables.md', renderMarkdown(tables)],
    ['results.csv', toCsv(tidyTable(all))],
  ] as const;
  const doubts = doubtsOf(runs);
  const page = pageOf(runs, { results, probes, controls, examples, doubts });
  return { ...writePage(page, out, all.length === 0 ? [] : numbers), results: all, doubts };
}

interface Shown {
  readonly results: readonly Result[];
  readonly probes: readonly Probe[];
  /** Behind true traces alone. */
  readonly controls: readonly Result[];
  readonly examples: readonly Example[];
  readonly doubts: readonly string[];
}

function resultTables(results: readonly Result[]): Block[] {
  if (results.length === 0) return [];
  return [plansTable, tracesTable, outcomesTable].map((make) => table(make(results)));
}

const probeTables = (probes: readonly Probe[]): Block[] =>
  probes.length === 0 ? [] : [table(probeTable(probes))];

const CORRUPTED = [
  'Responses that begin with A*’s own complete trace, corrupted, and `plan`: only the plan is the model’s. `drop-close` ' +
    'leaves out the close of an inner state of the plan, `rename-close` names another state in it, `raise-cost` ' +
    'says that the state is two steps further from the start; `drop-elsewhere` leaves out the close of a state ' +
    'that no shortest plan leads through; `blocked` is the trace of the same board with a wall on the plan, ' +
    '`swap` that of the next task.',
  'The plan is held against the one that the same model gives behind the true trace. “Unchanged”: the same; “told ' +
    'plan”: what the corrupted trace tells by itself; “other optimal”: another of the shortest; “told length”: ' +
    'correct, and as much too long as the last close says; “longer”: any other correct one.',
];

const controlTables = (controls: readonly Result[]): Block[] =>
  controls.length === 0
    ? []
    : [...text('Plans behind A*’s own traces, which are true:'), table(plansTable(controls))];

/** Whether plans follow from traces. */
export const probeBlocks = (probes: readonly Probe[]): Block[] => [
  ...(probes.length === 0 ? [] : CORRUPTED.flatMap((each) => text(prose(each)))),
  ...probeTables(probes),
  ...figure(
    'corruptions.svg',
    probeFigure(probes),
    'What the plan behind a corrupted trace is, beside the one behind the true trace.',
  ),
];

function pageOf(
  runs: readonly Run[],
  { results, probes, controls, examples, doubts }: Shown,
): Block[] {
  const labels = runLabels(runs);
  const curves = runs.map((run) => ({
    ...run,
    label: `${labels.get(run) ?? ''}, seed ${run.experiment.seed}`,
  }));
  const tableOf = (make: typeof plansTable): Block[] =>
    results.length === 0 ? [] : [table(make(results))];
  return [
    heading(1, titleOf(runs)),
    ...descriptions(runs),
    ...doubts.flatMap((each) => text(prose(each), 'notice')),
    ...summary(results, probes.length + controls.length > 0),
    ...section('Setting', [table(settingTable(runs, [...labels.values()]))]),
    ...section(
      'Plans',
      tableOf(plansTable),
      text(results.length === 0 ? '' : WORDS),
      planFigures(results),
    ),
    ...section(
      'Traces',
      tableOf(tracesTable),
      figure(
        'traceLengths.svg',
        traceLengthFigure(results),
        'Distribution of trace lengths, among the responses that have a trace, and of the A* ' +
          'traces of the same tasks.',
      ),
    ),
    ...section('What rounds changed', roundsBlocks(results)),
    ...section('Outcomes', tableOf(outcomesTable)),
    ...section('Corrupted traces', probeBlocks(probes), controlTables(controls)),
    ...section('Examples', exampleBlocks(examples)),
    ...section(
      'Training',
      figure(
        'loss.svg',
        lossFigure(curves),
        'Loss of training, as local means, and on validation tasks.',
      ),
    ),
    ...section(
      'What these numbers can show',
      list(results.length === 0 ? [] : caveats(runs, results).map(prose)),
    ),
    ...section('Deviations from the papers', list(DEVIATIONS.map(prose))),
    ...section('How to make it again', again(runs)),
  ];
}

function planFigures(results: readonly Result[]): Block[] {
  return [
    ...figure(
      'rates.svg',
      ratesFigure(results),
      'Share of responses with an optimal and with any correct plan.',
    ),
    ...figure(
      'planLengths.svg',
      difficultyFigure(results, PLAN_LENGTH),
      'Optimal rate in groups of tasks by the length of their shortest plan.',
    ),
    ...figure(
      'walls.svg',
      difficultyFigure(results, WALL_SHARE),
      'The same by the share of walls.',
    ),
  ];
}

function titleOf(runs: readonly Run[]): string {
  return [...new Set(runs.map(({ experiment }) => experiment.name))].join(', ');
}

function descriptions(runs: readonly Run[]): Block[] {
  const texts = new Set(runs.map(({ experiment }) => experiment.description));
  return [...texts]
    .filter((each) => each !== '')
    .flatMap((each) =>
      text(
        each.replace(/[.?!]?$/, (mark) => mark || '.'),
        'lead',
      ),
    );
}

function summary(results: readonly Result[], forced: boolean): Block[] {
  if (results.length === 0) {
    return forced ? [] : text('No evaluation has been made yet.', 'notice');
  }
  const several = new Set(results.map(({ experiment }) => experiment)).size > 1;
  return list(
    results.map((result) => (several ? `${result.experiment}, ` : '') + describeResult(result)),
  );
}

function exampleBlocks(examples: readonly Example[]): Block[] {
  if (examples.length === 0) return [];
  return [
    ...text(
      prose(
        'The first of the tasks that the most modes solve, then the first that some mode fails. `S` ' +
          'start, `G` goal, `#` wall, `*` path; in Sokoban XSB characters and `·` for the path. Plan ' +
          'lengths count positions, trace lengths tokens.',
      ),
    ),
    ...figure(
      'boards.svg',
      examplesPicture('A* and the model on unseen tasks', examples),
      'The cells that each trace names are tinted, later ones more strongly; lines are plans.',
    ),
    ...examples.flatMap((example) => [
      ...text(`Task ${example.record.id}`),
      code('text', exampleText(example)),
    ]),
  ];
}

function again(runs: readonly Run[]): Block[] {
  const commands = runs.map(({ folder, experiment }) => {
    const file = path.posix.join(path.basename(folder), 'experiment.json');
    return shellLine(['npx', 'kit', 'run', file, '--out', `runs/${experiment.name}-again`]);
  });
  return [
    code('sh', commands.join('\n')),
    ...text(`From the folder that holds the run. ${SAMENESS}`),
  ];
}

/** What "again" means. */
export const SAMENESS =
  'Data are the same on every machine. Weights are the same on the same machine with the same ' +
  'backend and number of threads, and elsewhere differ by the rounding of its arithmetic.';
