/**
 * What Dualformer reports of mazes (arXiv 2410.09918, section 5.1), as claims about the main study.
 * The published numbers are of mazes of 30×30 and a far larger model, as 1-Optimal-64 in per cent and
 * mean trace tokens.
 */
import type { StudyInput } from '../../src/study.ts';

type Claim = NonNullable<StudyInput['claims']>[number];

const slow = { cell: 'dualformer', mode: 'slow' } as const;
const fast = { cell: 'dualformer', mode: 'fast' } as const;
const auto = { cell: 'dualformer', mode: 'auto' } as const;
const complete = { cell: 'complete-trace', mode: 'slow' } as const;
const solution = { cell: 'solution-only', mode: 'fast' } as const;

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

export const dualformerClaims: Claim[] = [
  ...optimal({
    text: 'Slow mode plans better than Complete-Trace',
    of: slow,
    to: complete,
    published: '97.6 against 93.3 %',
  }),
  {
    text: 'Slow mode thinks in fewer tokens than Complete-Trace',
    metric: 'traceLength',
    of: slow,
    to: complete,
    evaluation: 'sampled',
    expect: 'fewer',
    published: '854 against 1538 tokens',
  },
  ...optimal({
    text: 'Fast mode plans better than Solution-Only',
    of: fast,
    to: solution,
    published: '80 against 30 %',
  }),
  ...(['0.25', '0.5', '0.75'] as const).flatMap((p) =>
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
    published: '96.6 against 80 %',
  }),
  {
    text: 'Auto mode plans less well than slow mode, with the best of 64 tries',
    metric: 'oneOptimal',
    of: auto,
    to: slow,
    evaluation: 'sampled',
    expect: 'fewer',
    published: '96.6 against 97.6 %',
  },
  {
    text: 'Auto mode thinks in fewer tokens than slow mode',
    metric: 'traceLength',
    of: auto,
    to: slow,
    evaluation: 'sampled',
    expect: 'fewer',
    published: '617 against 854 tokens',
  },
  {
    text: 'Auto mode thinks in fewer tokens than Complete-Trace',
    metric: 'traceLength',
    of: auto,
    to: complete,
    evaluation: 'sampled',
    expect: 'fewer',
    published: '617 against 1538 tokens',
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
