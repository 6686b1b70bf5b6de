/** Measures the ways of a rollout workload in turns, after they have shown to be the same model. */
import type { Child } from './child.ts';
import { startKitRollouts, startPyTorchRollouts, type OpenedRollouts } from './rolloutPrograms.ts';
import { ROLLOUTS, WAYS, type RolloutName, type WayName } from './rolloutWorkloads.ts';
import { enter, figureOf, noteMemory, runRound, type Contestant, type Figure } from './turns.ts';

export interface RolloutFigure extends Figure<WayName> {
  readonly threads: number | null;
  /** As in `OpenedRollouts`. */
  readonly rows: number | null;
}

export interface BesideOptions {
  readonly threads: number;
  /** A way of the kit in fp32 first. */
  readonly ways: readonly WayName[];
  /** A Python that can import torch, if a way needs one. */
  readonly python: string | null;
}

/** @throws Error if log-probabilities show that the programs don't compute the same model */
export async function measureRollouts(
  name: RolloutName,
  { threads, ways, python }: BesideOptions,
): Promise<RolloutFigure[]> {
  const programs: { kit?: Child; PyTorch?: Child } = {};
  const contestants: Contestant<WayName, OpenedRollouts>[] = [];
  try {
    for (const way of ways) {
      const { program } = WAYS[way];
      programs[program] ??=
        program === 'kit'
          ? startKitRollouts(name, threads)
          : startPyTorchRollouts(python!, name, threads);
      const responses = contestants[0]?.opened?.responses ?? null;
      contestants.push(await enter(way, programs[program], { responses }));
      const { failure } = contestants[0]!;
      if (failure !== null)
        throw new Error(`${name}: ${WAYS[contestants[0]!.variant].title}: ${failure}`);
    }
    checkLogProbs(
      contestants.flatMap(({ variant, opened }) =>
        opened === null ? [] : [{ way: variant, logProbs: opened.logProbs }],
      ),
    );
    for (let round = 0; round < ROLLOUTS[name].rounds; round++) {
      await runRound(contestants, ({ variant }) => [{ run: variant }]);
    }
    noteMemory(contestants);
  } finally {
    await Promise.all(Object.values(programs).map((child) => child.stop()));
  }
  return contestants.map((contestant) => ({
    ...figureOf(contestant),
    threads: contestant.opened?.threads ?? null,
    rows: contestant.opened?.rows ?? null,
  }));
}

/** In nats: some times what rounding comes to, 1e-6 in fp32 and 0.012 in bf16 at size s. */
const TOLERANCE = { fp32: 1e-4, bf16: 0.05 };

/**
 * Compares all with the first, which is in fp32.
 * @throws Error naming the first token that two ways give different probabilities to
 */
export function checkLogProbs(
  checked: readonly { readonly way: WayName; readonly logProbs: readonly (readonly number[])[] }[],
): void {
  const [first, ...others] = checked;
  for (const { way, logProbs } of others) {
    const { title, precision } = WAYS[way];
    first!.logProbs.forEach((expected, response) => {
      expected.forEach((value, token) => {
        const found = logProbs[response]?.[token] ?? NaN;
        if (Math.abs(found - value) <= TOLERANCE[precision]) return;
        throw new Error(
          `${WAYS[first!.way].title} and ${title} don't compute the same model: token ${token} of ` +
            `response ${response} has ln p of ${value.toFixed(6)} and ${found.toFixed(6)}`,
        );
      });
    });
  }
}
