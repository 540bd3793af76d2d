import { build } from 'esbuild';
import { beforeEach, expect, test, vi } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { emulator, NO_TROUBLES, page, readScripts, siteHost, troubles, useForeignPage } from './foreign-page.ts';

/** Scripts that pages load as they are, in the order in which they need each other. */
const QUICKBLOX = ['node_modules/quickblox-2.23/quickblox.min.js'];
const WIDGET = [
  'node_modules/react/umd/react.production.min.js',
  'node_modules/react-dom/umd/react-dom.production.min.js',
  'node_modules/connectycube/dist/connectycube.min.js',
  'node_modules/@connectycube/chat-widget/dist/index.umd.js',
  'test/browser/apps/chat-widget.js',
];
/** Messages in the browser's console that have nothing to do with the emulator. */
const EXPECTED = [
  /^Install WebRTC adapter/, // of ConnectyCube 6 at its start: an advice for video conferences
  /^`(Alert)?DialogContent` requires a |^Warning: Missing `Description`/, // of the widget's dialogs: their accessibility
];

/** The applications, bundled as their own builds would, and the SDKs without a bundler. */
async function buildScripts(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: ['test/browser/apps/connectycube.jsx', 'test/browser/apps/quickblox.jsx'],
    outdir: '/',
    bundle: true,
    write: false,
    minify: true,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  return new Map([
    ...outputFiles.map(({ path, text }) => [path, text] as const),
    ...readScripts([...QUICKBLOX, ...WIDGET]),
  ]);
}

