import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTimeLeft } from '../../../../src/cli/sweep/timeLeft.ts';

const SECONDS = fc.integer({ min: 1, max: 1000 });

describe('the time left for work side by side', () => {
  it('is exact where all of it takes as long, however many run at once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        SECONDS,
        (count, atOnce, each) => {
          let now = 0;
          const begin = createTimeLeft(count, atOnce, () => now * 1000);
          const last = Math.ceil(count / atOnce) * each;
          let running = Array.from({ length: Math.min(count, atOnce) }, begin);
          let waiting = count - running.length;
          while (running.length > 0) {
            now += each;
            const next: typeof running = [];
            for (const end of running) {
              const { seconds, secondsLeft } = end(true);
              expect(seconds).toBeCloseTo(each, 9);
              expect(secondsLeft).toBeCloseTo(last - now, 9);
              if (waiting-- > 0) next.push(begin());
            }
            running = next;
          }
        },
      ),
    );
  });

  it('counts what runs for what it lacks of the mean, and no longer', () => {
    let now = 0;
    const begin = createTimeLeft(5, 2, () => now * 1000);
    const [a, b] = [begin(), begin()];
    now = 10;
    // b is due as well, and the three others take 10 each, two of them at once.
    expect(a(true)).toEqual({ seconds: 10, secondsLeft: 20 });
    const c = begin();
    now = 16;
    // The mean is 13: one of the two others begins now, and one when c has its 7 more.
    expect(b(true)).toEqual({ seconds: 16, secondsLeft: 20 });
    const d = begin();
    now = 30;
    // c took 20, so that the mean is 46 / 3; d lacks 4 / 3, the last one all of it.
    const { secondsLeft } = c(true);
    expect(secondsLeft).toBeCloseTo(46 / 3, 9);
    const e = begin();
    now = 31;
    expect(d(true).seconds).toBe(15);
    now = 60;
    expect(e(true)).toEqual({ seconds: 30, secondsLeft: 0 });
  });

  it('is unknown until something typical has ended, and then knows only of such', () => {
    fc.assert(
      fc.property(SECONDS, SECONDS, (untypical, typical) => {
        let now = 0;
        const begin = createTimeLeft(3, 1, () => now * 1000);
        const first = begin();
        now += untypical;
        expect(first(false).secondsLeft).toBeNull();
        const second = begin();
        now += typical;
        expect(second(true).secondsLeft).toBeCloseTo(typical, 6);
      }),
    );
  });
});
