import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPace } from '../../src/pace.ts';

it('saves soon, then as often as a fiftieth of the time allows', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.array(fc.record({ work: fc.nat({ max: 5_000 }), cost: fc.nat({ max: 100 }) }), {
        minLength: 1,
      }),
      (least, steps) => {
        let now = 0;
        const pace = createPace(least, () => now);
        /** Since the last save, and what that took. */
        let [worked, before] = [0, 0];
        for (const { work, cost } of steps) {
          now += work;
          worked += work;
          expect(pace.due()).toBe(worked >= least && worked >= 50 * before);
          if (!pace.due()) continue;
          pace.save(() => (now += cost));
          [worked, before] = [0, cost];
        }
      },
    ),
  );
});
