/** Where a browser is to be found. */
import { existsSync } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** KIT_CHROMIUM, or where Chromium is installed by usage; null if there is none. */
export const CHROMIUM =
  process.env['KIT_CHROMIUM'] ?? PLACES.find((file) => existsSync(file)) ?? null;
