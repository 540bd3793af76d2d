import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { createLogger, createServer, type InlineConfig, type ViteDevServer } from 'vite';
import { createServer as createServer7, type InlineConfig as InlineConfig7 } from 'vite-7';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { connect, createEmulator, type RemoteEmulator, UsageError } from '../../src/index.ts';
import { type UsersEmulatorPluginOptions, usersEmulator } from '../../src/kits/vite.ts';
import { describeInBrowser, launchBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/folder.ts';

const HTML = `<!doctype html><title>app</title><p id="outcome"></p><script type="module" src="/main.js"></script>`;
/** Signs up the user in the page's address, and shows the status, or what `fetch` rejected with. */
const MAIN = `
const url = import.meta.env.VITE_USERS_EMULATOR_URL;
const post = (path, token, body) => {
  const headers = { 'Content-Type': 'application/json', 'CB-Token': token };
  return fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
};
const answer = await post('/session', '', { application_id: 230, auth_key: '29WfrNWdvkhmX6V' });
const { session } = await answer.json();
const user = { login: location.hash.slice(1), password: 'secret123' };
const outcome = await post('/users', session.token, { user }).then(({ status }) => status, (error) => error.name);
document.querySelector('#outcome').textContent = url + ' ' + outcome;
`;
const root = temporaryFolder();
writeFileSync(join(root, 'index.html'), HTML);
writeFileSync(join(root, 'main.js'), MAIN);
writeFileSync(join(root, 'where.js'), 'export const url = import.meta.env.VITE_USERS_EMULATOR_URL;');

// the plugin does nothing in Vitest
beforeAll(() => void vi.stubEnv('VITEST', ''));
afterAll(() => void vi.unstubAllEnvs());

interface DevServer {
  readonly server: ViteDevServer;
  /** Where the page is. */
  readonly url: string;
  readonly emulator: RemoteEmulator;
  readonly printed: readonly string[];
}

type Create = (config: InlineConfig) => Promise<ViteDevServer>;
/** A plugin may be older or newer than Vite, whose types differ a little. */
const createVite7: Create = (config) =>
  createServer7(config as unknown as InlineConfig7) as unknown as Promise<ViteDevServer>;

async function startVite(create: Create, options: UsersEmulatorPluginOptions = {}): Promise<DevServer> {
  const printed: string[] = [];
  const print = (text: string) => void printed.push(text);
  const server = await create({
    root,
    configFile: false,
    cacheDir: join(root, '.vite'),
    customLogger: { ...createLogger(), info: print, warn: print, error: print },
    server: { port: 0, host: '127.0.0.1' },
    plugins: [usersEmulator({ port: 0, ...options })],
  });
  onTestFinished(() => server.close());
  await server.listen();
  server.printUrls();
  const address = /Users: +(\S+)\/_emulator\/console/.exec(printed.join('\n'))?.[1] ?? '';
  return { server, url: server.resolvedUrls?.local[0] ?? '', emulator: connect(address), printed };
}

const loginsOf = async (emulator: RemoteEmulator) => (await emulator.users.list()).users.map(({ login }) => login);
const EXAMPLES = ['Dacia', 'ppavalli', 'gabby'];

describeInBrowser('users-emulator/vite', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  /** Opens the page, which signs up a user. @returns what it shows, and the origins that it sent requests to */
  async function visit(url: string, login: string): Promise<{ shown: string; origins: string[] }> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const origins = new Set<string>();
    page.on('request', (sent) => origins.add(new URL(sent.url()).origin));
    await page.goto(`${url}#${login}`);
    const shown = await page.locator('#outcome:not(:empty)').innerText();
    await context.close();
    return { shown, origins: [...origins] };
  }

  describe.each<[string, Create]>([
    ['Vite 7', createVite7],
    ['Vite 8', createServer],
  ])('%s', (_name, create) => {
    test('a page reaches an emulator with the example users, on its own origin', async () => {
      const { url, emulator } = await startVite(create);
      expect(await loginsOf(emulator)).toEqual(EXAMPLES);
      const { shown, origins } = await visit(url, 'mia');
      expect(shown).toBe('/users-emulator 201');
      expect(origins).toEqual([new URL(url).origin]);
      expect(await loginsOf(emulator)).toEqual([...EXAMPLES, 'mia']);
      expect((await visit(url, 'mia')).shown).toBe('/users-emulator 422');
    });
    test('the dev server restarts: the emulator goes on, with its users', async () => {
      const { server, emulator } = await startVite(create);
      await emulator.users.create({ login: 'mia', password: 'secret123' });
      await server.restart();
      const url = server.resolvedUrls?.local[0] ?? '';
      expect((await visit(url, 'ben')).shown).toBe('/users-emulator 201');
      expect(await loginsOf(emulator)).toEqual([...EXAMPLES, 'mia', 'ben']);
      await server.close();
      await expect(emulator.health()).rejects.toThrow(/no emulator answers/);
    });

    test('code that the dev server runs gets the address of the emulator itself', async () => {
      const { server, emulator } = await startVite(create, { path: '/users' });
      expect((await server.ssrLoadModule('/where.js')).url).toBe(emulator.url);
      const { code } = (await server.transformRequest('/where.js')) ?? {};
      expect(code).toContain('"VITE_USERS_EMULATOR_URL": "/users"');
    });
  });

  test('the console works on the origin of the dev server, and pages of others are refused', async () => {
    const { url, emulator } = await startVite(createVite7);
    const reset = (origin: string) =>
      fetch(`${url}users-emulator/_emulator/reset`, { method: 'POST', headers: { Origin: origin } });
    await emulator.users.create({ login: 'mia', password: 'secret123' });
    expect((await reset('http://127.0.0.1:1')).status).toBe(403);
    expect((await reset(new URL(url).origin)).status).toBe(200);
    expect(await loginsOf(emulator)).toEqual(EXAMPLES);
  });

  test('a dropped connection reaches the page as a network error', async () => {
    const { url, emulator } = await startVite(createVite7);
    await emulator.faults.add({ match: { operation: 'users.create' }, drop: 'reset' });
    expect((await visit(url, 'mia')).shown).toBe('/users-emulator TypeError');
  });

  test('an emulator that runs already is used, through the dev server', async () => {
    await using running = await createEmulator({ seed: true });
    const { url, emulator } = await startVite(createVite7, { url: running.url, path: '/users' });
    expect(emulator.url).toBe(running.url);
    expect((await visit(url, 'mia')).shown).toBe('/users 201');
    expect((await running.users.list({ search: 'mia' })).total).toBe(1);
    await running.faults.add({ match: { operation: 'users.create' }, drop: 'reset' });
    expect((await visit(url, 'ben')).shown).toBe('/users TypeError');
  });

  test('in middleware mode, its close ends the emulator', async () => {
    const vite = await createVite7({
      root,
      configFile: false,
      cacheDir: join(root, '.vite'),
      logLevel: 'silent',
      server: { middlewareMode: true, ws: false, watch: null },
      plugins: [usersEmulator({ port: 0 })],
    });
    const server = createHttpServer(vite.middlewares).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await vi.waitUntil(() => server.listening);
    const { port } = server.address() as { port: number };
    const health = await fetch(`http://127.0.0.1:${port}/users-emulator/_emulator/health`);
    expect(health.status).toBe(200);
    await vite.close();
    await vite.close();
  });
});

