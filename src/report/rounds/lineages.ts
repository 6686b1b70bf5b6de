/** Which models rounds of self-improvement made of which. */
import path from 'node:path';
import { withoutWords } from '../../training/runFolder.ts';
import type { Result } from '../results.ts';
import type { ReportedExperiment } from '../run.ts';

/** A model and those after each round, measured alike. */
export interface Lineage {
  /** The first model, and the last where rounds of several kinds follow it: `x`, `x to x-expert-2` */
  readonly name: string;
  /** The mode and how responses were drawn. */
  readonly measured: string;
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
  const lines = [...groups.values()].flatMap((rounds) => {
    const first = firstOf(rounds[0]!, results);
    return first === undefined ? [] : [{ first, rounds: rounds.toSorted(byRound) }];
  });
  return lines.map(({ first, rounds }) => {
    const { experiment, mode, decoding } = first;
    const isOnly = lines.filter((line) => line.first === first).length === 1;
    return {
      name: isOnly ? experiment : `${experiment} to ${rounds.at(-1)!.experiment}`,
      measured: `${mode}, ${decoding}`,
      models: [first, ...rounds].map((result) => ({ title: titleOf(result), result })),
    };
  });
}

const byRound = (a: Result, b: Result): number => roundOf(a) - roundOf(b);

/** The model whose folders hold the rounds, else the first one that was trained alike. */
function firstOf(round: Result, results: readonly Result[]): Result | undefined {
  const trainedAlike = results.filter(
    (one) => roundOf(one) === 0 && measuredOf(one) === measuredOf(round),
  );
  const holders = new Set(round.runs.map(({ folder }) => path.resolve(folder, '..', '..')));
  const holds = ({ runs }: Result) => runs.some(({ folder }) => holders.has(path.resolve(folder)));
  return trainedAlike.find(holds) ?? trainedAlike[0];
}

export function roundOf({ settings }: Result): number {
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
