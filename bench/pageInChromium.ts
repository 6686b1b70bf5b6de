/** The page of `kit play` as it is served, and a browser to show it, where there is one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { pageFiles, preparePage } from '../src/cli/play/page.ts';
import type { RunPlaces } from '../src/cli/play/runs.ts';
import { startServer, type PlayServer } from '../src/cli/play/server.ts';
import { kitRoot } from '../src/kitPackage.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** KIT_CHROMIUM, or where Chromium is installed by usage; null if there is none. */
export const CHROMIUM =
  process.env['KIT_CHROMIUM'] ?? PLACES.find((file) => existsSync(file)) ?? null;

export const SHIPPED_RUN = path.join(kitRoot, 'results', 'demo');

/** The end of an address: a maze with a shortest plan of 7 positions, which the shipped model knows. */
export const MAZE = '#maze=S.w../w.w.w/....G/.w.ww/.w...';

/** By the path under which they are served. */
export async function builtPage(): Promise<ReadonlyMap<string, string>> {
  return pageFiles(await preparePage(() => {}));
}

/** On any port, with the shipped run unless others are given. */
export async function servePage(
  places: RunPlaces = { run: SHIPPED_RUN, folders: [] },
): Promise<PlayServer> {
  return startServer({ files: await builtPage(), places }, 0);
}

/** @throws Error if there is none */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  if (CHROMIUM === null) throw new Error('no Chromium here; KIT_CHROMIUM may name one');
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...flags] });
}
