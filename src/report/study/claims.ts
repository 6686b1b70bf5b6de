/**
 * Claims against records. A claim counts by the 95 % interval of a paired difference over tasks,
 * seeds averaged, and by every seed: see docs/metrics.md.
 */
import {
  type Difference,
  difference,
  resampleTasks,
  resampleTerms,
} from '../../evaluation/differences.ts';
import { InputError } from '../../../envs/inputError.ts';
import { firstDifference } from '../../firstDifference.ts';
import { type Resamples, type Terms, valueOf } from '../../evaluation/differences.ts';
import { remembered } from '../differences.ts';
import { checkSameTasks } from '../sameTasks.ts';
import { findRow, methodName, type Row } from './rows.ts';
import type { CellSource, Claim, Method } from './source.ts';

export const VERDICTS = [
  'reproduced',
  'not reproduced',
  'inconclusive',
  'unfinished',
  'not measured yet',
] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface SeedDifference {
  readonly seed: number;
  readonly value: number;
}

export interface JudgedClaim {
  readonly claim: Claim;
  /** What the sides are called on the page. */
  readonly of: string;
  readonly to: string;
  readonly verdict: Verdict;
  /** `of` minus `to`; null if that was not measured. */
  readonly difference: Difference | null;
  /** The seeds that both sides have. */
  readonly seeds: readonly SeedDifference[];
  /** How many seeds both sides are to have; before they do there is no verdict. */
  readonly planned: number;
}

/** `reproduced`, `unfinished (1 of 3 seeds)` */
export function verdictText({
  verdict,
  seeds,
  planned,
}: Pick<JudgedClaim, 'verdict' | 'seeds' | 'planned'>): string {
  return verdict === 'unfinished' ? `${verdict} (${seeds.length} of ${planned} seeds)` : verdict;
}

/**
 * Borne out if the whole interval and every seed lie on the claimed side of 0; contradicted if all of
 * them lie on the other; 0 itself is on neither.
 */
export function verdictOf(
  expect: Claim['expect'],
  found: Difference | null,
  seeds: readonly SeedDifference[],
): Verdict {
  if (found === null || seeds.length === 0) return 'not measured yet';
  const values = [found.low, found.high, ...seeds.map(({ value }) => value)];
  const sign = expect === 'more' ? 1 : -1;
  if (values.every((value) => sign * value > 0)) return 'reproduced';
  if (values.every((value) => sign * value < 0)) return 'not reproduced';
  return 'inconclusive';
}

/** What a study has, or will have. */
export interface PlannedCells {
  readonly name: string;
  readonly cells: readonly Pick<CellSource, 'study' | 'cell' | 'seed'>[];
}

/**
 * @param study the one that makes the claims
 * @throws InputError naming two runs that were evaluated on different tasks
 */
export function judgeClaims(
  claims: readonly Claim[],
  rows: readonly Row[],
  study: PlannedCells,
): JudgedClaim[] {
  const resamples = remembered((tasks: number) => resampleTasks(tasks));
  return claims.map((claim) => {
    const label = claim.evaluation ?? null;
    const sides = [claim.of, claim.to].map((method) =>
      findRow(rows, method, { study: study.name, label }),
    );
    const [of, to] = sides;
    const measured = of && to ? compare(claim, [of, to], resamples) : NOTHING;
    const planned = plannedSeeds(claim, study);
    const { difference, seeds } = measured;
    const waits = seeds.length > 0 && seeds.length < planned;
    const verdict = waits ? 'unfinished' : verdictOf(claim.expect, difference, seeds);
    const [ofName, toName] = [claim.of, claim.to].map((method, i) => nameOf(method, sides[i]));
    return { claim, of: ofName!, to: toName!, verdict, planned, ...measured };
  });
}

function plannedSeeds({ of, to }: Claim, { name, cells }: PlannedCells): number {
  const [own, other] = [of, to].map(({ study = name, cell }) => {
    const same = cells.filter((each) => each.study === study && each.cell === cell);
    return new Set(same.map(({ seed }) => seed));
  });
  return [...own!].filter((seed) => other!.has(seed)).length;
}

const NOTHING: Pick<JudgedClaim, 'difference' | 'seeds'> = { difference: null, seeds: [] };

function compare(
  { metric }: Claim,
  [of, to]: readonly [Row, Row],
  resamples: (tasks: number) => Resamples,
): Pick<JudgedClaim, 'difference' | 'seeds'> {
  checkSameTasks([...to.seeds, ...of.seeds]);
  checkDrawnAlike(of, to);
  const pairs = of.seeds.flatMap((own) => {
    const other = to.seeds.find(({ seed }) => seed === own.seed);
    const terms = [own.terms.get(metric), other?.terms.get(metric)] as const;
    return terms[0] && terms[1] ? [{ seed: own.seed, of: terms[0], to: terms[1] }] : [];
  });
  if (pairs.length === 0) return NOTHING;
  const draws = resamples(pairs[0]!.of.above.length);
  const resampled = (side: (pair: (typeof pairs)[number]) => Terms) =>
    resampleTerms(pairs.map(side), draws);
  const found = difference(
    resampled((pair) => pair.of),
    resampled((pair) => pair.to),
  );
  if (found === null) return NOTHING;
  const seeds = pairs.map(({ seed, of, to }) => ({ seed, value: valueOf(of) - valueOf(to) }));
  return { difference: found, seeds };
}

/** What says how responses were drawn, but for the mode, which claims compare. */
const DRAWING = [
  'samples',
  'temperature',
  'topK',
  'topP',
  'form',
  'precision',
  'maxTokens',
] as const;

/** @throws InputError naming two runs whose responses were drawn otherwise */
function checkDrawnAlike(of: Row, to: Row): void {
  const [own, other] = [of, to].map(({ seeds }) => {
    const { settings } = seeds[0]!;
    return Object.fromEntries(DRAWING.map((name) => [name, settings[name]]));
  });
  const difference = firstDifference(own, other);
  if (difference === null) return;
  throw new InputError(
    `${of.seeds[0]!.folder}: ${of.seeds[0]!.name} was drawn otherwise than in ` +
      `${to.seeds[0]!.folder}: its ${difference}`,
  );
}

const nameOf = ({ study, cell, mode }: Method, row: Row | undefined): string =>
  methodName(row ?? { name: study === undefined ? cell : `${study} ${cell}`, mode });
