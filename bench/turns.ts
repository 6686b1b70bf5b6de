/**
 * Programs that do the same work in turns, so that whatever else the machine does meets all of them
 * alike. One computes while the others wait.
 */
import { ChildFailure, type Child } from './child.ts';

/** What a program did in one go. */
export interface Lap {
  readonly seconds: number;
  readonly tokens: number;
  /** Updates in training, responses in rollouts. */
  readonly steps: number;
}

/** What one variant of a program did. */
export interface Figure<Name extends string> {
  readonly variant: Name;
  /** By round, all that was done in it; none if it failed. */
  readonly rounds: readonly Lap[];
  /** MiB; null where it was not measured. */
  readonly peakMemory: number | null;
  /** What computed, with its version; null if it never began. */
  readonly software: string | null;
  /** Why it could not be measured, in one line. */
  readonly failure: string | null;
}

export interface Contestant<Name extends string, Opened> {
  readonly variant: Name;
  readonly child: Child;
  /** What it said when it began; null if it could not. */
  opened: Opened | null;
  rounds: Lap[];
  peakMemory: number | null;
  failure: string | null;
}

/** @param request further fields of `{ open: variant }` */
export async function enter<Name extends string, Opened>(
  variant: Name,
  child: Child,
  request: object = {},
): Promise<Contestant<Name, Opened>> {
  const contestant: Contestant<Name, Opened> = {
    variant,
    child,
    opened: null,
    rounds: [],
    peakMemory: null,
    failure: null,
  };
  await attempt(contestant, async () => {
    contestant.opened = await child.ask<Opened>({ open: variant, ...request });
  });
  return contestant;
}

/** A round consists of each contestant's requests for laps, of which all have as many. */
export async function runRound<Name extends string, Opened>(
  contestants: readonly Contestant<Name, Opened>[],
  requestsOf: (contestant: Contestant<Name, Opened>) => readonly object[],
): Promise<void> {
  const entries = contestants
    .filter(({ failure }) => failure === null)
    .map((contestant) => ({
      contestant,
      requests: requestsOf(contestant),
      sum: { seconds: 0, tokens: 0, steps: 0 },
    }));
  const turns = Math.max(0, ...entries.map(({ requests }) => requests.length));
  for (let turn = 0; turn < turns; turn++) {
    for (const { contestant, requests, sum } of entries) {
      await attempt(contestant, async () => {
        const lap = await contestant.child.ask<Lap>(requests[turn]!);
        sum.seconds += lap.seconds;
        sum.tokens += lap.tokens;
        sum.steps += lap.steps;
      });
    }
  }
  for (const { contestant, sum } of entries) contestant.rounds.push(sum);
}

/** What fails is out, and the others go on. */
async function attempt(
  contestant: Contestant<string, unknown>,
  action: () => Promise<void>,
): Promise<void> {
  if (contestant.failure !== null) return;
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    contestant.failure = error.message;
  }
}

/** What a process held at most is what its variant needs if that is the only one. */
export function noteMemory(contestants: readonly Contestant<string, unknown>[]): void {
  for (const contestant of contestants) {
    const sharing = contestants.filter(({ child }) => child === contestant.child);
    if (sharing.length === 1) contestant.peakMemory = contestant.child.peakMemory();
  }
}

export function figureOf<Name extends string>({
  variant,
  opened,
  rounds,
  peakMemory,
  failure,
}: Contestant<Name, { readonly software: string }>): Figure<Name> {
  return {
    variant,
    software: opened?.software ?? null,
    rounds: failure === null ? rounds : [],
    peakMemory: failure === null ? peakMemory : null,
    failure,
  };
}
