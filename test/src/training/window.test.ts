import { expect, it } from 'vitest';
import { emptyWindow, grown } from '../../../src/training/window.ts';

it('a window sums losses and tokens since it was opened', () => {
  const opened = { ...emptyWindow(), since: 7 };
  const window = grown(grown(opened, 2, 100), 1, 50);
  expect(window).toEqual({ steps: 2, loss: 3, tokens: 150, since: 7 });
  expect(opened.steps).toBe(0);
});
