/** The page of `kit play` in Chromium, with the model that the kit ships, from its server on this machine. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { builtPage, CHROMIUM, launchChromium, MAZE, servePage } from './pageInChromium.ts';
import { median, type Row } from './rows.ts';

const ROUNDS = 5;

/** What is fetched only for a model. */
const OF_THE_MODEL = /modelWorker|\.wasm$|dist-/;

/** Medians of rounds, each in a browser of its own that has cached nothing; sizes alone without Chromium. */
export async function measurePlayground(): Promise<Row[]> {
  const sizes = sizesOf(await builtPage());
  if (CHROMIUM === null) {
    process.stderr.write('playground: no Chromium here; KIT_CHROMIUM may name one\n');
    return sizes;
  }
  const server = await servePage();
  try {
    const rounds: Visit[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push(await visit(server.url + MAZE));
    }
    const of = (pick: (round: Visit) => number): number => median(rounds.map(pick));
    return [
      ...sizes,
      { name: 'page: first paint', value: of(({ firstPaint }) => firstPaint), unit: 's' },
      { name: 'page: first plan, slow mode', value: of(({ firstPlan }) => firstPlan), unit: 's' },
      {
        name: 'page: frames while 8 traces stream',
        value: of(({ framesPerSecond }) => framesPerSecond),
        unit: 'frames/s',
      },
    ];
  } finally {
    await server.close();
  }
}

function sizesOf(files: ReadonlyMap<string, string>): Row[] {
  const compressed = (wanted: (name: string) => boolean): number => {
    const own = [...files].filter(([name]) => wanted(name)).map(([, file]) => readFileSync(file));
    return own.reduce((sum, content) => sum + gzipSync(content).length, 0) / 1000;
  };
  const unit = 'kB, gzip';
  return [
    { name: 'page', value: compressed((name) => !OF_THE_MODEL.test(name)), unit },
    { name: 'page and all that computes models', value: compressed(() => true), unit },
  ];
}

interface Visit {
  /** Seconds since the address was asked for. */
  readonly firstPaint: number;
  readonly firstPlan: number;
  readonly framesPerSecond: number;
}

async function visit(address: string): Promise<Visit> {
  const browser = await launchChromium();
  try {
    return await measure(browser, address);
  } finally {
    await browser.close();
  }
}

async function measure(browser: Browser, address: string): Promise<Visit> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.getByRole('tab', { name: 'Model' }).click();
  await page.getByRole('button', { name: 'Plan' }).click();
  await page.getByText('✓ optimal').waitFor();
  const { now, paint } = await page.evaluate(() => ({
    now: performance.now(),
    paint: performance.getEntriesByName('first-contentful-paint')[0]!.startTime,
  }));
  await page.getByText('Sampling').click();
  await page.getByLabel('Temperature').fill('1');
  await page.getByLabel('Samples').fill('8');
  const framesPerSecond = await framesDuring(page, async () => {
    await page.getByRole('button', { name: 'Plan' }).click();
    await page.getByRole('combobox', { name: 'Sample', exact: true }).waitFor();
  });
  return { firstPaint: paint / 1000, firstPlan: now / 1000, framesPerSecond };
}

/** Frames that the page itself could draw a second. */
async function framesDuring(page: Page, work: () => Promise<void>): Promise<number> {
  await page.evaluate(() => {
    const counted = { frames: 0, since: performance.now() };
    Object.assign(globalThis, { counted });
    const count = (): void => {
      counted.frames++;
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  await work();
  return page.evaluate(() => {
    const { counted } = globalThis as unknown as { counted: { frames: number; since: number } };
    return (1000 * counted.frames) / (performance.now() - counted.since);
  });
}
