import { expect, it } from 'vitest';
import { emptyWindow, grown, meansOf } from '../../../src/training/window.ts';

it('a window sums what was measured since it was opened, and tells of means', () => {
  const opened = { ...emptyWindow(), since: 7 };
  const first = grown(opened, { loss: 2, logged: { margin: 5 } }, 100);
  const window = grown(first, { loss: 1, logged: { margin: -1 } }, 50);
  expect(window).toEqual({
    steps: 2,
    sums: { loss: 3, logged: { margin: 4 } },
    tokens: 150,
    since: 7,
  });
  expect(meansOf(window)).toEqual({ loss: 1.5, logged: { margin: 2 } });
  expect(opened.steps).toBe(0);
});
