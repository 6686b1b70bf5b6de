/** Which models rounds of self-improvement made of which. */
import { withoutWords } from '../../training/runFolder.ts';
import type { Result } from '../results.ts';
import type { ReportedExperiment } from '../run.ts';

/** A model and those after each round, measured alike. */
export interface Lineage {
  /** Of the first model, with the mode and what else its results differ in. */
  readonly name: string;
  readonly models: readonly Descendant[];
}

export interface Descendant {
  /** `before`, `round 1` */
  readonly title: string;
  readonly result: Result;
}

/** In the order of the results; without the first model, or without rounds, there is none. */
export function lineagesOf(results: readonly Result[]): Lineage[] {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    if (roundOf(result) === 0) continue;
    const key = JSON.stringify([measuredOf(result), methodOf(result)]);
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  return [...groups.values()].flatMap((rounds) => {
    const measured = measuredOf(rounds[0]!);
    const first = results.find((one) => roundOf(one) === 0 && measuredOf(one) === measured);
    if (first === undefined) return [];
    const { experiment, mode, decoding } = first;
    const models = [first, ...rounds.toSorted((a, b) => roundOf(a) - roundOf(b))];
    return [
      {
        name: `${experiment}, ${mode}, ${decoding}`,
        models: models.map((result) => ({ title: titleOf(result), result })),
      },
    ];
  });
}

function roundOf({ settings }: Result): number {
  return settings.improvement?.rounds ?? 0;
}

function titleOf(result: Result): string {
  const round = roundOf(result);
  return round === 0 ? 'before' : `round ${round}`;
}

/** Equal for a model and those that rounds made of it, whatever they are called and their seeds. */
export function originOf(settings: object): string {
  const {
    name: _,
    seed: __,
    improvement: ___,
    ...origin
  } = settings as Partial<ReportedExperiment>;
  return JSON.stringify(withoutWords(origin));
}

function measuredOf({ settings, mode, decoding }: Result): string {
  return `${originOf(settings)} ${mode} ${decoding}`;
}

function methodOf({ settings }: Result): unknown {
  return { ...settings.improvement, rounds: null };
}
