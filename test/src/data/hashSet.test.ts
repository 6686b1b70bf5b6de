import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHashSet, type HashSet } from '../../../src/data/hashSet.ts';

describe('a set of hashes', () => {
  const hash = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    // All of one slot, the last one.
    fc.bigInt({ min: 0n, max: 40n }).map((high) => (high << 32n) | 0xffff_ffffn),
    fc.bigInt({ min: 0n, max: 3n }),
  );

  it('holds what a Set of the same bigints holds', () => {
    const hashes = fc.array(hash, { maxLength: 2000, size: 'max' });
    fc.assert(
      fc.property(hashes, (hashes) => {
        expect(observed(createHashSet(), hashes)).toEqual(observed(new Set(), hashes));
      }),
      { numRuns: 30 },
    );
  });

  it('grows', () => {
    const set = createHashSet();
    const spread = (i: number): bigint => BigInt.asUintN(64, BigInt(i) * 0x9e37_79b9_7f4a_7c15n);
    for (let i = 0; i < 20_000; i++) set.add(spread(i));
    const held = Array.from({ length: 40_000 }, (_, i) => set.has(spread(i)));
    expect(set.size).toBe(20_000);
    expect(held).toEqual(held.map((_, i) => i < 20_000));
  });
});

/** What can be seen of a set while the hashes are added to it, and after. */
function observed(set: HashSet | Set<bigint>, hashes: readonly bigint[]): unknown[] {
  const seen: unknown[] = [];
  for (const hash of hashes) {
    seen.push(set.has(hash));
    set.add(hash);
    seen.push(set.size);
  }
  return [...seen, ...hashes.map((hash) => [set.has(hash), set.has(hash ^ 1n)])];
}
