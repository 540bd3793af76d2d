import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { connect, createEmulator, type Emulator } from '../../src/index.ts';
import { rejectionOf } from '../control/each-transport.ts';
import { connectChat, logIn, SUCCESS } from '../support/chat-client.ts';
import { rawRequest, sender } from '../support/http.ts';
import { connectionError } from '../support/socket.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
beforeEach(() => emulator.sandboxes.clear());
afterAll(() => emulator.close());

const chatOf = (url: string) => url.replace('http', 'ws');

describe.each([
  ['in process', () => emulator],
  ['over HTTP', () => connect(emulator.url)],
])('a port of its own, opened %s', (_, control) => {
  test('serves the sandbox, and nothing else', async () => {
    const { name, url, port, https_url: httpsUrl } = await control().sandbox('w1').listen();
    expect([name, url, httpsUrl]).toEqual(['w1', `http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`]);
    expect(url).not.toBe(emulator.url);

    const own = connect(url);
    const { token } = await own.sessions.create({ user: 'Dacia' });
    expect((await sender(url)('GET /users/51941', { token })).status).toBe(200);
    expect((await sender(emulator.url)('GET /users/51941', { token })).status).toBe(401);
    expect(await own.requests.list()).toMatchObject([{ request: { url: `${url}/users/51941` } }]);
    expect(await emulator.sandbox('w1').requests.list()).toHaveLength(1);
    expect(await own.info()).toMatchObject({ sandbox: 'w1', url, https_url: httpsUrl });
    expect(await sender(url)('GET /_emulator/openapi.json')).toMatchObject({ json: { servers: [{ url }] } });
  });

  test('is the same at the next call; another port, and a port that is taken, are refused', async () => {
    const first = await control().sandbox('w1').listen();
    expect(
      await control()
        .sandbox('w1')
        .listen({ port: first.port ?? 0 }),
    ).toEqual(first);
    expect(await control().sandboxes.create('w1')).toEqual(first);
    expect(await rejectionOf(control().sandbox('w1').listen({ port: 4 }))).toMatchObject({
      status: 409,
      message: `the sandbox 'w1' has port ${first.port} already: delete it first`,
    });
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const refused = await rejectionOf(control().sandbox('w2').listen({ port }));
    expect(refused).toMatchObject({ status: 409, message: expect.stringContaining(`port ${port} is in use`) });
    taken.close();
    await once(taken, 'close');
    // a refused call leaves nothing that is in the way of the next one
    expect(await control().sandbox('w2').listen({ port })).toMatchObject({ name: 'w2', port });
  });

  test('is closed with its sandbox, also by a request that came in there', async () => {
    const { url, port } = await control().sandbox('w1').listen();
    await connect(url).sandboxes.delete('w1');
    expect(await connectionError(url)).toBe('ECONNREFUSED');
    expect(await emulator.sandboxes.list()).toEqual([]);
    expect(
      await control()
        .sandbox('w2')
        .listen({ port: port ?? 0 }),
    ).toMatchObject({ name: 'w2', url });
    await control().sandboxes.clear();
    expect(await connectionError(url)).toBe('ECONNREFUSED');
  });

  test.each([-1, 65_536, 1.5, 'x'])('%s is not the number of a port', async (port) => {
    const refused = await rejectionOf(control().sandboxes.create('w1', { port: port as number }));
    expect(refused).toMatchObject({ status: 422, message: expect.stringContaining('port: ') });
  });
});

test('the port serves https and the chat; connections to the chat end with the sandbox', async () => {
  const { url, https_url: httpsUrl } = await emulator.sandbox('w1').listen();
  const encrypted = { method: 'GET', path: '/_emulator/health', ca: await emulator.ca };
  expect((await rawRequest(httpsUrl, encrypted)).status).toBe(200);
  const client = await logIn(chatOf(url), '51941-230', 'petU4or!');
  expect(client.answer).toBe(SUCCESS);
  const waiting = await connectChat(chatOf(url));
  expect(await emulator.sandbox('w1').requests.list({ operation: 'chat.connect' })).toHaveLength(1);
  await emulator.sandboxes.delete('w1');
  await Promise.all([client.end(), waiting.end()]);
});

