/**
 * Trains the variants of a workload side by side: in every round each goes through the same data,
 * and they take turns, so that whatever else the machine does meets all of them alike. One computes
 * while the others wait for their turn.
 */
import { ChildFailure, type Child } from './child.ts';
import { startKit, startPyTorch, type Lap, type Opened } from './programs.ts';
import { VARIANTS, WORKLOADS, type Variant, type VariantName } from './workloads.ts';
import type { Workload, WorkloadName } from './workloads.ts';

/** What one variant did. */
export interface Figure {
  readonly variant: VariantName;
  /** By round, all that was done in it; none if it failed. */
  readonly rounds: readonly Lap[];
  /** MiB; null where it was not measured. */
  readonly peakMemory: number | null;
  /** What computed, with its version; null if it never began. */
  readonly software: string | null;
  /** Why it could not be measured, in one line. */
  readonly failure: string | null;
}

export interface SideBySideOptions {
  readonly threads: number;
  readonly variants: readonly VariantName[];
  /** A Python that can import torch, if a variant needs one. */
  readonly python: string | null;
}

interface Contestant {
  readonly variant: VariantName;
  readonly child: Child;
  batches: number;
  losses: readonly number[];
  rounds: Lap[];
  software: string | null;
  peakMemory: number | null;
  failure: string | null;
}

/** @throws Error if the losses show that the programs don't train the same model */
export async function measureSideBySide(
  name: WorkloadName,
  { threads, variants, python }: SideBySideOptions,
): Promise<Figure[]> {
  const workload: Workload = WORKLOADS[name];
  const programs: Partial<Record<Variant['program'], Child>> = {};
  const contestants: Contestant[] = [];
  try {
    for (const variant of variants) {
      const { program } = VARIANTS[variant];
      programs[program] ??=
        program === 'kit'
          ? startKit(name, threads)
          : await startPyTorch(python!, workload, threads);
      contestants.push(await opened(variant, programs[program]));
    }
    const running = contestants.filter(({ failure }) => failure === null);
    checkLosses(running);
    for (let round = 0; round < workload.rounds; round++) await runRound(running, workload.turns);
    if (workload.measures === 'memory') noteMemory(contestants);
  } finally {
    await Promise.all(Object.values(programs).map((child) => child.stop()));
  }
  return contestants.map(({ variant, rounds, software, peakMemory, failure }) => ({
    variant,
    software,
    rounds: failure === null ? rounds : [],
    peakMemory: failure === null ? peakMemory : null,
    failure,
  }));
}

async function opened(variant: VariantName, child: Child): Promise<Contestant> {
  const contestant: Contestant = {
    variant,
    child,
    batches: 0,
    losses: [],
    rounds: [],
    software: null,
    peakMemory: null,
    failure: null,
  };
  await attempt(contestant, async () => {
    Object.assign(contestant, await child.ask<Opened>({ open: variant }));
  });
  return contestant;
}

/** Every contestant goes through its batches once, in `turns` pieces that alternate. */
async function runRound(contestants: readonly Contestant[], turns: number): Promise<void> {
  const sums = new Map(contestants.map((one) => [one, { seconds: 0, tokens: 0, steps: 0 }]));
  for (let turn = 0; turn < turns; turn++) {
    for (const [contestant, sum] of sums) {
      const { child, variant, batches } = contestant;
      await attempt(contestant, async () => {
        const lap = await child.ask<Lap>({
          run: variant,
          from: Math.floor((turn * batches) / turns),
          to: Math.floor(((turn + 1) * batches) / turns),
        });
        sum.seconds += lap.seconds;
        sum.tokens += lap.tokens;
        sum.steps += lap.steps;
      });
    }
  }
  for (const [contestant, sum] of sums) contestant.rounds.push(sum);
}

/** What fails is out, and the others go on. */
async function attempt(contestant: Contestant, action: () => Promise<void>): Promise<void> {
  if (contestant.failure !== null) return;
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ChildFailure)) throw error;
    contestant.failure = error.message;
  }
}

/** What a process held at most is what its variant needs if that is the only one. */
function noteMemory(contestants: readonly Contestant[]): void {
  for (const contestant of contestants) {
    const sharing = contestants.filter(({ child }) => child === contestant.child);
    if (sharing.length === 1) contestant.peakMemory = contestant.child.peakMemory();
  }
}

/**
 * In nats: between programs in fp32, which differ by less than 1e-6 if all is well and by more than
 * this if only the clipping is left out, and where bf16 rounds.
 */
const TOLERANCE = { fp32: 2e-5, bf16: 0.1 };

/** @throws Error naming the first loss by which two variants differ */
export function checkLosses(
  contestants: readonly { readonly variant: VariantName; readonly losses: readonly number[] }[],
): void {
  const [first, ...others] = contestants.toSorted((a, b) => exactness(a) - exactness(b));
  for (const { variant, losses } of others) {
    const { precision, title } = VARIANTS[variant];
    const tolerance = TOLERANCE[precision === 'fp32' ? 'fp32' : 'bf16'];
    losses.forEach((loss, i) => {
      const expected = first!.losses[i]!;
      if (Math.abs(loss - expected) <= tolerance) return;
      throw new Error(
        `${VARIANTS[first!.variant].title} and ${title} don't train the same model: after ${i} ` +
          `updates the losses on one batch are ${expected.toFixed(6)} and ${loss.toFixed(6)}`,
      );
    });
  }
}

function exactness({ variant }: { readonly variant: VariantName }): number {
  return VARIANTS[variant].precision === 'fp32' ? 0 : 1;
}
