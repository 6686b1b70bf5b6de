/** The sentences of a report that follow from its settings. */
import type { Estimate } from '../evaluation/metrics.ts';
import type { Result } from './results.ts';
import type { ReportedExperiment, Run } from './run.ts';
import type { Table } from './table.ts';

/** What was trained on what, one column a run. */
export function settingTable(runs: readonly Run[], labels: readonly string[]): Table {
  const rows: readonly (readonly [string, (run: Run) => string])[] = [
    ['tasks', ({ experiment }) => describeTask(experiment.data.task)],
    ['training tasks', ({ experiment }) => trainingTasks(experiment).toLocaleString('en')],
    [
      'searches',
      ({ experiment }) => (experiment.data.nondeterministic ? 'nondeterministic' : 'deterministic'),
    ],
    ['model', ({ experiment }) => describeModel(experiment.model)],
    ['has words for', ({ experiment: { data } }) => describeWords(data)],
    ['trace dropping', ({ experiment }) => describeDropping(experiment.training.dropping)],
    ['optimisation', ({ experiment }) => describeTraining(experiment)],
    ['then', ({ experiment }) => describeImprovement(experiment)],
    ['training done', describeBudget],
    ['evaluated', describeEvaluated],
    ['seed', ({ experiment }) => String(experiment.seed)],
    ['backend', describeBackend],
    ['machine', ({ provenance }) => provenance.machine?.cpu ?? '–'],
    ['kit', describeKit],
    ['data checksum', ({ provenance }) => provenance.dataChecksum?.slice(0, 12) ?? '–'],
  ];
  return {
    columns: ['', ...labels].map((title) => ({ title })),
    rows: rows
      .map(([name, describe]) => [name, ...runs.map(describe)])
      .filter(([, ...cells]) => cells.some((cell) => cell !== '–')),
  };
}

function trainingTasks({ training, data }: ReportedExperiment): number {
  return training.examples ?? data.trainCount;
}

/** What the numbers can show and what not, as list items. */
export function caveats(runs: readonly Run[], results: readonly Result[]): string[] {
  const tasks = results[0]?.evaluations[0]?.records.length ?? 0;
  const several = results.some(({ evaluations }) => evaluations.length > 1);
  const sampled = results.some(({ samples }) => samples > 1);
  const small = runs.some(({ experiment }) => isSmall(experiment));
  return [
    several
      ? '± is one standard error over runs that differ only in their seed.'
      : '± is one standard error over tasks. There is one run of each experiment, so the numbers ' +
        'do not tell how much another seed would change them.',
    ...(saturated(results) && tasks > 0
      ? [
          `A share of 0 or 100 % has a standard error of 0 by its formula; with ${tasks} tasks ` +
            `the true share may lie up to ${percent(3 / tasks)} away (rule of three).`,
        ]
      : []),
    ...(sampled
      ? []
      : [
          'Greedy decoding gives one response a task: k-Optimal-n, k-Solved-n and the diversity ' +
            'of plans need samples, and auto mode shows only what the model prefers to do first.',
        ]),
    ...(small ? [SMALL_MAZES] : []),
    ...new Set(runs.map(({ experiment }) => experiment.notes).filter((notes) => notes !== '')),
  ];
}

export const SMALL_MAZES =
  'The papers plan in mazes of 15×15 to 30×30 cells with models of millions of parameters. On ' +
  'boards as small as these a search is short and a plan nearly as hard as its trace, so the gaps ' +
  'that the papers report between modes and between training strategies need not appear, and their ' +
  'absence is no evidence against them.';

/** What the columns of results mean. */
export const WORDS =
  'A plan is solved if it is legal and ends at the goal, and optimal if it is as short as A*’s, too; SWC weighs ' +
  'solved plans by the cost of a shortest one over their own. A trace is legal if some run of A* writes it, ' +
  'however it breaks ties, and consistent if it lacks clauses or costs and is true in what it still claims.';

/** Where the kit leaves the papers or their released code, as list items. */
export const DEVIATIONS: readonly string[] = [
  'Padding is masked in the encoder and in cross-attention; the released encoder does not mask it.',
  'A response is correct only if it ends with eos and its plan begins at the start, makes legal ' +
    'steps only and ends at a goal; the released evaluator accepts plans without eos and, in ' +
    'Sokoban, ignores blocked moves and the first position.',
  'Dropping level 3 follows the paper: costs are dropped too, and each `create` clause with ' +
    'probability 0.3, drawn afresh at every pass.',
  'Nondeterministic A* gives every open entry one random key instead of drawing in each comparison.',
  'ILR compares with the mean trace length of repeated nondeterministic A* runs and is taken over ' +
    'the responses that have a trace; it is undefined in fast mode.',
];

