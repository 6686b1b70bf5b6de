/** A real browser, where there is one, on the page as `kit play` serves it. */
import path from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { CHROMIUM } from '../../bench/chromium.ts';
import { pageFiles, preparePage } from '../../src/cli/play/page.ts';
import type { RunPlaces } from '../../src/cli/play/runs.ts';
import { startServer } from '../../src/cli/play/server.ts';
import { kitRoot } from '../../src/kitPackage.ts';

export { CHROMIUM };

export const SHIPPED_RUN = path.join(kitRoot, 'results', 'demo');

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained about, policies that were broken among it. */
  readonly complaints: readonly string[];
}

export interface TestBrowser {
  readonly browser: Browser;
  /** Opens the page in a window of its own. @param hash of the address */
  open(hash?: string, options?: BrowserContextOptions): Promise<OpenPage>;
  close(): Promise<void>;
}

/** @param flags of Chromium */
export async function startBrowser(
  places: RunPlaces = { run: SHIPPED_RUN, folders: [] },
  flags: readonly string[] = [],
): Promise<TestBrowser> {
  const folder = await preparePage(() => {});
  const server = await startServer({ files: pageFiles(folder), places }, 0);
  const args = ['--no-sandbox', ...flags];
  const browser = await chromium.launch({ executablePath: CHROMIUM!, args });
  return {
    browser,
    async open(hash = '', options = {}) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const complaints = complaintsOf(page);
      await page.goto(server.url + hash);
      return { page, complaints };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return complaints;
}
