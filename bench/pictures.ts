/** Draws the page of `kit play` for the README: `npm run pictures`. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { kitRoot } from '../src/kitPackage.ts';
import { launchChromium, MAZE, servePage } from './pageInChromium.ts';

const FOLDER = path.join(kitRoot, 'docs', 'pictures');

/** What is done on the page before it is drawn. */
const PICTURES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async compare(page) {
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByText(/tokens in/).waitFor();
  },
  async dropping(page) {
    await page.getByRole('tab', { name: 'Dropping' }).click();
    await page.getByRole('radio', { name: /^3/ }).check();
  },
  async runs(page) {
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByRole('img', { name: 'Training and validation loss' }).waitFor();
    await page.getByRole('listbox', { name: 'Responses' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('.opened .badge').waitFor();
  },
};

const browser = await launchChromium();
const server = await servePage();
try {
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, prepare] of Object.entries(PICTURES)) {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 960 },
      reducedMotion: 'reduce',
    });
    await page.goto(server.url + MAZE);
    await prepare(page);
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
  }
} finally {
  await browser.close();
  await server.close();
}
