import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, restoreRng } from '../../envs/rng.ts';
import { tally, unevenness } from '../helpers/statistics.ts';

const seed = fc.oneof(fc.integer(), fc.string());
const label = fc.oneof(fc.nat(), fc.string(), fc.constantFrom('a', 'a/b', 'b', '~1', '/'));
const drawn = (rng: { next(): number }, count = 5): number[] =>
  Array.from({ length: count }, () => rng.next());

describe('a stream', () => {
  it('is the same for the same seed', () => {
    fc.assert(
      fc.property(seed, (s) => {
        expect(drawn(createRng(s))).toEqual(drawn(createRng(s)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is this one for the seed 1, on every machine', () => {
    const rng = createRng(1);
    expect(Array.from({ length: 6 }, () => rng.int(1000))).toEqual([526, 122, 477, 621, 165, 314]);
  });

  it('goes on after being saved as JSON and restored as if nothing had happened', () => {
    fc.assert(
      fc.property(seed, fc.nat(50), (s, before) => {
        const rng = createRng(s);
        drawn(rng, before);
        const saved = JSON.stringify(rng.state());
        const restored = restoreRng(JSON.parse(saved) as ReturnType<typeof rng.state>);
        expect(drawn(restored)).toEqual(drawn(rng));
        expect(drawn(restored.split('x'))).toEqual(drawn(rng.split('x')));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([2, 3, 10, 97])('draws integers below %i, each equally often', (n) => {
    const rng = createRng('integers');
    const kinds = Array.from({ length: n }, (_, i) => i);
    const draws = Array.from({ length: 300 * n }, () => rng.int(n));
    expect(unevenness(tally(draws, kinds))).toBeLessThan(4);
  });
});

describe('a split', () => {
  it('depends on seed and labels alone, and leaves the stream as it was', () => {
    fc.assert(
      fc.property(seed, fc.array(label, { minLength: 1 }), fc.nat(20), (s, labels, before) => {
        const rng = createRng(s);
        const first = drawn(rng.split(...labels));
        drawn(rng, before);
        const state = rng.state();
        expect(drawn(rng.split(...labels))).toEqual(first);
        expect(rng.state()).toEqual(state);
      }),
      { numRuns: 1000 },
    );
  });

  it('differs from the stream itself and from splits with other labels', () => {
    fc.assert(
      fc.property(fc.array(label, { maxLength: 3 }), fc.array(label, { maxLength: 3 }), (a, b) => {
        const same = a.length === b.length && a.every((item, i) => String(item) === String(b[i]));
        const rng = createRng('splits');
        const [first, second] = [rng.split(...a), rng.split(...b)];
        expect(first.state().path === second.state().path).toBe(same);
        expect(drawn(first).join() === drawn(second).join()).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('shuffling', () => {
  it('permutes the first items and leaves the others', () => {
    fc.assert(
      fc.property(seed, fc.array(fc.nat()), fc.nat(30), (s, items, length) => {
        const count = Math.min(length, items.length);
        const shuffled = createRng(s).shuffle([...items], count);
        expect(shuffled.slice(count)).toEqual(items.slice(count));
        const ascending = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
        expect(ascending(shuffled)).toEqual(ascending(items));
      }),
      { numRuns: 1000 },
    );
  });

  it('yields every order equally often', () => {
    const rng = createRng('orders');
    const orders = Array.from({ length: 24_000 }, () => rng.shuffle([...'abcd']).join(''));
    const kinds = [...new Set(orders)];
    expect(kinds.length).toBe(24);
    expect(unevenness(tally(orders, kinds))).toBeLessThan(4);
  });
});
