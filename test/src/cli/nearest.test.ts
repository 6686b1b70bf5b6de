import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../../src/cli/nearest.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });

describe('the edit distance', () => {
  it('is that of the recursive definition', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(byDefinition(a, b));
      }),
      { numRuns: 2000 },
    );
  });

  it('is symmetric, zero for equal words only, and at most the longer length', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const edits = editDistance(a, b);
        expect(edits).toBe(editDistance(b, a));
        expect(edits === 0).toBe(a === b);
        expect(edits).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the nearest name', () => {
  const names = ['training.steps', 'training.batchSize', 'evaluation.samples', 'data.seed'];

  it('is found through any single slip', () => {
    const slip = fc.tuple(fc.constantFrom(...names), fc.nat(20), fc.constantFrom('x', ''));
    fc.assert(
      fc.property(slip, ([name, at, inserted]) => {
        const place = at % name.length;
        const slipped = name.slice(0, place) + inserted + name.slice(place + 1);
        expect(nearest(slipped, names)).toBe(name);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['trian', 'train'],
    ['rtain', 'train'],
    ['sweeep', 'sweep'],
    ['demoo', 'demo'],
    ['stesp', 'steps'],
    ['plane', 'plain'],
    ['emptied', 'empty'],
    ['--outt', '--out'],
    ['--seeds', '--seed'],
    ['--MODE', '--mode'],
    ['gen-maze', 'gen-mazes'],
    ['tarce', 'trace'],
    ['slw', 'slow'],
    ['evaluate', 'eval'],
    ['--temp', '--temperature'],
    ['elp', 'help'],
    ['trainng.steps', 'training.steps'],
  ])('that %s may mean is %s', (name, meant) => {
    expect(nearest(name, [meant])).toBe(meant);
  });

  it.each([
    ['--bogus', '--jobs'],
    ['--csv', '--json'],
    ['xyz', 'xl-2'],
    ['foo', 'run'],
    ['gpu', 'cpu'],
    ['sideways', 'slow'],
    ['half', 'fast'],
    ['--no-resume', '--resume'],
    ['lake', 'maze'],
    ['--', '--out'],
    ['x', 's'],
    ['demo-of-last-year', 'demo'],
  ])('that %s may mean is not %s', (name, other) => {
    expect(nearest(name, [other])).toBeUndefined();
  });

  it('is the one with the fewest edits', () => {
    expect(nearest('tran', ['trace', 'train', 'transformer'])).toBe('train');
    expect(nearest('x', [])).toBeUndefined();
  });
});

/** Optimal string alignment as its recursion says it, without a table. */
function byDefinition(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const cost = a.at(-1) === b.at(-1) ? 0 : 1;
  const [shortA, shortB] = [a.slice(0, -1), b.slice(0, -1)];
  const edits = [
    byDefinition(shortA, b) + 1,
    byDefinition(a, shortB) + 1,
    byDefinition(shortA, shortB) + cost,
  ];
  if (a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1) && a.length > 1 && b.length > 1) {
    edits.push(byDefinition(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...edits);
}
