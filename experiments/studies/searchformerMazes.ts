import type { StudyInput } from '../../src/study.ts';
import { type Cell, completeTrace, solutionOnly } from '../methods.ts';
import { mazes6 } from './mazes6.ts';

const COUNTS = { '1k': 1000, '4k': 4000, '16k': 16_000 } as const;
type Count = keyof typeof COUNTS;
const COUNT_NAMES = Object.keys(COUNTS) as Count[];
type Size = 'narrow' | 'tiny';
type Answer = 'complete-trace' | 'random-trace' | 'solution-only';

const ANSWERS: Readonly<Record<Answer, Cell>> = {
  'complete-trace': completeTrace,
  'random-trace': { ...completeTrace, data: { nondeterministic: true } },
  'solution-only': solutionOnly,
};

/** Half as wide as tiny, as deep: 0.07 million parameters. */
const narrow: Cell['model'] = {
  dim: 32,
  encoderLayers: 2,
  decoderLayers: 2,
  heads: 2,
  ffnDim: 96,
};

/** Searchformer's comparison (arXiv 2402.14083, section 4.1) at the size of the other studies. */
export const searchformerMazes: StudyInput = {
  name: 'searchformer-mazes',
  question:
    'Do traces make up for fewer training mazes and a smaller model, whether ties of the search fall in order or at random?',
  notes:
    'Mazes, steps and the tiny model are those of dualformer-mazes, data-curve and bootstrapping, whose cells ' +
    'stand beside and are compared with; the narrow model has a quarter of the parameters. In data-curve whole ' +
    'traces lead tiny models to 4, 60 and 83 % with 1,000, 4,000 and 16,000 mazes, and 64,000 add nothing.',
  base: mazes6,
  cells: Object.fromEntries([
    ...cellsOf('narrow', Object.keys(ANSWERS) as Answer[], COUNT_NAMES),
    // The other tiny models are those of the studies beside.
    ...cellsOf('tiny', ['random-trace'], ['1k', '4k']),
  ]),
  seeds: [1, 2, 3],
  beside: {
    'dualformer-mazes': ['complete-trace', 'solution-only'],
    'data-curve': [
      'complete-trace-1k',
      'complete-trace-16k',
      'solution-only-1k',
      'solution-only-16k',
    ],
    bootstrapping: ['random-trace'],
  },
  claims: [
    ...(['narrow', 'tiny'] as const).flatMap((size) =>
      COUNT_NAMES.flatMap((count) => [
        claim('Whole traces beat plans alone', { size, count }, [
          'complete-trace',
          'solution-only',
        ]),
        claim('Ties in order beat ties at random', { size, count }, [
          'complete-trace',
          'random-trace',
        ]),
      ]),
    ),
    ...COUNT_NAMES.map(
      (count) =>
        ({
          text: `Whole traces in a narrow model beat plans alone in one of four times the parameters: ${mazes(count)}`,
          metric: 'optimalRate',
          of: methodOf('complete-trace', { size: 'narrow', count }),
          to: methodOf('solution-only', { size: 'tiny', count }),
          expect: 'more',
        }) as const,
    ),
  ],
};

type Claim = NonNullable<StudyInput['claims']>[number];

interface At {
  readonly size: Size;
  readonly count: Count;
}

function cellsOf(
  size: Size,
  answers: readonly Answer[],
  counts: readonly Count[],
): (readonly [name: string, cell: Cell])[] {
  return answers.flatMap((answer) =>
    counts.map((count) => {
      const cell = ANSWERS[answer];
      const training = { ...cell.training, examples: COUNTS[count] };
      const model = size === 'narrow' ? { model: narrow } : {};
      return [nameOf(answer, { size, count }), { ...cell, ...model, training }];
    }),
  );
}

function nameOf(answer: Answer, { size, count }: At): string {
  return size === 'narrow' ? `narrow-${answer}-${count}` : `${answer}-${count}`;
}

/** Of this study, or of the one beside it that has trained it. */
function methodOf(answer: Answer, at: At): Claim['of'] {
  const mode = answer === 'solution-only' ? 'fast' : 'slow';
  const cell = nameOf(answer, at);
  if (at.size === 'narrow') return { cell, mode };
  if (answer === 'random-trace') {
    return at.count === '16k' ? { study: 'bootstrapping', cell: answer, mode } : { cell, mode };
  }
  return at.count === '4k'
    ? { study: 'dualformer-mazes', cell: answer, mode }
    : { study: 'data-curve', cell, mode };
}

function mazes(count: Count): string {
  return `${COUNTS[count].toLocaleString('en')} mazes`;
}

function claim(text: string, at: At, [of, to]: readonly [of: Answer, to: Answer]): Claim {
  const model = at.size === 'narrow' ? 'narrow model' : 'tiny model';
  return {
    text: `${text}: ${model}, ${mazes(at.count)}`,
    metric: 'optimalRate',
    of: methodOf(of, at),
    to: methodOf(to, at),
    expect: 'more',
  };
}
