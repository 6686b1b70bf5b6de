/** Rates of responses in groups of tasks of similar difficulty. */
import { combineEstimates, type Estimate, ratioOfSums } from '../../evaluation/metrics.ts';
import type { Measurement, ResponseCounts, TaskFacts } from '../study/measurement.ts';
import type { Row } from '../study/rows.ts';

export interface Difficulty {
  /** Of the figure's file. */
  readonly key: string;
  readonly title: string;
  readonly label: string;
  readonly of: (tasks: TaskFacts) => Float64Array;
}

export const DIFFICULTIES: readonly Difficulty[] = [
  {
    key: 'planLength',
    title: 'by length of the shortest plan',
    label: 'positions of the shortest plan',
    of: (tasks) => tasks.planLength,
  },
  {
    key: 'aStarTraceLength',
    title: 'by length of A*’s trace',
    label: 'tokens of A*’s trace',
    of: (tasks) => tasks.aStarTraceLength,
  },
  {
    key: 'wallShare',
    title: 'by share of walls',
    label: 'cells that are walls (%)',
    of: (tasks) => tasks.wallShare.map((share) => 100 * share),
  },
];

/** Which responses, of which. */
export type Rate = (counts: ResponseCounts) => readonly [of: Float64Array, among: Float64Array];

export const OPTIMAL: Rate = ({ optimal, all }) => [optimal, all];
export const THOUGHT: Rate = ({ thought, all }) => [thought, all];
export const OPTIMAL_THOUGHT: Rate = ({ optimalThought, thought }) => [optimalThought, thought];
export const OPTIMAL_AT_ONCE: Rate = ({ optimal, optimalThought, all, thought }) => [
  optimal.map((count, i) => count - optimalThought[i]!),
  all.map((count, i) => count - thought[i]!),
];

/** Upper edges of groups of tasks of about equal size, the same for all rows. */
export function groupEdges(rows: readonly Row[], difficulty: Difficulty): number[] {
  return quantileEdges(
    rows.flatMap(({ seeds }) => [...difficulty.of(seeds[0]!.tasks)]),
    GROUPS,
  );
}

const GROUPS = 6;

export interface GroupPoint {
  /** Mean difficulty of the group. */
  readonly x: number;
  readonly y: number;
  /** One standard error away, in [0, 100]. */
  readonly low: number;
  readonly high: number;
}

/** In per cent; groups in which nothing counts are left out. */
export function ratesByGroup(
  { seeds }: Row,
  { difficulty, edges, rate }: { difficulty: Difficulty; edges: readonly number[]; rate: Rate },
): GroupPoint[] {
  const values = difficulty.of(seeds[0]!.tasks);
  return edges.flatMap((edge, index) => {
    const inside = [...values.keys()].filter(
      (i) => values[i]! <= edge && values[i]! > (edges[index - 1] ?? -Infinity),
    );
    const estimate = overSeeds(seeds, inside, rate);
    if (estimate === null) return [];
    const x = inside.reduce((sum, i) => sum + values[i]!, 0) / inside.length;
    return [{ x, ...percentBounds(estimate) }];
  });
}

/** Seeds where nothing counts are left out. */
function overSeeds(
  seeds: readonly Measurement[],
  tasks: readonly number[],
  rate: Rate,
): Estimate | null {
  const terms = seeds.map(({ counts }) => {
    const [of, among] = rate(counts);
    return tasks.map((i) => [of[i]!, among[i]!] as const);
  });
  const each = terms.map(ratioOfSums).filter((found) => found !== null);
  return combineEstimates(each);
}

/** In per cent, with one standard error on each side. */
export function percentBounds({ value, standardError }: Estimate) {
  const radius = standardError ?? 0;
  return {
    y: 100 * value,
    low: 100 * Math.max(0, value - radius),
    high: 100 * Math.min(1, value + radius),
  };
}

/** Upper edges of at most `count` groups of about equal size; equal values stay together. */
export function quantileEdges(values: readonly number[], count: number): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const edges = Array.from(
    { length: count },
    (_, index) => sorted[Math.ceil(((index + 1) / count) * sorted.length) - 1],
  );
  return [...new Set(edges.filter((edge) => edge !== undefined))];
}
