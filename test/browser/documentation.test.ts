import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { accessibilityViolations } from '../support/axe.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';

describeInBrowser('the documentation in a browser', () => {
  let browser: Browser;
  let emulator: Emulator;
  let page: Page;
  const blocked: string[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
    emulator = await createEmulator({ seed: true });
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    page.setDefaultTimeout(10_000);
    page.on('console', (message) => blocked.push(message.text()));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await emulator?.close();
  });

  const findings = () => accessibilityViolations(page);

  test('a reader gets from the address to a page and to its headings', async () => {
    await page.goto(`${emulator.url}/_emulator/docs/`);
    await page.getByRole('main').getByRole('link', { name: 'Frequent questions' }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Frequent questions');
    await page.getByRole('navigation').getByRole('link', { name: 'Troubleshooting' }).click();
    await page.getByRole('link', { name: 'Traps' }).click();
    expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe('/_emulator/docs/guides/sdks#traps');
    expect(await page.getByRole('heading', { name: 'Traps' }).isVisible()).toBe(true);
    expect(blocked).toEqual([]);
  });

  test.each(['guides/index', 'guides/test-runners', 'guides/faults', 'reference/options'])(
    '%s: axe finds nothing, light and dark, and nothing overflows',
    async (path) => {
      await page.goto(`${emulator.url}/_emulator/docs/${path}`);
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(await findings()).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await findings()).toEqual([]);
      await page.emulateMedia({ colorScheme: null });
    },
  );
});
