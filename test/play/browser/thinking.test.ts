import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, MAZE, startBrowser, type TestBrowser } from '../../helpers/browser.ts';

describe.skipIf(CHROMIUM === null)('what is thought, in Chromium', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  const fromStart = (page: Page) => page.getByRole('listbox').press('Home');
  const line = (page: Page, number: number) => page.locator(`.line[aria-posinset="${number}"]`);

  it('shows what each level drops, in the list and on the board', async () => {
    const { page, complaints } = await browser.open(MAZE);
    await page.getByRole('tab', { name: 'Dropping' }).click();
    // 17 clauses of 5 tokens, of which 7 close.
    const kept = ['85', '50', '30'];
    for (const [level, count] of kept.entries()) {
      await page.getByRole('radio', { name: new RegExp(`^${level}`) }).check();
      await page.getByText(`Kept ${count} of 85 tokens`).waitFor();
    }
    await fromStart(page);
    expect(await line(page, 1).locator('del').textContent()).toBe('c0 c6');
    expect(await line(page, 2).locator('del').allTextContents()).toEqual(['close', '0 0 c0 c6']);
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#cell').textContent()).toContain(
      'the last clause about it is dropped',
    );
    await page.getByRole('radio', { name: /^4/ }).check();
    await page.getByText('Kept 0 of 85 tokens of the trace, and all 22 of the plan').waitFor();
    await page.getByText('bos plan … eos').waitFor();
    await page.getByRole('radio', { name: /^3/ }).check();
    await page.getByRole('button', { name: 'Draw again' }).click();
    await page.getByText('Seed 2', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Draw as in training' }).click();
    await page.getByText('Seed 3').waitFor();
    expect(complaints).toEqual([]);
  });

  it('puts A* and the three modes side by side, and each at large', async () => {
    const { page, complaints } = await browser.open(MAZE);
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    const cards = page.locator('.card');
    await cards.nth(3).locator('.badge').waitFor();
    const texts = await cards.allTextContents();
    expect(texts).toEqual(
      ['A*', 'slow', 'fast', 'auto'].map((who) =>
        expect.stringMatching(
          new RegExp(`^${who.replace('*', '\\*')}✓ optimal${who === 'fast' ? 0 : 85} trace tokens`),
        ),
      ),
    );
    await page.getByRole('button', { name: /^fast/ }).click();
    await fromStart(page);
    expect(await line(page, 1).textContent()).toMatch(/plan0 0/);
    await page.getByRole('button', { name: /^A\*/ }).click();
    await fromStart(page);
    expect(await line(page, 2).textContent()).toMatch(/close0 0 c0 c6/);
    expect(complaints).toEqual([]);
  });

  it('says that behind the fault of a complete trace nothing is judged', async () => {
    const { page } = await browser.open(MAZE);
    await page.getByRole('tab', { name: 'Model' }).click();
    await page.getByText('Sampling').click();
    await page.getByLabel('Temperature').fill('3');
    await page.getByRole('button', { name: 'Plan' }).click();
    await page.locator('.verdict .badge.bad').waitFor();
    await fromStart(page);
    const wrong = Number(await page.locator('.line.wrong').first().getAttribute('aria-posinset'));
    expect(await line(page, wrong + 1).textContent()).toContain('nothing can be judged');
  });
});
