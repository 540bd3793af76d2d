import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { sender } from '../support/http.ts';

/** The emulator whose console is tested, reset to its seed before each test. */
export let emulator: Emulator;
/** A tab of a new visitor: the same for all tests of a file, emptied after each, unless a test opens its own. */
export let page: Page;
let isOwnTab: boolean;
let browser: Browser;
/** The page's requests to other hosts, its warnings and its errors. */
let troubles: string[];
/** Texts of troubles that the test expects. */
let expected: string[];
/** Further emulators of the test. */
const others: Emulator[] = [];

/** Tests of the console: each starts with an empty tab, and fails on unexpected troubles of the page. */
export function describeConsole(name: string, tests: () => void): void {
  describeInBrowser(name, () => {
    beforeAll(async () => {
      browser = await launchBrowser();
      emulator = await createEmulator({ seed: true });
    }, 60_000);
    beforeEach(async () => {
      await emulator.reset();
      if (!page || page.isClosed()) await newTab();
      troubles = [];
      expected = [];
    });
    afterEach(async () => {
      await (isOwnTab ? page.context().close() : emptyTab());
      for (const other of others.splice(0)) await other.close();
      expect(troubles.filter((trouble) => !expected.some((text) => trouble.includes(text)))).toEqual([]);
    });
    afterAll(async () => {
      await browser?.close();
      await emulator?.close();
    });
    tests();
  });
}

/** Another emulator for this test. It is closed after the page, which would report that it lost its server. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const other = await createEmulator(options);
  others.push(other);
  return other;
}

/**
 * Gives the test a tab of its own, which is closed after it: one of another size or with a dark colour scheme, or one that it
 * changes for good, as by another clock.
 */
export async function openTab(options: BrowserContextOptions = {}): Promise<void> {
  await page.context().close();
  await newTab(options);
  isOwnTab = true;
}

async function newTab(options: BrowserContextOptions = {}): Promise<void> {
  page = await (await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options })).newPage();
  isOwnTab = false;
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== emulator.url && protocol !== 'data:') troubles.push(request.url());
  });
}

/** A tab that exists loads a page with less work than a new one. */
async function emptyTab(): Promise<void> {
  for (const other of page.context().pages()) if (other !== page) await other.close();
  // the page of an error has no storage
  await page.evaluate('localStorage.clear(), sessionStorage.clear()').catch(() => {});
  await page.mouse.move(0, 0);
  await page.goto('about:blank');
}

export const open = (view: string, base = emulator.url) => page.goto(`${base}/_emulator/console#${view}`);
export const clickButton = (name: string) => page.getByRole('button', { name, exact: true }).click();
/** Presses a button of the confirmation dialog. */
export const confirm = (name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
export const rowOf = (text: string) => page.getByRole('row').filter({ hasText: text });
export const waitForText = (text: string | RegExp) => page.getByText(text).first().waitFor();
/** Ignores troubles that contain one of these texts, also those that come later in the test. */
export const ignoreTroubles = (...texts: string[]) => expected.push(...texts);
/** Sends a request to the emulator. */
export const send = (route: string, token?: string) =>
  sender(emulator.url)(route, token === undefined ? {} : { token });
/** The name, or the text, of the element that has the focus. */
export const focused = () => page.evaluate('document.activeElement.ariaLabel || document.activeElement.textContent');

export const VIEWS = [
  'Overview',
  'Users',
  'Sessions',
  'Outbox',
  'Requests',
  'Warnings',
  'Faults',
  'Stubs',
  'Clock',
  'Settings',
  'Snapshots',
  'Sandboxes',
  'Evidence',
] as const;
