import { describe, expect, test } from 'vitest';
import { describeInBrowser, launchBrowserWithCa } from '../support/browser.ts';
import { emulator, NO_TROUBLES, page, readScripts, troubles, useForeignPage } from './foreign-page.ts';

/** The SDKs' browser builds, as a page loads them: the functions below run in the page, which has their globals. */
const CONNECTYCUBE = 'node_modules/connectycube/dist/connectycube.min.js';
const CONNECTYCUBE_3 = 'node_modules/connectycube-3/dist/connectycube.min.js';
const QUICKBLOX = 'node_modules/quickblox-2.23/quickblox.min.js';
// biome-ignore lint/suspicious/noExplicitAny: globals of pages
type Globals = any;

const CUBE = { appId: 230, authKey: '29WfrNWdvkhmX6V', authSecret: 'users-emulator-secret' };
const BLOX = { appId: 22, authKey: 'wJHd4cQSxpQGWx5', authSecret: 'users-emulator-secret' };
const MIA = { login: 'mia', password: 'secret123', full_name: 'Mia Moe' };

describeInBrowser('a page of another origin', () => {
  useForeignPage(async () => readScripts([CONNECTYCUBE, CONNECTYCUBE_3, QUICKBLOX]));

  /** The page's requests in the emulator's journal. */
  const operations = async () =>
    (await emulator.requests.list()).map(({ operation, status }) => `${operation} ${status}`);

  describe.each(['http', 'https'] as const)('over %s', (scheme) => {
    const address = () => (scheme === 'http' ? emulator.url : emulator.httpsUrl);

    test('plain fetch: sign-up, session, V2 list, and readable headers', async () => {
      const seen = await page.evaluate(
        async ({ address, app, mia }) => {
          const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
            const answer = await fetch(address + path, {
              method,
              headers: { 'Content-Type': 'application/json', ...headers },
              ...(body && { body: JSON.stringify(body) }),
            });
            return {
              status: answer.status,
              expires: answer.headers.get('CB-Token-ExpirationDate'),
              json: (await answer.json()) as Globals,
            };
          };
          const signUp = await call('POST', '/users', { 'CB-AuthKey': app.authKey }, { user: mia });
          const session = await call(
            'POST',
            '/session',
            {},
            { application_id: app.appId, auth_key: app.authKey, user: mia },
          );
          const { token } = session.json.session;
          const list = await call('GET', '/users/v2?login=mia', { 'CB-Token': token });
          const refused = await call('PUT', '/users/51941', { 'CB-Token': token }, { user: { full_name: 'x' } });
          return {
            statuses: [signUp, session, list, refused].map(({ status }) => status),
            expires: list.expires,
            listed: list.json.items.map(({ login }: Globals) => login),
            error: refused.json.errors.base,
          };
        },
        { address: address(), app: CUBE, mia: MIA },
      );
      expect(seen).toMatchObject({ statuses: [201, 201, 200, 403], listed: ['mia'] });
      expect(seen.expires).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
      expect(seen.error).toEqual(['You are not owner of this object']);
      expect(troubles).toEqual(NO_TROUBLES);
    });

    test('the ConnectyCube SDK 6: session, sign-up, session of the user, V2 list, update, delete', async () => {
      await page.addScriptTag({ url: `/${CONNECTYCUBE}` });
      const seen = await page.evaluate(
        async ({ address, app, mia }) => {
          const client = (globalThis as Globals).ConnectyCube;
          client.init(app, { endpoints: { api_url: address, api: 'x', chat: 'x' }, debug: { mode: 0 } });
          await client.createSession();
          const { user } = await client.users.signup(mia);
          const session = await client.createSession(mia);
          const { items } = await client.users.getV2({ login: 'mia' });
          const updated = await client.users.update({ full_name: 'Mia Two' });
          await client.users.delete();
          return {
            same: session.user_id === user.id,
            listed: items.map(({ login }: Globals) => login),
            name: updated.user.full_name,
          };
        },
        { address: address(), app: CUBE, mia: MIA },
      );
      expect(seen).toEqual({ same: true, listed: ['mia'], name: 'Mia Two' });
      expect(troubles).toEqual(NO_TROUBLES);
      expect(await operations()).toEqual([
        'session.create 201',
        'users.create 201',
        'session.create 201',
        'users.list_v2 200',
        'users.update 200',
        'users.destroy 200',
      ]);
    });
  });

  // sdk: these prepend https:// to the given host
  test('the ConnectyCube SDK 3, which supports https only', async () => {
    await page.addScriptTag({ url: `/${CONNECTYCUBE_3}` });
    const listed = await page.evaluate(
      async ({ api, app, mia }) => {
        const client = (globalThis as Globals).ConnectyCube;
        client.init(app, { endpoints: { api, chat: 'x' }, debug: { mode: 0 } });
        await client.createSession();
        await client.users.signup(mia);
        await client.createSession(mia);
        const { items } = await client.users.getV2({ login: 'mia' });
        return items.map(({ login }: Globals) => login);
      },
      { api: new URL(emulator.url).host, app: CUBE, mia: MIA },
    );
    expect(listed).toEqual(['mia']);
    expect(troubles).toEqual(NO_TROUBLES);
  });

  test('the QuickBlox SDK 2.23, which supports https only', async () => {
    await page.addScriptTag({ url: `/${QUICKBLOX}` });
    const seen = await page.evaluate(
      async ({ api, app, mia }) => {
        const { QB } = globalThis as Globals;
        const call = (run: (done: (error: unknown, result: Globals) => void) => void): Promise<Globals> =>
          new Promise((resolve, reject) => run((error, result) => (error ? reject(error) : resolve(result))));
        QB.init(app.appId, app.authKey, app.authSecret, { endpoints: { api, chat: 'x' } });
        await call((done) => QB.createSession(done));
        const user = await call((done) => QB.users.create(mia, done));
        const { user_id } = await call((done) => QB.createSession(mia, done));
        const found = await call((done) => QB.users.get({ login: mia.login }, done));
        return { same: user.id === user_id && found.id === user_id, login: found.login };
      },
      { api: new URL(emulator.url).host, app: BLOX, mia: MIA },
    );
    expect(seen).toEqual({ same: true, login: 'mia' });
    expect(troubles).toEqual(NO_TROUBLES);
  });

  test('the control plane refuses it', async () => {
    const blocked = await page.evaluate(
      (address) =>
        Promise.all(
          ['GET', 'POST'].map((method) =>
            fetch(`${address}/_emulator/${method === 'GET' ? 'export' : 'reset'}`, { method }).then(
              () => 'reached',
              () => 'blocked',
            ),
          ),
        ),
      emulator.url,
    );
    expect(blocked).toEqual(['blocked', 'blocked']);
  });

  test('a browser that does not trust the CA refuses https', async () => {
    const untrusting = await launchBrowserWithCa();
    try {
      const other = await untrusting.browser.newPage();
      await expect(other.goto(`${emulator.httpsUrl}/_emulator/health`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
    } finally {
      await untrusting.close();
    }
  });
});
