/**
 * The report of one run, or of several side by side: Markdown with tables, figures and drawn
 * tasks. Everything is computed again from the runs' records; the same runs give the same bytes.
 */
import path from 'node:path';
import { InputError } from '../../envs/inputError.ts';
import { writeFileAtomic } from '../files.ts';
import { chooseExamples, type Example, examplesPicture, exampleText } from './examples.ts';
import { lossFigure } from './lossFigure.ts';
import { difficultyFigure, PLAN_LENGTH, ratesFigure, WALL_SHARE } from './rateFigures.ts';
import { traceLengthFigure } from './traceFigure.ts';
import { isForced, probeFigure, probesOf, probeTable, type Probe } from './probe.ts';
import { caveats, DEVIATIONS, describeResult, settingTable } from './prose.ts';
import { collectResults, type Result, runLabels } from './results.ts';
import { outcomesTable, plansTable, tidyTable, tracesTable } from './resultTables.ts';
import { readRun, type Run } from './run.ts';
import { toCsv, toMarkdown } from './table.ts';

export interface Report {
  /** The Markdown file. */
  readonly file: string;
  readonly files: readonly string[];
  readonly results: readonly Result[];
}

/**
 * Reads run folders and writes report.md, tables.md, results.csv and the figures into `out`.
 * @throws InputError if a folder holds no run, or something in it is damaged
 */
export function writeReport(folders: readonly string[], out: string): Report {
  if (folders.length === 0) throw new InputError('no run to report');
  const runs = folders.map((folder) => readRun(folder));
  const all = collectResults(runs);
  const results = all.filter((result) => !isForced(result));
  const probes = probesOf(all);
  const [first] = runs as [Run];
  const shown = runs.find(({ evaluations }) => evaluations.length > 0) ?? first;
  const examples = chooseExamples(
    shown.evaluations.filter(({ settings }) => settings.corruption === undefined),
    shown.experiment.evaluation.drawings,
  );
  const figures = drawFigures(runs, { results, probes, examples });
  const files = new Map<string, string>([
    ...figures.map(({ name, svg }) => [name, svg] as const),
    ...(all.length === 0
      ? []
      : ([
          ['tables.md', [...tables(results), ...probeTables(probes)].join('\n')],
          ['results.csv', toCsv(tidyTable(all))],
        ] as const)),
    ['report.md', reportText(runs, { results, probes, examples, figures })],
  ]);
  for (const [name, text] of files) writeFileAtomic(path.join(out, name), text);
  return {
    file: path.join(out, 'report.md'),
    files: [...files.keys()].map((name) => path.join(out, name)),
    results: all,
  };
}

interface NamedFigure {
  readonly name: string;
  readonly caption: string;
  readonly svg: string;
}

interface Shown {
  readonly results: readonly Result[];
  readonly probes: readonly Probe[];
  readonly examples: readonly Example[];
}

function drawFigures(runs: readonly Run[], { results, probes, examples }: Shown): NamedFigure[] {
  const labels = runLabels(runs);
  const curves = runs.map((run) => ({
    ...run,
    label: `${labels.get(run) ?? ''}, seed ${run.experiment.seed}`,
  }));
  const candidates: readonly (readonly [name: string, caption: string, svg: string | null])[] = [
    [
      'rates.svg',
      'Share of responses with an optimal and with any correct plan.',
      ratesFigure(results),
    ],
    [
      'traceLengths.svg',
      'Distribution of trace lengths, among the responses that have a trace, and of the A* ' +
        'traces of the same tasks.',
      traceLengthFigure(results),
    ],
    [
      'planLengths.svg',
      'Optimal rate in groups of tasks by the length of their shortest plan.',
      difficultyFigure(results, PLAN_LENGTH),
    ],
    ['walls.svg', 'The same by the share of walls.', difficultyFigure(results, WALL_SHARE)],
    [
      'corruptions.svg',
      'What the plan behind a corrupted trace is, beside the one behind the true trace.',
      probeFigure(probes),
    ],
    ['loss.svg', 'Loss of training, as local means, and on validation tasks.', lossFigure(curves)],
    [
      'boards.svg',
      'The cells that each trace names are tinted, later ones more strongly; lines are plans.',
      examples.length === 0 ? null : examplesPicture('A* and the model on unseen tasks', examples),
    ],
  ];
  return candidates.flatMap(([name, caption, svg]) =>
    svg === null ? [] : [{ name, caption, svg }],
  );
}

