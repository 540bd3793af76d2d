import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, routeToEmulator, test } from 'users-emulator/playwright';
import { openApp } from './open-app.js';

const signUp = async (page) => {
  await page.getByLabel('Login').fill('mia');
  await page.getByRole('button').click();
};

test('a dropped connection is one for the page, and the next request is answered', async ({ page, emulator }) => {
  await openApp(page);
  for (const drop of ['reset', 'empty']) {
    await emulator.faults.add({ drop, times: 1 });
    const [failed] = await Promise.all([page.waitForEvent('requestfailed'), signUp(page)]);
    expect(failed.failure().errorText).toBe('net::ERR_CONNECTION_RESET');
  }
  await signUp(page);
  await expect(page.getByRole('status')).toHaveText('Welcome, mia');
});

test('a request that is never answered ends with the test', async ({ page, emulator }) => {
  await openApp(page);
  await emulator.faults.add({ drop: 'hang' });
  await signUp(page);
  await emulator.requests.waitFor({ match: { operation: 'users.create', status: 0 } });
});

test('other hosts of the vendors are refused, unless the test routes them', async ({ page }) => {
  await openApp(page);
  const get = (url) =>
    page.evaluate(
      (url) =>
        fetch(url)
          .then((response) => response.text())
          .catch(String),
      url,
    );
  expect(await get('https://media.connectycube.com/logo')).toContain('Failed to fetch');
  const closed = page.evaluate(
    () =>
      new Promise((resolve) => {
        new WebSocket('wss://media.connectycube.com/').onclose = ({ code }) => resolve(code);
      }),
  );
  expect(await closed).toBe(1008);
  const headers = { 'Access-Control-Allow-Origin': '*' };
  await page.route('https://media.connectycube.com/**', (route) => route.fulfill({ body: 'a logo', headers }));
  expect(await get('https://media.connectycube.com/logo')).toBe('a logo');
});

test('requests without a page reach the sandbox, too', async ({ page, request, emulator }) => {
  const data = { user: { login: 'mia', password: 'secret123' } };
  const headers = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };
  for (const [api, status] of [
    [request, 201],
    [page.request, 422],
  ]) {
    const response = await api.post('https://api.connectycube.com/users?from=test', { data, headers });
    expect(response.status()).toBe(status);
    expect(response.url()).toBe(`${emulator.url}/users?from=test`);
    await expect(api.get('https://media.connectycube.com/logo')).rejects.toThrow(
      'media.connectycube.com is not emulated',
    );
  }
  await openApp(page);
  const [sent] = await Promise.all([
    page.waitForEvent('requestfinished', (sent) => sent.method() === 'POST'),
    signUp(page),
  ]);
  expect((await request.fetch(sent)).status()).toBe(422);
  await emulator.requests.verify({
    match: { operation: 'users.create', params: { user: { login: 'mia' } } },
    times: 4,
  });
});

test.describe('with the address of a vendor as baseURL', () => {
  test.use({ baseURL: 'https://api.quickblox.com' });

  test('relative addresses reach the sandbox', async ({ page, request, emulator }) => {
    for (const api of [request, page.request])
      expect((await api.get('/users/1.json')).url()).toBe(`${emulator.url}/users/1.json`);
  });
});

test('a context that the test opens itself has to be routed by itself', async ({ browser, emulator }) => {
  const context = await browser.newContext();
  await routeToEmulator(context, emulator);
  const page = await context.newPage();
  await openApp(page);
  await signUp(page);
  await expect(page.getByRole('status')).toHaveText('Welcome, mia');
  await context.close();
});

test('the chat login is connected, and ends with the page', async ({ page, emulator }) => {
  await openApp(page);
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  const seen = await page.evaluate(
    (password) =>
      new Promise((resolve) => {
        const socket = new WebSocket('wss://chat.connectycube.com:5291/', 'xmpp');
        const stanzas = [
          '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="chat.connectycube.com" version="1.0"/>',
          `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">${btoa(`\0${'51941-230'}\0${password}`)}</auth>`,
        ];
        socket.onopen = () => socket.send(stanzas.shift());
        socket.onmessage = ({ data }) => {
          if (data.startsWith('<success')) resolve(socket.protocol);
          else if (data.includes('features')) socket.send(stanzas.shift());
        };
      }),
    token,
  );
  expect(seen).toBe('xmpp');
  await emulator.requests.verify({ match: { operation: 'chat.connect', status: 101 } });
});

test('service workers are blocked, since their requests could not be routed', async ({ page }) => {
  await openApp(page);
  const registrations = await page.evaluate(async () => {
    await navigator.serviceWorker.register('/worker.js');
    return navigator.serviceWorker.getRegistrations();
  });
  expect(registrations).toEqual([]);
});

test.describe('with hosts of the application', () => {
  test.use({ emulatorHosts: ['api.*.example:8443'] });

  test('these lead to the sandbox, and the others go where they went', async ({ page, emulator }) => {
    const other = createServer((_, response) => response.end('other'));
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const home = `http://127.0.0.1:${other.address().port}/`;
    await page.goto(home);
    const get = (url) => page.evaluate((url) => fetch(url).then((response) => response.text()), url);
    expect(await get(home)).toBe('other');
    expect(await get('https://api.shop.example:8443/users/v2')).toContain('errors');
    await emulator.requests.verify({ match: { operation: 'users.list_v2' } });
    other.close();
  });
});
