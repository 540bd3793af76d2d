import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { seeded, sender } from '../support/http.ts';

let emulator: Emulator;
beforeAll(async () => {
  ({ emulator } = await seeded());
});
afterAll(() => emulator.close());

test.each([
  ['/_emulator/health', 200],
  ['/_emulator/health/', 200],
  ['/_emulator/health?x=1', 200],
  ['/_emulator', 200],
  ['/_emulator/', 200],
  ['/sandbox/a/_emulator/health', 200],
  ['/_emulator/outbox/a%2Fb', 404],
  ['/_emulator/outbox/%zz', 400],
  ['/_emulator/nowhere', 404],
])('%s: %d of the control plane', async (path, status) => {
  const answer = await fetch(emulator.url + path);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test("a path that only starts like the control plane's is a route of the API", async () => {
  const send = sender(emulator.url);
  expect((await send('GET /_emulators')).text).toBe('{"errors":{"base":["No route matches GET /_emulators"]}}');
});

test('HEAD answers like GET, without the body', async () => {
  const [head, get] = await Promise.all(
    ['HEAD', 'GET'].map((method) => fetch(`${emulator.url}/_emulator/health`, { method })),
  );
  expect([head!.status, await head!.text()]).toEqual([200, '']);
  expect(head!.headers.get('content-length')).toBe(get!.headers.get('content-length'));
});

test.each(['/sandbox/b', '/sandbox/b/', '/sandbox/b?x=1'])('%s is the root of a sandbox', async (path) => {
  const answer = await fetch(emulator.url + path);
  expect([answer.status, await answer.text()]).toEqual([404, '{"errors":{"base":["No route matches GET /"]}}']);
});

test('in a browser, the root leads to the console, and neither it nor the icon is journalled', async () => {
  const w = emulator.sandbox('browser');
  await w.requests.clear();
  const open = (path: string, headers = {}) => fetch(emulator.url + path, { redirect: 'manual', headers });
  const html = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
  for (const root of ['/sandbox/browser', '/sandbox/browser/', '/sandbox/browser?x=1']) {
    const answer = await open(root, html);
    expect([answer.status, answer.headers.get('Location')]).toEqual([302, '/sandbox/browser/_emulator/console']);
  }
  expect((await open('/', html)).headers.get('Location')).toBe('/_emulator/console');
  const page = await fetch(emulator.url, { headers: html });
  expect([page.status, page.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8']);
  const icon = await open('/sandbox/browser/favicon.ico');
  expect([icon.status, await icon.text()]).toEqual([404, '{"errors":{"base":["No route matches GET /favicon.ico"]}}']);
  expect(await w.requests.list()).toEqual([]);
  // a client of the API gets the API's answers
  expect((await open('/sandbox/browser', { Accept: 'application/json' })).status).toBe(404);
  expect((await open('/sandbox/browser/users', html)).status).toBe(403);
  expect(await w.requests.list()).toHaveLength(2);
});

test('an invalid sandbox name is reported as such, in both planes', async () => {
  const api = await fetch(`${emulator.url}/sandbox/a%20b/users/1`);
  expect(api.status).toBe(400);
  expect(await api.json()).toMatchObject({
    errors: { base: [expect.stringContaining('is not a valid sandbox name')] },
  });
  const control = await fetch(`${emulator.url}/sandbox/a%20b/_emulator`);
  expect(await control.json()).toMatchObject({
    status: 400,
    detail: expect.stringContaining('is not a valid sandbox name'),
  });
});
