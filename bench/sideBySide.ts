/** Trains the variants of a workload in turns: in every round each goes through the same data. */
import type { Child } from './child.ts';
import { startKit, startPyTorch, type Opened } from './programs.ts';
import { enter, figureOf, noteMemory, runRound, type Contestant, type Figure } from './turns.ts';
import { VARIANTS, WORKLOADS, type Variant, type VariantName } from './workloads.ts';
import type { Workload, WorkloadName } from './workloads.ts';

export interface SideBySideOptions {
  readonly threads: number;
  readonly variants: readonly VariantName[];
  /** A Python that can import torch, if a variant needs one. */
  readonly python: string | null;
}

/** @throws Error if the losses show that the programs don't train the same model */
export async function measureSideBySide(
  name: WorkloadName,
  { threads, variants, python }: SideBySideOptions,
): Promise<Figure<VariantName>[]> {
  const workload: Workload = WORKLOADS[name];
  const programs: Partial<Record<Variant['program'], Child>> = {};
  const contestants: Contestant<VariantName, Opened>[] = [];
  try {
    for (const variant of variants) {
      const { program } = VARIANTS[variant];
      programs[program] ??=
        program === 'kit'
          ? startKit(name, threads)
          : await startPyTorch(python!, workload, threads);
      contestants.push(await enter(variant, programs[program]));
    }
    checkLosses(
      contestants.flatMap(({ variant, opened }) =>
        opened === null ? [] : [{ variant, losses: opened.losses }],
      ),
    );
    for (let round = 0; round < workload.rounds; round++) {
      await runRound(contestants, (contestant) => turnsOf(contestant, workload.turns));
    }
    if (workload.measures === 'memory') noteMemory(contestants);
  } finally {
    await Promise.all(Object.values(programs).map((child) => child.stop()));
  }
  return contestants.map(figureOf);
}

/** The batches of a round in pieces. */
function turnsOf({ variant, opened }: Contestant<VariantName, Opened>, turns: number): object[] {
  const { batches } = opened!;
  return Array.from({ length: turns }, (_, turn) => ({
    run: variant,
    from: Math.floor((turn * batches) / turns),
    to: Math.floor(((turn + 1) * batches) / turns),
  }));
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