function tables(results: readonly Result[]): string[] {
  if (results.length === 0) return [];
  return [plansTable(results), tracesTable(results), outcomesTable(results)].map(toMarkdown);
}

function probeTables(probes: readonly Probe[]): string[] {
  return probes.length === 0 ? [] : [toMarkdown(probeTable(probes))];
}

function reportText(
  runs: readonly Run[],
  { results, probes, examples, figures }: Shown & { readonly figures: readonly NamedFigure[] },
): string {
  const labels = runLabels(runs);
  const [plans = '', traces = '', outcomes = ''] = tables(results);
  const figure = (name: string) =>
    figures
      .filter((candidate) => candidate.name === name)
      .map(({ caption }) => `![${caption}](${name})\n\n_${caption}_\n`)
      .join('');
  const sections: readonly (readonly [title: string, ...blocks: string[]])[] = [
    ['Setting', toMarkdown(settingTable(runs, [...labels.values()]))],
    ['Plans', plans, figure('rates.svg'), figure('planLengths.svg'), figure('walls.svg')],
    ['Traces', traces, figure('traceLengths.svg')],
    ['Outcomes', outcomes],
    ['Corrupted traces', ...probeTables(probes), figure('corruptions.svg')],
    ['Examples', ...(examples.length === 0 ? [] : exampleBlocks(examples, figure('boards.svg')))],
    ['Training', figure('loss.svg')],
    ['What these numbers can show', list(results.length === 0 ? [] : caveats(runs, results))],
    ['Deviations from the papers', list(DEVIATIONS)],
    ['How to make it again', again(runs)],
  ];
  const body = sections.flatMap(([title, ...blocks]) => {
    const filled = blocks.filter((block) => block !== '');
    return filled.length === 0 ? [] : [`## ${title}\n`, ...filled];
  });
  return [`# ${titleOf(runs)}\n`, ...descriptions(runs), summary(results), ...body].join('\n');
}

function titleOf(runs: readonly Run[]): string {
  return [...new Set(runs.map(({ experiment }) => experiment.name))].join(', ');
}

function descriptions(runs: readonly Run[]): string[] {
  const texts = new Set(runs.map(({ experiment }) => experiment.description));
  return [...texts].filter((text) => text !== '').map((text) => `${text.replace(/\.?$/, '.')}\n`);
}

function summary(results: readonly Result[]): string {
  if (results.length === 0) return 'No evaluation has been made yet.\n';
  const several = new Set(results.map(({ experiment }) => experiment)).size > 1;
  return list(
    results.map((result) => (several ? `${result.experiment}, ` : '') + describeResult(result)),
  );
}

function exampleBlocks(examples: readonly Example[], picture: string): string[] {
  const intro =
    'The first of the tasks that the most modes solve, then the first that some mode fails. `S` ' +
    'start, `G` goal, `#` wall, `*` path; in Sokoban XSB characters and `·` for the path. Plan ' +
    'lengths count positions, trace lengths tokens.\n';
  const drawn = examples.map((example) => {
    const title = `Task ${example.record.id}`;
    return `${title}\n\n\`\`\`text\n${exampleText(example)}\n\`\`\`\n`;
  });
  return [intro, picture, ...drawn];
}

function again(runs: readonly Run[]): string {
  const commands = runs.map(({ folder, experiment }) => {
    const file = path.posix.join(path.basename(folder), 'experiment.json');
    return `npx kit run ${file} --out runs/${experiment.name}-again`;
  });
  return (
    `\`\`\`sh\n${commands.join('\n')}\n\`\`\`\n\n` +
    'From the folder that holds the run. Data are the same on every machine. Weights are the same on the same machine with the same ' +
    'backend and number of threads, and elsewhere differ by the rounding of its arithmetic.\n'
  );
}

const list = (items: readonly string[]) => items.map((item) => `- ${item}\n`).join('');
