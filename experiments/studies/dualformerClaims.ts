/** What Dualformer (arXiv 2410.09918, section 5.1) reports, as claims about a study of its methods. */
import type { StudyInput } from '../../src/study.ts';

type Claim = NonNullable<StudyInput['claims']>[number];

/** In words: 1-Optimal-64 in per cent, and mean trace tokens. */
export interface PublishedNumbers {
  /** Slow mode against Complete-Trace. */
  readonly slow: string;
  readonly slowTokens: string;
  /** Fast mode against Solution-Only. */
  readonly fast: string;
  /** Auto mode against the other two, and against Complete-Trace. */
  readonly auto?: {
    readonly fast: string;
    readonly slow: string;
    readonly slowTokens: string;
    readonly completeTokens: string;
  };
}

const slow = { cell: 'dualformer', mode: 'slow' } as const;
const fast = { cell: 'dualformer', mode: 'fast' } as const;
const auto = { cell: 'dualformer', mode: 'auto' } as const;
const complete = { cell: 'complete-trace', mode: 'slow' } as const;
const solution = { cell: 'solution-only', mode: 'fast' } as const;

/** @param mixes of the study's cells `mix-…` */
export function dualformerClaims(numbers: PublishedNumbers, mixes: readonly number[]): Claim[] {
  return [
    ...optimal({
      text: 'Slow mode plans better than Complete-Trace',
      of: slow,
      to: complete,
      ...published(numbers.slow),
    }),
    {
      text: 'Slow mode thinks in fewer tokens than Complete-Trace',
      ...fewerTokens(slow, complete),
      ...published(numbers.slowTokens),
    },
    ...optimal({
      text: 'Fast mode plans better than Solution-Only',
      of: fast,
      to: solution,
      ...published(numbers.fast),
    }),
    ...mixes.flatMap((p) =>
      optimal({
        text: `Fast mode plans better than that of Mix-${p}`,
        of: fast,
        to: { cell: `mix-${p}`, mode: 'fast' },
      }),
    ),
    ...optimal({
      text: 'Auto mode plans better than fast mode',
      of: auto,
      to: fast,
      ...published(numbers.auto?.fast),
    }),
    {
      text: 'Auto mode plans less well than slow mode, with the best of 64 tries',
      metric: 'oneOptimal',
      of: auto,
      to: slow,
      evaluation: 'sampled',
      expect: 'fewer',
      ...published(numbers.auto?.slow),
    },
    {
      text: 'Auto mode thinks in fewer tokens than slow mode',
      ...fewerTokens(auto, slow),
      ...published(numbers.auto?.slowTokens),
    },
    {
      text: 'Auto mode thinks in fewer tokens than Complete-Trace',
      ...fewerTokens(auto, complete),
      ...published(numbers.auto?.completeTokens),
    },
    {
      text: 'Slow mode finds more different plans than Complete-Trace',
      metric: 'diversity',
      of: slow,
      to: complete,
      evaluation: 'sampled',
      expect: 'more',
    },
  ];
}

/** Greedily, by the mean of 64 responses, and by the best of them, each as a claim of its own. */
function optimal(claim: Pick<Claim, 'text' | 'of' | 'to' | 'published'>): Claim[] {
  const { published, text, ...both } = claim;
  const sampled = { ...both, evaluation: 'sampled', expect: 'more' } as const;
  return [
    { ...both, text, metric: 'optimalRate', expect: 'more' },
    { ...sampled, text: `${text}, on the average of 64 tries`, metric: 'optimalRate' },
    {
      ...sampled,
      text: `${text}, with the best of 64 tries`,
      metric: 'oneOptimal',
      ...(published !== undefined && { published }),
    },
  ];
}

function fewerTokens(of: Claim['of'], to: Claim['to']) {
  return { metric: 'traceLength', of, to, evaluation: 'sampled', expect: 'fewer' } as const;
}

function published(words: string | undefined): Pick<Claim, 'published'> {
  return words === undefined ? {} : { published: words };
}
