import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer } from '../../../src/cli/play/server.ts';
import { pageFiles, preparePage } from '../../../src/cli/play/page.ts';
import { exportSite } from '../../../src/cli/play/site.ts';
import { acquireLock } from '../../../src/lock.ts';
import { CHROMIUM, complaintsOf, SHIPPED_RUN, startBrowser } from '../../helpers/browser.ts';
import type { TestBrowser } from '../../helpers/browser.ts';

const missing = CHROMIUM === null ? ' (skipped: no Chromium; KIT_CHROMIUM may name one)' : '';

describe.skipIf(CHROMIUM === null)(`the runs on the page in Chromium${missing}`, () => {
  let browser: TestBrowser;
  let folder: string;
  const runs = () => path.join(folder, 'runs');
  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'runs-'));
    browser = await startBrowser({ run: SHIPPED_RUN, folders: [runs()] });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  const openTab = async (page: Page): Promise<void> => {
    await page.getByRole('tab', { name: 'Runs' }).click();
    await page.getByRole('img', { name: 'Training and validation loss' }).waitFor();
  };
  const choose = (page: Page, label: string, option: RegExp): Promise<unknown> =>
    page
      .getByRole('combobox', { name: label, exact: true })
      .locator('option')
      .filter({ hasText: option })
      .evaluate((one: HTMLOptionElement) => {
        const select = one.closest('select')!;
        select.value = one.value;
        select.dispatchEvent(new Event('change', { bubbles: true }));
      });

  it('shows the losses of a run, and opens its responses on the board one after the other', async () => {
    const { page, complaints } = await browser.open();
    await openTab(page);
    await page.getByText('The losses as a table').click();
    expect(await page.getByRole('row').count()).toBe(1 + 14);
    await choose(page, 'Plan', /^not solved \(6\)/);
    await choose(page, 'Order', /^hardest/);
    expect(await page.getByText('6 of 400 are listed').count()).toBe(1);
    const list = page.getByRole('listbox', { name: 'Responses' });
    expect(await list.getByRole('option').count()).toBe(6);
    await list.focus();
    const board = () => page.locator('#text').inputValue();
    const before = await board();
    await page.keyboard.press('ArrowDown');
    await page.locator('.opened .badge').waitFor();
    expect(await page.locator('.opened .badge').textContent()).toMatch(/^✕/);
    expect(await board()).not.toBe(before);
    // Its trace and plan are played like any other's.
    await page.getByRole('listbox', { name: 'Tokens' }).getByText('plan').first().waitFor();
    const first = await board();
    await page.keyboard.press('ArrowDown');
    await expect.poll(board).not.toBe(first);
    // Of another board it says nothing.
    await page.getByRole('button', { name: 'Next' }).click();
    await page.locator('.opened').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('follows a run that trains', async () => {
    const own = path.join(runs(), 'growing');
    cpSync(path.join(SHIPPED_RUN, 'experiment.json'), path.join(own, 'experiment.json'));
    const log = path.join(own, 'metrics.jsonl');
    const lines = readFileSync(path.join(SHIPPED_RUN, 'metrics.jsonl'), 'utf8').split('\n');
    writeFileSync(log, `${lines.slice(0, 100).join('\n')}\n`);
    const release = acquireLock(own);
    try {
      const { page } = await browser.open();
      await openTab(page);
      await page.getByText(/^Training: step 1,3/).waitFor();
      const curve = () => page.locator('polyline.training').getAttribute('points');
      const begun = (await curve())!;
      appendFileSync(log, `${lines.slice(100, 500).join('\n')}\n`);
      await page.getByText(/^Training: step 6,/).waitFor();
      const grown = (await curve())!;
      expect(grown.length).toBeGreaterThan(begun.length);
      // What was drawn stays where it was, across.
      const across = (points: string) => points.split(' ').map((point) => point.split(',')[0]);
      expect(across(grown).slice(0, 20)).toEqual(across(begun).slice(0, 20));
    } finally {
      release();
      rmSync(own, { recursive: true });
    }
  });

  it('shows in a site what that holds, and says so', async () => {
    const site = path.join(folder, 'site');
    const files = pageFiles(await preparePage(() => {}));
    await exportSite(site, { files, places: { run: SHIPPED_RUN, folders: [] } });
    const host = await startServer(
      { files: pageFiles(site), places: { run: null, folders: [] } },
      0,
    );
    const page = await browser.browser.newPage();
    const complaints = complaintsOf(page);
    try {
      await page.goto(host.url);
      await openTab(page);
      await page.getByText('kit play shows them as they train').waitFor();
      await page.getByRole('radio', { name: 'fast' }).check();
      await page
        .getByRole('option', { name: /optimal/ })
        .last()
        .click();
      await page.locator('.opened').getByText('✓ optimal').waitFor();
      expect(complaints).toEqual([]);
    } finally {
      await host.close();
    }
  });
});
