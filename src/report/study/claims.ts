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
import { type Resamples, type Terms, valueOf } from '../../evaluation/differences.ts';
import { remembered } from '../differences.ts';
import { checkSameTasks, findRow, methodName, type Row } from './rows.ts';
import type { Claim, Method } from './source.ts';

export const VERDICTS = [
  'reproduced',
  'not reproduced',
  'inconclusive',
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

/**
 * @param study the one that makes the claims
 * @throws InputError naming two runs that were evaluated on different tasks
 */
export function judgeClaims(
  claims: readonly Claim[],
  rows: readonly Row[],
  study: string,
): JudgedClaim[] {
  const resamples = remembered((tasks: number) => resampleTasks(tasks));
  return claims.map((claim) => {
    const label = claim.evaluation ?? null;
    const sides = [claim.of, claim.to].map((method) => findRow(rows, method, { study, label }));
    const [of, to] = sides;
    const measured = of && to ? compare(claim, [of, to], resamples) : NOTHING;
    const verdict = verdictOf(claim.expect, measured.difference, measured.seeds);
    const [ofName, toName] = [claim.of, claim.to].map((method, i) => nameOf(method, sides[i]));
    return { claim, of: ofName!, to: toName!, verdict, ...measured };
  });
}

const NOTHING: Pick<JudgedClaim, 'difference' | 'seeds'> = { difference: null, seeds: [] };

function compare(
  { metric }: Claim,
  [of, to]: readonly [Row, Row],
  resamples: (tasks: number) => Resamples,
): Pick<JudgedClaim, 'difference' | 'seeds'> {
  checkSameTasks([...to.seeds, ...of.seeds]);
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

const nameOf = ({ study, cell, mode }: Method, row: Row | undefined): string =>
  methodName(row ?? { name: study === undefined ? cell : `${study} ${cell}`, mode });
