import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, MAZE, startBrowser, type TestBrowser } from '../../helpers/browser.ts';

const SOKOBAN = '#sokoban=wwwwww/w@-$.w/wwwwww';

/** What axe finds wrong with the page as it stands, each with the elements that it is about. */
async function violationsOf(page: Page): Promise<string[]> {
  // As the browser's own tools do, since the page's policy lets no foreign script in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    return violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target).join(', ')}`,
    );
  });
}

describe.skipIf(CHROMIUM === null)('axe finds nothing wrong', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  const looks = [
    { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 740 } },
  ] as const;

  it.each(looks)('in the $colorScheme theme, $viewport.width wide', async (look) => {
    const { page } = await browser.open(MAZE, look);
    await page.getByText('A shortest plan of 7 positions').waitFor();
    await page.getByText('Text and link').click();
    await page.locator('#text').fill('nonsense');
    await page.getByRole('button', { name: 'Use this text' }).click();
    await page.getByRole('alert').waitFor();
    expect(await violationsOf(page)).toEqual([]);

    for (const tab of await page.getByRole('tab').all()) {
      await tab.click();
      expect(await violationsOf(page)).toEqual([]);
    }
    await page.getByRole('tab', { name: 'Model' }).click();
    await page.getByText('Sampling').click();
    await page.getByLabel('Temperature').fill('3');
    await page.getByLabel('Samples').fill('3');
    await page.getByRole('button', { name: 'Plan' }).click();
    await page.getByRole('combobox', { name: 'Sample', exact: true }).waitFor();
    await page.locator('.line.wrong .reason').first().waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it.each(looks)('with Sokoban in the $colorScheme theme', async (look) => {
    const { page } = await browser.open(SOKOBAN, look);
    await page.getByLabel('Play', { exact: true }).check();
    await page.getByText('Arrow keys move').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it.each(looks)('with a response of a run in the $colorScheme theme', async (look) => {
    const { page } = await browser.open(MAZE, look);
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByText('The losses as a table').click();
    await page.getByRole('combobox', { name: 'Plan', exact: true }).selectOption('unsolved');
    await page.getByRole('option', { name: '✕' }).first().click();
    await page.locator('.opened .badge').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  });

  it('but finds a button without a name', async () => {
    const { page } = await browser.open(MAZE);
    await page.evaluate(() =>
      document.querySelector('main')!.append(document.createElement('button')),
    );
    expect(await violationsOf(page)).toEqual([
      expect.stringMatching(/^button-name: .*: main > button/),
    ]);
  });
});