test('USERS_EMULATOR_URL names the emulator to use', async () => {
  vi.stubEnv('USERS_EMULATOR_URL', 'http://127.0.0.1:9');
  const { printed } = await startVite(createServer);
  vi.stubEnv('USERS_EMULATOR_URL', undefined);
  expect(printed.join('\n')).toContain('Users:   http://127.0.0.1:9/_emulator/console');
});

test('other options replace the emulator; two dev servers of a project share one', async () => {
  const first = await startVite(createServer);
  const second = await startVite(createServer);
  expect(second.emulator.url).toBe(first.emulator.url);
  const third = await startVite(createServer, { seed: [{ login: 'zoe', password: 'secret123' }] });
  expect(await loginsOf(third.emulator)).toEqual(['zoe']);
  await expect(first.emulator.health()).rejects.toThrow(/no emulator answers/);
});

test('options that are wrong end the start, with a message', async () => {
  await expect(startVite(createServer, { seed: 'missing.json' })).rejects.toThrow(UsageError);
  expect(() => usersEmulator({ path: 'users' })).toThrow("path must be a path such as /users-emulator, not 'users'");
});

test.each<[string, Create]>([
  ['Vite 7', createVite7],
  ['Vite 8', createServer],
])('%s: a restart with options that are wrong changes nothing, and a later one works', async (_name, create) => {
  const { server, emulator, printed } = await startVite(create);
  await emulator.users.create({ login: 'mia', password: 'secret123' });
  const restartWith = (options: UsersEmulatorPluginOptions) => {
    server.config.inlineConfig.plugins = [usersEmulator({ port: 0, ...options })];
    return server.restart();
  };
  await restartWith({ latency: 'often' });
  expect(printed.join('\n')).toContain("createEmulator: latency: must be milliseconds or min-max, not 'often'");
  await restartWith({ seed: 'missing.json' });
  expect(printed.join('\n')).toContain('missing.json');
  expect(await loginsOf(emulator)).toEqual([...EXAMPLES, 'mia']);
  const page = `${server.resolvedUrls?.local[0]}users-emulator/_emulator/health`;
  expect((await fetch(page)).status).toBe(200);
  await restartWith({ seed: [{ login: 'zoe', password: 'secret123' }] });
  const zoes = await fetch(page.replace('health', 'users')).then((answer) => answer.json());
  expect(zoes).toMatchObject({ users: [{ login: 'zoe' }] });
});

test('in Vitest, builds and previews it does nothing', () => {
  const { apply } = usersEmulator();
  if (typeof apply !== 'function') throw new Error('apply is no function');
  const mode = { mode: 'any' };
  const applies = (env: Parameters<typeof apply>[1]) => apply.call(undefined as never, {}, env);
  expect(applies({ ...mode, command: 'serve' })).toBe(true);
  expect(applies({ ...mode, command: 'serve', isPreview: true })).toBe(false);
  expect(applies({ ...mode, command: 'build' })).toBe(false);
  vi.stubEnv('VITEST', 'true');
  expect(applies({ ...mode, command: 'serve' })).toBe(false);
});