/** One line a result: `slow, greedy: 93.3 % optimal, 94.0 % solved, 56 trace tokens`. */
export function describeResult({ mode, decoding, metrics }: Result): string {
  const share = (estimate: Estimate | null) => percent(estimate?.value ?? 0);
  const tokens = (metrics.traceLength?.value ?? 0).toFixed(0);
  return (
    `${mode}, ${decoding}: ${share(metrics.optimalRate)} optimal, ` +
    `${share(metrics.solvedRate)} solved, ${tokens} trace tokens`
  );
}

export function describeTask(task: ReportedExperiment['data']['task']): string {
  const { environment, width, height, walls, boxes } = task;
  const details = [
    ...(boxes === undefined ? [] : [`${boxes} ${boxes === 1 ? 'box' : 'boxes'}`]),
    ...(typeof walls === 'number' ? [`${walls} inner walls`] : []),
    ...(Array.isArray(walls) ? [`${percent(walls[0], 0)} to ${percent(walls[1], 0)} walls`] : []),
  ];
  return [`${environment} ${width}×${height}`, ...details].join(', ');
}

function describeModel(model: ReportedExperiment['model']): string {
  if (typeof model === 'string') return model;
  return Object.entries(model)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

/** Boards that a model has coordinates for. */
function describeWords({ task, vocabularySide = 0 }: ReportedExperiment['data']): string {
  const side = Math.max(task.width, task.height, vocabularySide);
  return `boards up to ${side}×${side}`;
}

function describeDropping(dropping: ReportedExperiment['training']['dropping']): string {
  if (typeof dropping === 'string') return dropping;
  return Object.entries(dropping)
    .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
    .join(', ');
}

function describeTraining({ training }: ReportedExperiment): string {
  const { steps, batchSize, learningRate, optimizer } = training;
  return [
    `${steps.toLocaleString('en')} steps of ${batchSize} sequences`,
    ...(optimizer === undefined ? [] : [optimizer]),
    `learning rate ${learningRate}`,
  ].join(', ');
}

function describeImprovement({ improvement }: ReportedExperiment): string {
  if (improvement === undefined) return '–';
  const { method, rounds, samples, steps } = improvement;
  const name = typeof method === 'string' ? method : 'improvement';
  const count = `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`;
  return `${count} of ${name}, each of ${samples} responses a task and ${steps.toLocaleString('en')} steps`;
}

function describeBudget({ training, seconds, tokensPerSecond }: Run): string {
  const last = training.at(-1);
  if (last === undefined) return '–';
  return [
    `${last.step.toLocaleString('en')} steps`,
    ...(seconds === null ? [] : [`${(seconds / 60).toFixed(1)} minutes`]),
    ...(tokensPerSecond === null
      ? []
      : [`${Math.round(tokensPerSecond).toLocaleString('en')} tokens/s`]),
  ].join(', ');
}

function describeEvaluated({ evaluations }: Run): string {
  const of = evaluations.map(({ settings: { tasks, split, checkpoint } }) =>
    [
      `${tasks} ${split} tasks`,
      checkpoint.source === undefined
        ? `weights of step ${checkpoint.step}`
        : `weights of ${checkpoint.source}`,
    ].join(', '),
  );
  return of.length === 0 ? '–' : [...new Set(of)].join('; ');
}

function describeBackend({ provenance: { backend, node } }: Run): string {
  if (backend === undefined) return '–';
  const { name, version, threads } = backend;
  const parts = [
    `${name ?? '–'} ${version ?? ''}`.trim(),
    threads && (threads === 1 ? '1 thread' : `${threads} threads`),
  ];
  return [...parts, node && `Node ${node}`].filter(Boolean).join(', ');
}

function describeKit({ provenance: { kit, commit } }: Run): string {
  if (kit === undefined) return '–';
  return commit ? `${kit}, commit ${commit.slice(0, 12)}` : kit;
}

/** Smaller than any maze of the papers. */
export const isSmall = ({ data: { task } }: ReportedExperiment) =>
  task.environment === 'maze' && Math.max(task.width, task.height) < 15;

function saturated(results: readonly Result[]): boolean {
  return results.some(({ metrics }) =>
    [metrics.optimalRate, metrics.solvedRate].some(
      (rate) => rate?.value === 0 || rate?.value === 1,
    ),
  );
}

const percent = (share: number, decimals = 1) => `${(100 * share).toFixed(decimals)} %`;