test('links in mails lead back to the port, or to the path, that the request came by', async () => {
  const { url } = await emulator.sandbox('w1').listen();
  const { token } = await emulator.sandbox('w1').sessions.create();
  for (const base of [url, emulator.sandbox('w1').url]) {
    await emulator.sandbox('w1').outbox.clear();
    await sender(base)('GET /users/password/reset?email=dacia_k@domain.com', { token });
    const [mail] = await emulator.sandbox('w1').outbox.list();
    expect(mail?.link).toMatch(`${base}/_emulator/reset-password?`);
    expect((await fetch(mail?.link ?? '')).status).toBe(200);
  }
});

test('a request for another sandbox is refused there, naming both; one for the same is not', async () => {
  const { url } = await emulator.sandbox('w1').listen();
  const both = (from: string) => `the request names two sandboxes, 'w2' (${from}) and 'w1' (the port): send one`;
  for (const [path, headers, from] of [
    ['/sandbox/w2', {}, 'the path'],
    ['', { 'X-Emulator-Sandbox': 'w2' }, 'X-Emulator-Sandbox'],
    ['', { baggage: 'emulator-sandbox=w2' }, 'baggage'],
  ] as const) {
    const answer = await sender(url + path)('GET /users/1', { headers });
    expect([answer.status, answer.json]).toEqual([400, { errors: { base: [both(from)] } }]);
    const control = await sender(url + path)('GET /_emulator', { headers });
    expect(control).toMatchObject({ status: 400, json: { detail: both(from) } });
    await expect(connectChat(chatOf(url) + path, { headers })).rejects.toThrow(both(from));
  }
  expect(await emulator.sandboxes.list()).toEqual(['w1']);
  for (const path of ['', '/sandbox/w1'])
    expect((await sender(url + path)('GET /_emulator', { headers: { 'X-Emulator-Sandbox': 'w1' } })).status).toBe(200);
});

test('the list has addresses, users, requests and the time of the last one', async () => {
  const { url, port } = await emulator.sandbox('w1').listen();
  await emulator.sandbox('w1').clock.freeze('2026-01-01T00:00:00Z');
  await sender(url)('GET /users/1');
  await emulator.sandboxes.create('w2');
  const common = { users: 9, requests: 0, last_request_at: null };
  expect(await connect(emulator.url).sandboxes.details()).toEqual([
    {
      ...common,
      name: 'w1',
      url,
      https_url: url.replace('http', 'https'),
      port,
      requests: 1,
      last_request_at: '2026-01-01T00:00:00.000Z',
    },
    {
      ...common,
      name: 'w2',
      url: `${emulator.url}/sandbox/w2`,
      https_url: `${emulator.httpsUrl}/sandbox/w2`,
      port: null,
    },
  ]);
});

test('an emulator that stops closes all ports, and the chat on them', async () => {
  const stopping = await createEmulator({ seed: true });
  const urls = [];
  for (const name of ['w1', 'w2']) urls.push((await stopping.sandbox(name).listen()).url);
  const chat = await connectChat(chatOf(urls[0] ?? ''));
  await stopping.close();
  await chat.end();
  for (const url of urls) expect(await connectionError(url)).toBe('ECONNREFUSED');
});

test('a thousand sandboxes may have a port of their own', async () => {
  await using many = await createEmulator({ seed: true });
  const names = Array.from({ length: 1000 }, (_, at) => `s${at}`);
  const ports = await Promise.all(names.map(async (name) => (await many.sandbox(name).listen()).port));
  expect(new Set(ports).size).toBe(1000);
  expect(await rejectionOf(many.sandbox('more').listen())).toMatchObject({
    status: 429,
    message: '1000 sandboxes have ports of their own: delete one of them',
  });
  await many.sandboxes.delete('s500');
  await vi.waitFor(() => many.sandbox('more').listen());
});
