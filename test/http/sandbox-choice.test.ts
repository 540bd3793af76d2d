import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, type Emulator } from '../../src/index.ts';
import { connectChat, logIn, SUCCESS } from '../support/chat-client.ts';
import { rawRequest, type Send, sender } from '../support/http.ts';
import { person, SERVICES } from '../support/services.ts';
import { createPopulated } from '../support/test-sandbox.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
beforeEach(async () => {
  await emulator.sandboxes.clear();
  await emulator.requests.clear();
});
afterAll(() => emulator.close());

/** Ways to name the sandbox `w1`: a path, headers. */
const WAYS: readonly [way: string, path: string, headers: Record<string, string>][] = [
  ['its own header', '', { 'X-Emulator-Sandbox': 'w1' }],
  ['baggage', '', { baggage: 'emulator-sandbox=w1' }],
  ['baggage among others', '', { baggage: 'user=7;a=b , emulator-sandbox = w1 ; ttl=1,emulator-sandboxes=w2' }],
  ['escaped baggage', '', { baggage: 'emulator-sandbox=%77%31' }],
  ['all at once', '/sandbox/w1', { 'X-Emulator-Sandbox': 'w1', baggage: 'emulator-sandbox=w1' }],
];

/** Names that belong to no sandbox, or to two. */
const CONFLICTS: readonly [path: string, headers: Record<string, string>, message: string][] = [
  ['/sandbox/w1', { 'X-Emulator-Sandbox': 'w2' }, "'w1' (the path) and 'w2' (X-Emulator-Sandbox)"],
  ['/sandbox/w1', { baggage: 'emulator-sandbox=w2' }, "'w1' (the path) and 'w2' (baggage)"],
  ['', { 'X-Emulator-Sandbox': 'w1', baggage: 'emulator-sandbox=w2' }, "'w1' (X-Emulator-Sandbox) and 'w2' (baggage)"],
  ['', { baggage: 'emulator-sandbox=w1,emulator-sandbox=w2' }, "'w1' (baggage) and 'w2' (baggage)"],
].map(([path, headers, two]) => [path, headers, `the request names two sandboxes, ${two}: send one`] as never);

const usable = '1 to 64 letters, digits, dots, dashes or underscores';
const UNUSABLE = ['a b', '..', '', 'w1, w1', 'x'.repeat(65)].map((name) => [
  name,
  `X-Emulator-Sandbox: '${name}' is not a valid sandbox name: use ${usable}`,
]) as [string, string][];

describe.each(SERVICES)('at $name', (service) => {
  const { id, email } = person(service, 'anna');
  const send = (path: string): Send =>
    sender(emulator.url + path, { tokenHeader: service.tokenHeader, common: service.headers });

  test.each(WAYS)('%s leads into the sandbox', async (_, path, headers) => {
    const sandbox = emulator.sandbox('w1');
    const { token } = await sandbox.sessions.create({ app: service.app.id, user: id });
    expect((await send(path)(`GET /users/${id}`, { token, headers })).status).toBe(200);
    expect((await send('')(`GET /users/${id}`, { token })).status).toBe(401);
    const [entry, ...more] = await sandbox.requests.list();
    expect(more).toEqual([]);
    // the journal has the address as it was sent
    expect(entry).toMatchObject({ path: `/users/${id}`, request: { url: `${emulator.url}${path}/users/${id}` } });
    expect(await emulator.requests.list()).toMatchObject([{ status: 401 }]);
  });

  test.each(WAYS)('%s: links in mails lead back to the sandbox', async (_, path, headers) => {
    const sandbox = emulator.sandbox('w1');
    const { token } = await sandbox.sessions.create({ app: service.app.id });
    const asked = await send(path)(`GET /users/password/reset?email=${email}`, { token, headers });
    expect(asked.status).toBe(200);
    const [mail] = await sandbox.outbox.list();
    expect(mail!.link.startsWith(`${sandbox.url}/_emulator/reset-password?`)).toBe(true);
    expect((await fetch(mail!.link)).status).toBe(200);
    expect(await emulator.outbox.list()).toEqual([]);
  });

  test.each(CONFLICTS)('%s with %j is refused, naming both', async (path, headers, message) => {
    const answer = await send(path)('GET /users/1', { headers });
    expect([answer.status, answer.json]).toEqual([400, { errors: { base: [message] } }]);
    expect(await emulator.sandboxes.list()).toEqual([]);
  });

  test.each(UNUSABLE)("the header '%s' is refused", async (name, message) => {
    const answer = await send('')('GET /users/1', { headers: { 'X-Emulator-Sandbox': name } });
    expect([answer.status, answer.json]).toEqual([400, { errors: { base: [message] } }]);
  });

  test.each(['emulator-sandbox=a%20b', 'emulator-sandbox=%zz', 'emulator-sandbox', 'x=emulator-sandbox', ',;=,'])(
    "the baggage '%s' is ignored",
    async (baggage) => {
      const { token } = await emulator.sessions.create({ app: service.app.id, user: id });
      expect((await send('')(`GET /users/${id}`, { token, headers: { baggage } })).status).toBe(200);
      expect(await emulator.sandboxes.list()).toEqual([]);
    },
  );

  test('a header opens the chat of its sandbox', async () => {
    const name = `${id}-${service.app.id}`;
    const password = String(person(service, 'anna').password);
    const url = emulator.url.replace('http', 'ws');
    for (const [, path, headers] of WAYS) {
      expect((await logIn(url + path, name, password, { headers })).answer).toBe(SUCCESS);
    }
    expect(await emulator.sandbox('w1').requests.list({ operation: 'chat.connect' })).toHaveLength(WAYS.length);
    expect(await emulator.requests.list()).toEqual([]);
  });
});

test.each([
  ...CONFLICTS,
  ...UNUSABLE.slice(0, 2).map(([name, text]) => ['', { 'X-Emulator-Sandbox': name }, text] as const),
])('the chat and the control plane refuse %s with %j in the same words', async (path, headers, message) => {
  const url = emulator.url.replace('http', 'ws') + path;
  await expect(connectChat(url, { headers })).rejects.toThrow(`400 ${JSON.stringify({ errors: { base: [message] } })}`);
  const { status, json } = await sender(emulator.url + path)('GET /_emulator/users', { headers });
  expect([status, json]).toMatchObject([400, { status: 400, detail: message }]);
});

test.each(WAYS)('the control plane obeys %s', async (_, path, headers) => {
  const send = sender(emulator.url + path);
  const created = await send('POST /_emulator/users', { params: { login: 'mia', password: 'secret123' }, headers });
  expect(created.status).toBe(200);
  const root = connect(emulator.url);
  const totals = await Promise.all([root.users.list(), root.sandbox('w1').users.list()]);
  expect(totals[1].total).toBe(totals[0].total + 1);
  const { json } = await send('GET /_emulator/openapi.json', { headers });
  expect(json.servers).toEqual([{ url: `${emulator.url}/sandbox/w1` }]);
});

test('in a browser, the root leads to the console of the sandbox', async () => {
  const headers = { Accept: 'text/html', baggage: 'emulator-sandbox=w1' };
  const answer = await rawRequest(emulator.url, { method: 'GET', path: '/', headers });
  expect(answer.headers.get('Location')).toBe('/sandbox/w1/_emulator/console');
});
