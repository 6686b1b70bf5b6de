/** Figures of programs that took turns: speeds, ratios, and how they are written. */
import { spread, type Spread } from './rows.ts';
import type { Figure } from './turns.ts';

type Rounds = Pick<Figure<string>, 'rounds'>;

/** Tokens per second, by round. */
export function speeds({ rounds }: Rounds): number[] {
  return rounds.map(({ tokens, seconds }) => tokens / seconds);
}

/** Times as fast as `other`, by round; null if either has no rounds. */
export function timesAsFast(figure: Rounds, other: Rounds | undefined): Spread | null {
  if (other === undefined || figure.rounds.length === 0 || other.rounds.length === 0) return null;
  const ownSpeeds = speeds(figure);
  return spread(speeds(other).map((speed, round) => ownSpeeds[round]! / speed));
}

export function times(ratio: Spread | null): string {
  if (ratio === null) return '–';
  const [median, least, most] = [ratio.median, ratio.least, ratio.most].map((n) => n.toFixed(2));
  return least === most ? `${median}×` : `${median}× (${least}–${most})`;
}

export function written({ median, least, most }: Spread): string {
  const digits = median >= 100 ? 0 : 1;
  const text = (value: number): string =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return least === most ? text(median) : `${text(median)} (${text(least)}–${text(most)})`;
}
