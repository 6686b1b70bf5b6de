import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFiles, preparePage } from '../../../src/cli/play/page.ts';
import { startServer } from '../../../src/cli/play/server.ts';
import { exportSite } from '../../../src/cli/play/site.ts';
import { CHROMIUM, complaintsOf, MAZE, SHIPPED_RUN, startBrowser } from '../../helpers/browser.ts';
import type { TestBrowser } from '../../helpers/browser.ts';

const missing = CHROMIUM === null ? ' (skipped: no Chromium; KIT_CHROMIUM may name one)' : '';

/** Waits for it. */
async function expectSeen(locator: Locator): Promise<void> {
  await locator.waitFor();
}

describe.skipIf(CHROMIUM === null)(`the page in Chromium${missing}`, () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  const verdict = (page: Page) => page.locator('.verdict').last();
  const text = (page: Page) => page.locator('#text').inputValue();

  it('searches the board of a link, and tells of the cell under the cursor', async () => {
    const { page, complaints } = await browser.open(MAZE);
    await expectSeen(verdict(page).getByText('A shortest plan of 7 positions. 7 states closed'));
    await page.getByRole('application').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown']) await page.keyboard.press(key);
    expect(await page.locator('#cell').textContent()).toBe(
      'x 1, y 1: free, closed, g 2, h 4, f 6, step 2 of the plan',
    );
    expect(complaints).toEqual([]);
  });

  it('links clauses with cells, both ways', async () => {
    const { page } = await browser.open(MAZE);
    const chosen = page.locator('.line.selected');
    const canvas = page.locator('canvas');
    const { width = 0 } = (await canvas.boundingBox()) ?? {};
    // The cell at 3 2, of which the plan tells last; pressed again, the clause before.
    const position = { x: (3.5 * width) / 5, y: (2.5 * width) / 5 };
    await canvas.click({ position });
    expect(await chosen.textContent()).toMatch(/plan3 2$/);
    await canvas.click({ position });
    expect(await chosen.textContent()).toMatch(/close3 2 c5 c1/);
    await page.getByRole('option', { name: /create 1 1/ }).click();
    expect(await page.locator('#cell').textContent()).toContain('x 1, y 1');
  });

  it('steps, scrubs and plays through the search', async () => {
    const { page } = await browser.open(MAZE, { reducedMotion: 'no-preference' });
    const count = page.locator('.player output');
    await page.getByRole('button', { name: 'To the beginning' }).click();
    expect(await count.textContent()).toBe('0 / 25');
    await page.getByRole('button', { name: 'One line on' }).click();
    expect(await count.textContent()).toBe('1 / 25');
    await page.getByRole('slider', { name: 'Line' }).fill('24');
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await expectSeen(page.getByText('25 / 25'));
    await page.getByLabel('Shuffle children').check();
    await expectSeen(verdict(page).getByText('A shortest plan of 7 positions'));
  });

  it('draws by mouse and by keyboard, and takes strokes back', async () => {
    const { page } = await browser.open(MAZE);
    await page.getByText('Text and link').click();
    const before = await text(page);
    const { x = 0, y = 0, width = 0 } = (await page.locator('canvas').boundingBox()) ?? {};
    const at = (column: number, row: number): [number, number] => [
      x + ((column + 0.5) * width) / 5,
      y + ((row + 0.5) * width) / 5,
    ];
    await page.getByLabel('Wall', { exact: true }).check();
    await page.mouse.move(...at(0, 2));
    await page.mouse.down();
    await page.mouse.move(...at(2, 2), { steps: 6 });
    await page.mouse.up();
    expect(await text(page)).toBe(before.replace('....G', '###.G'));
    await expectSeen(verdict(page).getByText('No plan.'));
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await text(page)).toBe(before);
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    expect(await text(page)).toBe(before.replace('S.', 'S#'));
  });

  it('takes pasted boards, and says what is wrong with pasted nonsense', async () => {
    const { page } = await browser.open();
    await page.getByText('Text and link').click();
    await page.locator('#text').fill('S..\n#x.\n..G');
    await page.getByRole('button', { name: 'Use this text' }).click();
    await expectSeen(
      page.getByRole('alert').getByText('line 2, column 2: "x" is no part of a maze'),
    );
    await page.locator('#text').fill('#####\n#@$.#\n#####');
    await page.getByRole('button', { name: 'Use this text' }).click();
    await expectSeen(verdict(page).getByText('A shortest plan of 2 positions'));
  });

  it('says what is wrong with a link, and shows another board', async () => {
    const { page } = await browser.open('#maze=S./..');
    await expectSeen(page.getByRole('alert').getByText("can't be read: line 1, column 1"));
    await expectSeen(verdict(page).getByText('A shortest plan'));
  });

  it('generates boards: the same seed, the same board', async () => {
    const { page } = await browser.open();
    await page.getByText('Text and link').click();
    const board = () => text(page);
    const first = await board();
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(board).not.toBe(first);
    const second = await board();
    await page.getByRole('button', { name: 'Next' }).click();
    await expect.poll(board).not.toBe(second);
    await page.getByLabel('Seed').fill('2');
    await page.getByRole('button', { name: 'Generate' }).click();
    await expect.poll(board).toBe(second);
    await page.getByLabel('Walls, %').fill('88');
    await page.getByRole('button', { name: 'Generate' }).click();
    await expectSeen(page.getByRole('alert').getByText('leaves no path of 5 cells'));
  });

  it('lets Sokoban be played', async () => {
    const { page } = await browser.open('#sokoban=wwwwww/w@-$.w/wwwwww');
    await page.getByLabel('Play', { exact: true }).check();
    await page.getByRole('application').focus();
    for (const _ of [1, 2]) await page.keyboard.press('ArrowRight');
    await expectSeen(page.getByText('2 moves. Solved, as short as can be.'));
    await page.getByRole('button', { name: 'Take back' }).click();
    await expectSeen(page.getByText('1 move. Arrow keys move'));
  });

  it('streams the plan of the shipped model, slow, fast and auto', async () => {
    const { page, complaints } = await browser.open(MAZE);
    await page.getByRole('tab', { name: 'Model' }).click();
    for (const mode of ['slow', 'fast', 'auto']) {
      await page.getByRole('radio', { name: mode }).check();
      await page.getByRole('button', { name: 'Plan' }).click();
      await expectSeen(verdict(page).getByText('✓ optimal'));
      await page.getByRole('listbox').press('Home');
      const first = await page.locator('.line[aria-posinset="1"]').textContent();
      expect(first).toMatch(mode === 'fast' ? /plan0 0/ : /create0 0 c0 c6/);
    }
    expect(complaints).toEqual([]);
  });

  it('says where a sampled response goes wrong, and of which boards a model knows nothing', async () => {
    const { page } = await browser.open(MAZE);
    await page.getByRole('tab', { name: 'Model' }).click();
    await page.getByText('Sampling').click();
    await page.getByLabel('Temperature').fill('3');
    await page.getByLabel('Samples').fill('4');
    await page.getByLabel('Most tokens').fill('60');
    await page.getByRole('button', { name: 'Plan' }).click();
    await expectSeen(page.getByRole('combobox', { name: 'Sample', exact: true }));
    await expectSeen(page.locator('.line.wrong .reason').first());
    const follow = (hash: string) => page.goto(page.url().replace(/#.*$/, hash));
    await follow('#maze=S...../....../....../....../....../.....G');
    await expectSeen(page.getByText('has words for boards up to 5×5'));
    await follow('#maze=S.../..../...G');
    await page.getByText('trained on 5×5 boards; it tries all the same').waitFor();
  });

  it.each(['light', 'dark'] as const)('fits on a phone in the %s theme', async (colorScheme) => {
    const { page } = await browser.open(MAZE, {
      colorScheme,
      viewport: { width: 360, height: 740 },
      hasTouch: true,
    });
    await page.getByRole('tab', { name: 'Model' }).tap();
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths).toEqual([360, 360]);
    const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(paper).toBe(colorScheme === 'dark' ? 'rgb(18, 24, 31)' : 'rgb(255, 255, 255)');
  });

  it('plans as an exported site, in a folder of a host', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'site-'));
    const files = pageFiles(await preparePage(() => {}));
    await exportSite(path.join(folder, 'play'), {
      files,
      places: { run: SHIPPED_RUN, folders: [] },
    });
    const host = await startServer(
      { files: pageFiles(folder), places: { run: null, folders: [] } },
      0,
    );
    const page = await browser.browser.newPage();
    const complaints = complaintsOf(page);
    try {
      await page.goto(`${host.url}play/index.html${MAZE}`);
      await page.getByRole('tab', { name: 'Model' }).click();
      await page.getByRole('radio', { name: 'fast' }).check();
      await page.getByRole('button', { name: 'Plan' }).click();
      await expectSeen(verdict(page).getByText('✓ optimal'));
      expect(complaints).toEqual([]);
    } finally {
      await host.close();
      rmSync(folder, { recursive: true });
    }
  });
});
