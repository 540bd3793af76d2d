import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';

// biome-ignore lint/suspicious/noExplicitAny: globals of pages
type Globals = any;

const KITTY = { login: 'Kitty', password: 'KittyPass1!' };
const stateDir = temporaryFolder();

describeInBrowser('the chat of the QuickBlox SDKs, which is Strophe', () => {
  let emulator: Emulator;
  let site: Server;
  let browser: Awaited<ReturnType<typeof launchBrowser>>;
  let page: Page;
  let troubles: string[];

  beforeAll(async () => {
    emulator = await createEmulator({ seed: true, stateDir });
    await emulator.ca;
    site = createServer(({ url = '' }, response) => {
      const isScript = url.endsWith('.js');
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8');
      response.end(isScript ? readFileSync(`node_modules${url}`) : '<!doctype html><title>a shop</title>');
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    browser = await launchBrowser(join(stateDir, 'ca.pem'));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
    await emulator?.close();
  });

  beforeEach(async () => {
    await emulator.reset();
    troubles = [];
    page = await (await browser.browser.newContext()).newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    await page.goto(`http://shop.localhost:${(site.address() as AddressInfo).port}/`);
  });
  afterEach(() => page?.context().close());

  test.each([
    ['1.17.2', 'quickblox-1'],
    ['2.13.11', 'quickblox-2.13'],
    ['2.23.0', 'quickblox-2.23'],
  ])('%s connects with a token, is refused with a wrong password, and disconnects', async (_version, module) => {
    // its package contains the jQuery that it needs
    if (module === 'quickblox-1') await page.addScriptTag({ url: `/${module}/lib/jquery/dist/jquery.min.js` });
    await page.addScriptTag({ url: `/${module}/quickblox.min.js` });
    const seen = await page.evaluate(
      async ({ host, kitty }) => {
        const { QB } = globalThis as Globals;
        const call = (run: (done: (error: Globals, result: Globals) => void) => void): Promise<Globals> =>
          new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))));
        QB.init(22, 'wJHd4cQSxpQGWx5', 'users-emulator-secret', {
          endpoints: { api: host, chat: 'localhost' },
          chatProtocol: { active: 2, websocket: `wss://${host}` },
        });
        const session = await call((done) => QB.createSession(kitty, done));
        const connect = (password: string) =>
          call((done) => QB.chat.connect({ userId: session.user_id, password }, done));
        const refusal = await connect('wrong').catch(({ code }) => code);
        const roster = await connect(session.token);
        await QB.chat.disconnect();
        return { refusal, roster };
      },
      { host: new URL(emulator.url).host, kitty: KITTY },
    );
    expect(seen).toEqual({ refusal: 401, roster: {} });
    expect(troubles).toEqual([]);
    const logins = await emulator.requests.list({ operation: 'chat.connect' });
    expect(logins.map(({ status, errors }) => [status, ...errors])).toEqual([[401, 'wrong_password'], [101]]);
  });
});
