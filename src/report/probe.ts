/** Whether plans follow from traces, as a table and a figure over evaluations behind corrupted traces. */
import * as Plot from '@observablehq/plot';
import { type Corruption, CORRUPTIONS } from '../../traces/corruptions.ts';
import { createVocabulary } from '../../traces/vocabulary.ts';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { combineEstimates, type Estimate } from '../evaluation/metrics.ts';
import { type Reaction, REACTIONS, reactions, type Reactions } from '../evaluation/probe.ts';
import { firstDifference } from '../firstDifference.ts';
import { COLOURS, renderFigure, SERIES_COLOURS } from './figure.ts';
import { formatEstimate } from './resultTables.ts';
import type { Result } from './results.ts';
import type { Table } from './table.ts';

/** One kind of corruption for one experiment: means over its runs. */
export interface Probe extends Reactions {
  readonly experiment: string;
  /** On what other tasks than the experiment's own, else empty. */
  readonly on: string;
  readonly corruption: Exclude<Corruption, 'none'>;
  readonly runs: number;
  /** That allow this corruption, of those that were asked for. */
  readonly tasks: number;
  readonly asked: number;
}

/** Whether its traces are A*'s own, true or corrupted, so that it says little by itself. */
export function isForced({ evaluations }: Pick<Result, 'evaluations'>): boolean {
  return evaluations[0]?.settings.corruption !== undefined;
}

/** Of each experiment, in the order of `CORRUPTIONS`; runs without the control are passed over. */
export function probesOf(results: readonly Result[]): Probe[] {
  const found = results.flatMap((result) => probeOf(result, results) ?? []);
  const names = [...new Set(found.map(nameOf))];
  return found.sort(
    (a, b) =>
      names.indexOf(nameOf(a)) - names.indexOf(nameOf(b)) ||
      CORRUPTIONS.indexOf(a.corruption) - CORRUPTIONS.indexOf(b.corruption),
  );
}

/** Responses behind true traces, where none behind corrupted ones are held against them. */
export function controlsAlone(
  results: readonly Result[],
  probes: readonly Pick<Probe, 'experiment' | 'on'>[],
): Result[] {
  return results.filter(
    (result) =>
      result.evaluations[0]?.settings.corruption === 'none' &&
      !probes.some(
        ({ experiment, on }) =>
          experiment === result.experiment && on === otherTasks(result.decoding, 'none'),
      ),
  );
}

function otherTasks(decoding: string, corruption: Corruption): string {
  return decoding.split(`corrupt-${corruption}-`)[1] ?? '';
}

function probeOf(result: Result, results: readonly Result[]): Probe | null {
  const { corruption } = result.evaluations[0]!.settings;
  if (corruption === undefined || corruption === 'none') return null;
  const pairs = result.evaluations.flatMap((evaluation, i) => {
    const control = controlOf(evaluation, result.runs[i]!.folder, results);
    return control === null ? [] : [{ evaluation, control }];
  });
  if (pairs.length === 0) return null;
  const each = pairs.map(({ evaluation: { records, settings }, control }) =>
    reactions(records, control.records, createVocabulary(settings.vocabulary)),
  );
  const mean = (pick: (one: Reactions) => Estimate | null) => combineEstimates(each.map(pick));
  const shares = REACTIONS.map((name) => [name, mean(({ shares }) => shares[name])] as const);
  const { records, settings } = pairs[0]!.evaluation;
  return {
    experiment: result.experiment,
    on: otherTasks(result.decoding, corruption),
    corruption,
    runs: pairs.length,
    tasks: records.length,
    asked: settings.tasks,
    shares: Object.fromEntries(shares) as Record<Reaction, Estimate | null>,
    optimal: mean(({ optimal }) => optimal),
    controlOptimal: mean(({ controlOptimal }) => controlOptimal),
  };
}