describeInBrowser('an application in the browser, with the stubs app-boot', () => {
  useForeignPage(buildScripts, { stubs: 'app-boot' });
  /** Errors and warnings in the browser's console. */
  let logged: string[];
  /** The hosts of all requests and websockets. */
  let hosts: Set<string>;

  beforeEach(() => {
    logged = [];
    hosts = new Set();
    page.context().on('console', (message) => {
      const isTrouble = ['error', 'warning', 'assert'].includes(message.type());
      if (isTrouble && !EXPECTED.some((text) => text.test(message.text()))) logged.push(message.text());
    });
    page.context().on('request', (request) => hosts.add(new URL(request.url()).host));
    page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host));
  });

  /** Loads scripts into the page, which find `settings` as a global. */
  async function start(settings: unknown, ...scripts: readonly string[]) {
    await page.evaluate((value) => Object.assign(globalThis, { settings: value }), settings);
    for (const path of scripts) await page.addScriptTag({ url: `/${path}` });
  }

  /** Signs Mia up, logs in, searches another user by name, and logs out. */
  async function useApp({ name, found }: { readonly name: string; readonly found: string }) {
    await page.getByLabel('Login').fill('mia_moe');
    await page.getByLabel('Password').fill('Secret123!');
    await page.getByLabel('Name').fill('Mia Moe');
    await page.getByRole('button', { name: 'Sign up' }).click();
    await page.getByText('Signed up: Mia Moe').waitFor();
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Mia Moe: 0 chats' }).waitFor();
    await page.getByLabel('Name of a user').fill(name);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('listitem').filter({ hasText: found }).waitFor();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
  }

  const answers = async () =>
    new Set((await emulator.requests.list()).map(({ method, path, status }) => `${method} ${path} ${status}`));
  const chatLogins = () => emulator.requests.list({ operation: 'chat.connect', status: 101 });

  /** Checks which requests the emulator answered, and that nothing went wrong or elsewhere. */
  async function expectAnswered(...requests: readonly string[]) {
    expect(await answers()).toEqual(new Set(requests));
    expect({ ...troubles, logged }).toEqual({ ...NO_TROUBLES, logged: [] });
    expect(hosts).toEqual(new Set([siteHost, new URL(emulator.url).host]));
  }

  test('React with ConnectyCube 6 from npm, over plain http', async () => {
    const endpoints = { api_url: emulator.url, api: 'x', chat: 'localhost', chat_url: emulator.chatUrl };
    await start([{ appId: 230, authKey: '29WfrNWdvkhmX6V' }, { endpoints }], 'connectycube.js');
    await useApp({ name: 'Gabr', found: 'Gabrielle Corcoran' });
    await expectAnswered(
      'POST /session 201',
      'POST /users 201',
      'POST /session 201',
      'GET / 101',
      'GET /chat/Dialog 200',
      'GET /users/v2 200',
      'DELETE /login 200',
    );
  });

  test("React with the script of QuickBlox 2.23, over https with the emulator's CA", async () => {
    const { host } = new URL(emulator.url);
    const config = {
      endpoints: { api: host, chat: 'localhost' },
      chatProtocol: { active: 2, websocket: `wss://${host}` },
    };
    const application = [22, 'wJHd4cQSxpQGWx5', 'users-emulator-secret', 'users-emulator-account'];
    await start([...application, config], ...QUICKBLOX, 'quickblox.js');
    await useApp({ name: 'John Partizan', found: 'John Partizan' });
    await expectAnswered(
      'POST /session 201',
      'POST /users 201',
      'POST /login 202',
      'GET /session 200',
      'GET / 101',
      'GET /chat/Dialog 200',
      'GET /users/by_full_name 200',
      'DELETE /login 200',
    );
  });

  test('the chat widget from npm, embedded as its README does it, over https', async () => {
    const { host } = new URL(emulator.url);
    const settings = {
      appId: 230,
      authKey: '29WfrNWdvkhmX6V',
      // no `api_url`: the widget changes the SDK's settings later, which drops it
      config: { endpoints: { api: host, chat: 'localhost', chat_url: `wss://${host}` } },
      open: true,
      splitView: true,
      showOnlineUsersTab: true,
      enableUserLogin: true,
    };
    const submit = async (button: string) => {
      await page.getByLabel('Login').fill('mia_moe');
      await page.getByLabel('Password').fill('Secret123!');
      await page.getByRole('button', { name: button }).click();
      await page.getByText('No messages yet').waitFor();
    };
    await start(settings, ...WIDGET);
    await submit('Register');
    await expect.poll(async () => (await chatLogins()).length).toBe(1);
    await page.getByRole('tab', { name: 'Users' }).click();
    await page.getByRole('tabpanel', { name: 'Users' }).getByText('mia_moe').waitFor();
    await page.getByRole('tab', { name: 'Chats' }).click();
    await page.getByRole('tabpanel', { name: 'Chats' }).getByRole('button').click();
    await page.getByRole('menuitem', { name: 'New message' }).click();
    await page.getByPlaceholder('Enter user name').fill('Gabr');
    // the widget searches for the text that it rendered last: a key that comes earlier finds nobody
    await vi.waitFor(async () => {
      await page.getByPlaceholder('Enter user name').press('Enter');
      await page.getByText('Gabrielle Corcoran').waitFor({ timeout: 1000 });
    }, 10_000);
    await page.getByRole('button', { name: 'Close' }).click();
    await expectAnswered(
      'POST /users 201',
      'POST /session 201',
      'GET / 101',
      'GET /chat/Dialog 200',
      'GET /subscriptions 200',
      'GET /users/online 200',
      'GET /users/v2 200',
    );

    await page.getByText('mia_moe').click();
    await page.locator('span:text("My profile") + svg').click();
    await page.getByRole('button', { name: 'Register' }).waitFor();
    expect(await answers()).toContain('DELETE /session 200');

    await page.goto(`http://${siteHost}/`);
    await start(settings, ...WIDGET);
    await page.getByRole('button', { name: 'Login' }).click();
    await submit('Login');
    await expect.poll(async () => (await chatLogins()).length).toBe(2);
    // not `logged`: after the log-out the widget lists subscriptions without a session, and logs the refusal that it catches
    expect(troubles.uncaught).toEqual([]);
    expect(hosts).toEqual(new Set([siteHost, host]));
  });
});
