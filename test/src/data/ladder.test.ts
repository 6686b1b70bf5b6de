import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXACT, fitRungs, roundUp } from '../../../src/data/ladder.ts';

/** Few lengths, so that all sets of rungs can be tried; the longest may have no share. */
const fewLengths = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 7 }),
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 7, maxLength: 7 }),
    fc.nat({ max: 5 }),
  )
  .map(([lengths, counts, above]) => {
    const total = lengths.reduce((sum, _, i) => sum + counts[i]!, 0);
    const shares = new Float64Array(Math.max(...lengths) + above + 1);
    for (const [i, length] of lengths.entries()) shares[length] = counts[i]! / total;
    return shares;
  });
const cost = fc.constantFrom(0, 0.02, 0.1, 0.5);
const most = fc.integer({ min: 1, max: 8 });

describe('fitted rungs', () => {
  it('are the fewest within the cost, or of the cheapest as many as are allowed', () => {
    fc.assert(
      fc.property(fewLengths, cost, most, (shares, cost, most) => {
        const rungs = fitRungs(shares, { cost, most });
        const cheapest = cheapestBySize(shares);
        const own = paddingPerToken(shares, rungs);
        expect(own).toBeCloseTo(cheapest[rungs.length]!, 9);
        expect(rungs.length).toBeLessThanOrEqual(most);
        if (rungs.length < most && rungs.length < cheapest.length - 1) {
          expect(own).toBeLessThanOrEqual(cost + 1e-9);
        }
        const fewer = cheapest.slice(1, rungs.length);
        for (const padding of fewer) expect(padding).toBeGreaterThan(cost - 1e-9);
      }),
      { numRuns: 300 },
    );
  });

  it('rise strictly up to the longest length', () => {
    fc.assert(
      fc.property(fewLengths, cost, most, (shares, cost, most) => {
        const rungs = fitRungs(shares, { cost, most });
        expect(rungs).toEqual([...new Set(rungs)].toSorted((a, b) => a - b));
        expect(rungs.at(-1)).toBe(shares.length - 1);
      }),
    );
  });

  it('keep within the cost also among thousands of lengths', () => {
    const shares = new Float64Array(10_001).fill(1 / 9_900);
    shares.fill(0, 0, 101);
    const rungs = fitRungs(shares, { cost: 0.02, most: 100 });
    expect(paddingPerToken(shares, rungs)).toBeLessThanOrEqual(0.02);
    expect(rungs.length).toBeLessThan(60);
    expect(rungs.at(-1)).toBe(10_000);
  });
});

describe('rounding up', () => {
  it('gives the lowest rung that holds a length, or the length above all rungs', () => {
    const lengths = [1, 8, 9, 20, 21].map((length) => roundUp([8, 12, 20], length));
    expect(lengths).toEqual([8, 8, 12, 20, 21]);
    expect(roundUp(EXACT.responses, 17)).toBe(17);
  });
});

/** Expected padding per token by definition. */
function paddingPerToken(shares: Float64Array, rungs: readonly number[]): number {
  let padding = 0;
  let tokens = 0;
  for (const [length, share] of shares.entries()) {
    if (share === 0) continue;
    padding += share * (Math.min(...rungs.filter((rung) => rung >= length)) - length);
    tokens += share * length;
  }
  return padding / tokens;
}

/** [k] Least padding with k rungs, of all sets of occurring lengths that hold the longest. */
function cheapestBySize(shares: Float64Array): number[] {
  const longest = shares.length - 1;
  const lengths = [...shares.keys()].filter((n) => shares[n]! > 0 && n < longest);
  const cheapest: number[] = Array.from({ length: lengths.length + 2 }, () => Infinity);
  for (let set = 0; set < 2 ** lengths.length; set++) {
    const rungs = [...lengths.filter((_, i) => (set >> i) & 1), longest];
    const padding = paddingPerToken(shares, rungs);
    cheapest[rungs.length] = Math.min(cheapest[rungs.length]!, padding);
  }
  return cheapest;
}
