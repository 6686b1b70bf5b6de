import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, MAZE, startBrowser, type TestBrowser } from '../../helpers/browser.ts';

/** Chromium's own WebGPU, computed on the processor. */
const FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

describe.skipIf(CHROMIUM === null)('with WebGPU', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await startBrowser(undefined, FLAGS);
  });
  afterAll(() => browser.close());

  it('a model says what it says on WebAssembly', async ({ skip }) => {
    const { page } = await browser.open(MAZE);
    page.setDefaultTimeout(280_000);
    await page.getByRole('tab', { name: 'Model' }).click();
    await page.getByText(/on WebAssembly/).waitFor();
    const engine = page.getByRole('combobox', { name: 'Engine' });
    // Older browsers have none, and new ones none on some machines.
    skip((await engine.count()) === 0);
    // Small models do not wait for a GPU unless they are told to.
    expect(await engine.inputValue()).toBe('wasm');
    await page.getByText('Sampling').click();
    await page.getByLabel('Most tokens').fill('4');
    await page.getByRole('radio', { name: 'fast' }).check();
    const told = async (): Promise<string[]> => {
      await page.getByRole('button', { name: 'Plan' }).click();
      await page.getByText('4 tokens in').waitFor();
      return page.locator('.line').allTextContents();
    };
    const expected = await told();
    await engine.selectOption('webgpu');
    await page.getByText(/on WebGPU\./).waitFor();
    expect(await told()).toEqual(expected);
  }, 600_000);
});
