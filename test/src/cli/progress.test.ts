import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createPace,
  formatDuration,
  formatNumber,
  startProgress,
} from '../../../src/cli/progress.ts';

describe('progress without a terminal', () => {
  it('is a line every five seconds, with rate and time left, and one at the end', () => {
    const { lines, tick, progress } = observed();
    for (let done = 0; done <= 100; done += 10) {
      progress.update({ done, total: 100 });
      tick(1000);
    }
    progress.stop();
    expect(lines()).toEqual([
      'training: 0 of 100 steps, 0 %',
      'training: 50 of 100 steps, 50 %, 10 steps/s, 0:05 left',
      'training: 100 of 100 steps, 100 %, 10 steps/s',
    ]);
  });

  it('counts the rate from where the work was taken up again', () => {
    const { lines, tick, progress } = observed();
    progress.update({ done: 9_000, total: 10_000 });
    tick(10_000);
    progress.update({ done: 9_100, total: 10_000, note: 'loss 0.5' });
    expect(lines().at(-1)).toBe(
      'training: 9,100 of 10,000 steps, 91 %, 10 steps/s, 1:30 left, loss 0.5',
    );
  });

  it('says nothing if asked to be quiet or if there was no work', () => {
    const silent = observed({ quiet: true });
    silent.progress.update({ done: 1, total: 2 });
    silent.progress.stop();
    const idle = observed();
    idle.progress.stop();
    expect([...silent.lines(), ...idle.lines()]).toEqual([]);
  });
});

describe('progress on a terminal', () => {
  it('is a bar with rate and time left, and needs columns', () => {
    const bar = observed({ isTTY: true, columns: 120 });
    bar.progress.update({ done: 0, total: 10 });
    bar.tick(1000);
    bar.progress.update({ done: 5, total: 10, note: 'loss 0.5' });
    bar.progress.stop();
    expect(bar.written()).toContain('5 of 10 steps');
    expect(bar.written()).toContain('5/s  0:01 left  loss 0.5');
    const narrow = observed({ isTTY: true, columns: 0 });
    narrow.progress.update({ done: 5, total: 10 });
    expect(narrow.lines()).toEqual(['training: 5 of 10 steps, 50 %']);
  });
});

describe('progress of work whose total nobody knows', () => {
  it('tells what is done and how fast, and no time left', () => {
    const { lines, tick, progress } = observed();
    progress.update({ done: 1_000, total: null });
    tick(5_000);
    progress.update({ done: 3_000, total: null, note: '70 states' });
    progress.stop();
    expect(lines()).toEqual([
      'training: 1,000 steps',
      'training: 3,000 steps, 400 steps/s, 70 states',
    ]);
  });

  it('changes one line of a terminal, as long as that is wide, a few times a second', () => {
    const { written, tick, progress } = observed({ isTTY: true, columns: 20 });
    for (let done = 1; done <= 5; done++) {
      progress.update({ done, total: null });
      tick(100);
    }
    progress.stop();
    expect(written()).toBe(
      ['1 steps', '3 steps, ', '5 steps, '].map((text) => `\rtraining: ${text}\x1b[K`).join('') +
        '\n',
    );
  });
});

describe('a pace', () => {
  it('times the work left is the time left', () => {
    const work = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }));
    fc.assert(
      fc.property(work, fc.integer({ min: 1, max: 1e7 }), ([done, left], elapsed) => {
        let now = 0;
        const pace = createPace(() => now);
        expect(pace({ done: 0, total: done + left })).toBeNull();
        now = elapsed;
        const { perSecond, secondsLeft } = pace({ done, total: done + left })!;
        expect(perSecond * (elapsed / 1000)).toBeCloseTo(done, 3);
        expect(secondsLeft! * perSecond).toBeCloseTo(left, 3);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('numbers and durations', () => {
  it.each([
    [0, '0'],
    [0.12345, '0.123'],
    [38.44, '38.4'],
    [249.6, '250'],
    [61_234.5, '61,235'],
  ])('%d reads %s', (value, shown) => expect(formatNumber(value)).toBe(shown));

  it.each([
    [0, '0:00'],
    [7.4, '0:07'],
    [59.6, '1:00'],
    [3599.6, '1:00:00'],
    [11_100, '3:05:00'],
  ])('%d s reads %s', (seconds, shown) => expect(formatDuration(seconds)).toBe(shown));
});

function observed({ quiet = false, isTTY = false, columns = 80 } = {}) {
  let now = 0;
  let written = '';
  const stream = {
    isTTY,
    columns,
    rows: 24,
    write(text: string) {
      written += text;
      return true;
    },
  } as unknown as NodeJS.WriteStream;
  const clock = (): number => now;
  return {
    progress: startProgress({ label: 'training', unit: 'steps', quiet, stream, clock }),
    tick: (milliseconds: number) => (now += milliseconds),
    written: () => written,
    lines: () => written.split('\n').filter((line) => line !== ''),
  };
}
