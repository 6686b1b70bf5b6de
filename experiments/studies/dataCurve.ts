import type { StudyInput } from '../../src/study.ts';
import { type Cell, completeTrace, dualformer, solutionOnly } from '../methods.ts';
import { mazes6 } from './mazes6.ts';

/**
 * Searchformer's question (arXiv 2402.14083, section 4.1) about the number of training mazes; their
 * 4,000 are those of the main study.
 */
export const dataCurve: StudyInput = {
  name: 'data-curve',
  question: 'Do traces need less data than plans alone, and dropped traces less than whole ones?',
  base: mazes6,
  cells: {
    ...bySize('dualformer', dualformer),
    ...bySize('complete-trace', completeTrace),
    ...bySize('solution-only', solutionOnly),
  },
  seeds: [1, 2, 3],
  beside: { 'dualformer-mazes': ['dualformer', 'complete-trace', 'solution-only'] },
  claims: ['1k', '4k', '16k', '64k'].flatMap((size) => [
    claim(size, 'Whole traces, and the plan behind them, beat plans alone', [
      ['complete-trace', 'slow'],
      ['solution-only', 'fast'],
    ]),
    claim(size, 'Dropped traces beat whole ones', [
      ['dualformer', 'slow'],
      ['complete-trace', 'slow'],
    ]),
    claim(
      size,
      'Without thinking, who was trained on dropped traces beats who was on plans alone',
      [
        ['dualformer', 'fast'],
        ['solution-only', 'fast'],
      ],
    ),
  ]),
};

type Claim = NonNullable<StudyInput['claims']>[number];
type Method = readonly [name: string, mode: 'slow' | 'fast'];

/** About one number of training mazes. */
function claim(size: string, text: string, [of, to]: readonly [of: Method, to: Method]): Claim {
  const method = ([name, mode]: Method): Claim['of'] =>
    size === '4k'
      ? { study: 'dualformer-mazes', cell: name, mode }
      : { cell: `${name}-${size}`, mode };
  return {
    text: `${text}: ${size.replace('k', ',000')} mazes`,
    metric: 'optimalRate',
    of: method(of),
    to: method(to),
    expect: 'more',
  };
}

function bySize(name: string, cell: Cell): StudyInput['cells'] {
  const of = (examples: number): Cell => ({ ...cell, training: { ...cell.training, examples } });
  return { [`${name}-1k`]: of(1000), [`${name}-16k`]: of(16_000), [`${name}-64k`]: of(64_000) };
}
