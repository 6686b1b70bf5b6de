import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createOpenList } from '../../solvers/openList.ts';

const push = fc.record({
  state: fc.nat(700),
  f: fc.nat(20),
  rank: fc.oneof(fc.nat(3), fc.double({ min: 0, max: 1, noNaN: true })),
});

it('pops the lowest f, then the lowest rank, of what a plain list holds', () => {
  fc.assert(
    fc.property(fc.array(fc.option(push), { maxLength: 120, size: 'max' }), (commands) => {
      const open = createOpenList();
      const model = new Map<number, readonly [number, number]>();
      for (const command of commands) {
        if (command === null) {
          if (model.size > 0) popBoth();
          continue;
        }
        const { state, f, rank } = command;
        const held = model.get(state);
        if (held !== undefined && f >= held[0]) continue;
        open.push(state, f, rank);
        model.set(state, [f, rank]);
      }
      expect(open.size).toBe(model.size);
      while (open.size > 0) popBoth();
      expect(model.size).toBe(0);

      function popBoth(): void {
        const state = open.pop();
        const [f, rank] = model.get(state)!;
        model.delete(state);
        const others = [...model.values()];
        expect(others.some((other) => other[0] < f || (other[0] === f && other[1] < rank))).toBe(
          false,
        );
      }
    }),
    { numRuns: 1000 },
  );
});

it('forgets everything when it is cleared', () => {
  fc.assert(
    fc.property(fc.array(push), fc.array(push, { minLength: 1 }), (before, after) => {
      const used = createOpenList();
      const fresh = createOpenList();
      for (const { state, f, rank } of before) used.push(state, f - 30 * used.size, rank);
      used.clear();
      for (const open of [used, fresh]) {
        const seen = new Set<number>();
        for (const { state, f, rank } of after) {
          if (!seen.has(state)) open.push(state, f, rank);
          seen.add(state);
        }
      }
      while (fresh.size > 0) expect(used.pop()).toBe(fresh.pop());
      expect(used.size).toBe(0);
    }),
    { numRuns: 1000 },
  );
});
