/** A real browser, where there is one, on the page as `kit play` serves it. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium, servePage } from '../../bench/pageInChromium.ts';
import type { RunPlaces } from '../../src/cli/play/runs.ts';

export { CHROMIUM, MAZE, SHIPPED_RUN } from '../../bench/pageInChromium.ts';

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
  places?: RunPlaces,
  flags: readonly string[] = [],
): Promise<TestBrowser> {
  const server = await servePage(places);
  const browser = await launchChromium(flags);
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