/** What the same run answered behind true traces, asked alike. */
function controlOf(
  { settings }: Evaluation,
  folder: string,
  results: readonly Result[],
): Evaluation | null {
  const asked = { ...settings, corruption: 'none' };
  for (const { runs, evaluations } of results) {
    const found = evaluations.find(
      (each, i) => runs[i]!.folder === folder && firstDifference(each.settings, asked) === null,
    );
    if (found !== undefined) return found;
  }
  return null;
}

const TITLES: Readonly<Record<Reaction, string>> = {
  unchanged: 'unchanged',
  told: 'told plan',
  optimal: 'other optimal',
  toldLength: 'told length',
  solved: 'longer',
  wrong: 'wrong',
  malformed: 'malformed',
};

/** A line for each kind of corruption: what became of the plan, in percent of tasks. */
export function probeTable(probes: readonly Probe[]): Table {
  const several = new Set(probes.map(nameOf)).size > 1;
  const right = (title: string) => ({ title, align: 'right' }) as const;
  const text = (estimate: Estimate | null) => formatEstimate('optimalRate', estimate);
  return {
    columns: [
      ...(several ? [{ title: 'experiment' }] : []),
      { title: 'corruption' },
      right('tasks'),
      ...REACTIONS.map((reaction) => right(`${TITLES[reaction]} %`)),
      right('optimal %'),
      right('optimal, true traces %'),
    ],
    rows: probes.map((probe) => [
      ...(several ? [nameOf(probe)] : []),
      probe.corruption,
      probe.tasks === probe.asked ? String(probe.tasks) : `${probe.tasks} of ${probe.asked}`,
      ...REACTIONS.map((reaction) => text(probe.shares[reaction])),
      text(probe.optimal),
      text(probe.controlOptimal),
    ]),
  };
}

const COLOUR_OF: Readonly<Record<Reaction, string>> = {
  unchanged: COLOURS.aStar,
  told: SERIES_COLOURS[1]!,
  optimal: SERIES_COLOURS[0]!,
  toldLength: SERIES_COLOURS[4]!,
  solved: SERIES_COLOURS[2]!,
  wrong: SERIES_COLOURS[3]!,
  malformed: 'currentColor',
};

/** What became of the plan, a bar for each kind of corruption; null without any. */
export function probeFigure(probes: readonly Probe[]): string | null {
  if (probes.length === 0) return null;
  const names = [...new Set(probes.map(nameOf))];
  const kinds = CORRUPTIONS.filter((kind) => probes.some(({ corruption }) => corruption === kind));
  const bars = probes.flatMap((probe) =>
    REACTIONS.map((reaction) => ({
      name: nameOf(probe),
      corruption: probe.corruption,
      reaction,
      share: probe.shares[reaction]?.value ?? 0,
    })),
  );
  return renderFigure({
    title: 'What becomes of the plan behind a corrupted trace',
    legend: REACTIONS.filter((reaction) =>
      bars.some((bar) => bar.reaction === reaction && bar.share > 0),
    ).map((reaction) => ({ label: TITLES[reaction], colour: COLOUR_OF[reaction], mark: 'bar' })),
    plot: {
      height: 50 + names.length * (26 * kinds.length + 26),
      marginLeft: 100,
      marginTop: 24,
      marginBottom: 36,
      fy: { domain: names, label: null, axis: null },
      x: { label: 'tasks (%)', domain: [0, 100], percent: true, grid: true },
      y: { label: null, domain: kinds, padding: 0.25, tickSize: 0 },
      marks: [
        Plot.barX(bars, {
          fy: 'name',
          x: 'share',
          y: 'corruption',
          fill: (bar: (typeof bars)[number]) => COLOUR_OF[bar.reaction],
        }),
        ...(names.length === 1
          ? []
          : [
              Plot.text(names, {
                fy: (name: string) => name,
                text: (name: string) => name,
                frameAnchor: 'top-left',
                dy: -14,
                fontWeight: 600,
              }),
            ]),
      ],
    },
  });
}

function nameOf({ experiment, on }: Probe): string {
  return on === '' ? experiment : `${experiment}, ${on}`;
}
