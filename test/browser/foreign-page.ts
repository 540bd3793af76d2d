import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { launchBrowserWithCa } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';

const HTML = '<!doctype html><title>a shop</title><link rel="icon" href="data:,"><div id="root"></div>';

/** The emulator that the page calls, reset to its seed before each test. */
export let emulator: Emulator;
/** The host of the page: two ports are two origins, but here the host names differ, too. */
export let siteHost: string;
/** A page of a new visitor. */
export let page: Page;
/** Errors that the page did not catch, and its requests without an answer. */
export let troubles: { uncaught: string[]; failed: string[] };
export const NO_TROUBLES: typeof troubles = { uncaught: [], failed: [] };

/**
 * Before each test in the block, opens an empty page on another host than the emulator's, in a browser that trusts the emulator's CA.
 * @param scripts what the site serves, by path
 */
export function useForeignPage(
  scripts: () => Promise<ReadonlyMap<string, string>>,
  options: EmulatorOptions = {},
): void {
  const stateDir = temporaryFolder();
  let site: Server;
  let browser: Awaited<ReturnType<typeof launchBrowserWithCa>>;

  beforeAll(async () => {
    const texts = await scripts();
    emulator = await createEmulator({ seed: true, stateDir, ...options });
    await emulator.ca;
    site = createServer(({ url = '' }, response) => {
      const script = texts.get(url);
      response.setHeader('Content-Type', `text/${script === undefined ? 'html' : 'javascript'}; charset=utf-8`);
      response.end(script ?? HTML);
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    siteHost = `shop.localhost:${(site.address() as AddressInfo).port}`;
    browser = await launchBrowserWithCa(join(stateDir, 'ca.pem'));
  }, 60_000);
  beforeEach(async () => {
    await emulator.reset();
    troubles = { uncaught: [], failed: [] };
    const context = await browser.browser.newContext();
    context.on('weberror', (error) => troubles.uncaught.push(String(error.error())));
    context.on('requestfailed', (request) => troubles.failed.push(`${request.url()} ${request.failure()?.errorText}`));
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`http://${siteHost}/`);
  });
  afterEach(() => page?.context().close());
  afterAll(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
    await emulator?.close();
  });
}

/** Files for the site, which serves them at their paths in the project. */
export function readScripts(paths: readonly string[]): ReadonlyMap<string, string> {
  return new Map(paths.map((path) => [`/${path}`, readFileSync(path, 'utf8')]));
}
