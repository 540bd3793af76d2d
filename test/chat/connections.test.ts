import { describe, expect, onTestFinished, test } from 'vitest';
import { createEmulator, type EmulatorOptions } from '../../src/index.ts';
import { bound, CLOSE, connectChat, logIn, NOT_AUTHORIZED, SUCCESS, streamError } from '../support/chat-client.ts';
import { temporaryFolder } from '../support/folder.ts';
import { rawRequest } from '../support/http.ts';
import { person, SERVICES } from '../support/services.ts';
import { exchangeBytes } from '../support/socket.ts';
import { createPopulated } from '../support/test-sandbox.ts';

const [service] = SERVICES;
const anna = person(service!, 'anna');
const name = `${anna.id}-${service!.app.id}`;
const password = String(anna.password);

async function start(options: EmulatorOptions = {}) {
  const emulator = await createPopulated(options);
  onTestFinished(() => emulator.close());
  return emulator;
}

describe('ports', () => {
  test('https on the same port', async () => {
    const emulator = await start({ stateDir: temporaryFolder() });
    const url = emulator.chatUrl.replace('ws:', 'wss:');
    const { answer } = await logIn(url, name, password, { ca: await emulator.ca });
    expect(answer).toBe(SUCCESS);
  });

  test('a port of its own, which also serves everything else', async () => {
    const emulator = await start({ chat: 0 });
    const port = new URL(emulator.chatUrl).port;
    expect(port).not.toBe(new URL(emulator.url).port);
    for (const url of [emulator.chatUrl, emulator.url.replace('http', 'ws')])
      expect((await logIn(url, name, password)).answer).toBe(SUCCESS);
    expect((await fetch(`http://127.0.0.1:${port}/_emulator/health`)).status).toBe(200);
  });

  test('a chat port that is taken', async () => {
    const other = await start();
    const chat = Number(new URL(other.url).port);
    await expect(createEmulator({ chat })).rejects.toThrow(
      `port ${chat} is in use: choose another with chat, or 0 for any free one`,
    );
  });

  test('B17: without the chat, a websocket gets 501, and the journal shows it', async () => {
    const emulator = await start({ chat: false });
    await expect(connectChat(emulator.chatUrl)).rejects.toThrow(
      '501 {"errors":{"base":["this is a connection to the chat, which is turned off (--no-chat)"]}}',
    );
    expect(await emulator.requests.list({ operation: 'chat.connect' })).toMatchObject([
      { status: 501, errors: ['not_emulated'], path: '/' },
    ]);
  });
});

const WEBSOCKET = [
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xmpp\r\n',
].join('');

describe('the handshake', () => {
  test.each([
    ['without the subprotocol', [], '/', "the chat speaks XMPP: offer the websocket subprotocol 'xmpp'"],
    ['with another subprotocol', ['graphql-ws'], '/', "the chat speaks XMPP: offer the websocket subprotocol 'xmpp'"],
    [
      'for a sandbox that can have no such name',
      ['xmpp'],
      '/sandbox/a%20b',
      "'a%20b' is not a valid sandbox name: use 1 to 64 letters, digits, dots, dashes or underscores",
    ],
  ])('%s is refused', async (_case, protocols, path, reason) => {
    const emulator = await start();
    await expect(connectChat(emulator.chatUrl + path, { protocols })).rejects.toThrow(
      `400 ${JSON.stringify({ errors: { base: [reason] } })}`,
    );
  });

  test('a malformed one is refused in JSON', async () => {
    const { url } = await start();
    const request =
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n';
    const answer = await exchangeBytes(url, [request]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/json/);
    expect(answer).toContain('{"errors":{"base":["Missing or invalid Sec-WebSocket-Key header"]}}');
  });

  test.each([
    ['at once', ['5\r\nhello\r\n0\r\n\r\n']],
    ['later', ['', '5\r\nhello\r\n0\r\n\r\n']],
    ['never', []],
    ['broken', ['', 'zz\r\n']],
  ])('a websocket with a body that comes %s does no harm', async (_when, [first = '', ...more]) => {
    const { url } = await start();
    const request = `GET / HTTP/1.1\r\nHost: x\r\n${WEBSOCKET}Transfer-Encoding: chunked\r\n\r\n`;
    const received = await exchangeBytes(url, [request + first, ...more], { until: (text) => text.includes('\r\n') });
    expect(received).toContain('HTTP/1.1 101 ');
    expect((await fetch(`${url}/_emulator/health`)).status).toBe(200);
  });

  test.each(['http', 'https'])('an offer of HTTP/2 over %s is ignored, body and all', async (scheme) => {
    const emulator = await start({ stateDir: temporaryFolder() });
    const { id, auth_key } = service!.app;
    const answer = await rawRequest(scheme === 'http' ? emulator.url : emulator.httpsUrl, {
      method: 'POST',
      path: '/session',
      headers: {
        Connection: 'Upgrade, HTTP2-Settings',
        Upgrade: 'h2c',
        'HTTP2-Settings': 'AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA',
        'Content-Type': 'application/json',
      },
      body: JSON.stringify({ application_id: id, auth_key }),
      ca: await emulator.ca,
    });
    expect(answer.status).toBe(201);
  });
});

describe('sandboxes', () => {
  test('a path chooses one', async () => {
    const emulator = await start();
    const sandbox = emulator.sandbox('w1');
    const { token } = await sandbox.sessions.create({ user: anna.id });
    const client = await logIn(`${emulator.chatUrl}/sandbox/w1`, name, token);
    expect(client.answer).toBe(SUCCESS);
    expect(await sandbox.requests.list({ operation: 'chat.connect' })).toMatchObject([{ path: '/sandbox/w1' }]);
  });

  test('without a path, the token does', async () => {
    const emulator = await start();
    const sandbox = emulator.sandbox('w1');
    const { token } = await sandbox.sessions.create({ user: anna.id });
    const client = await logIn(emulator.chatUrl, name, token);
    expect(client.answer).toBe(SUCCESS);
    await sandbox.reset();
    expect((await client.end()).code).toBe(1000);
  });

  test('a token that several sandboxes know chooses none', async () => {
    const emulator = await start({ deterministic: true });
    const tokens = await Promise.all(
      ['w1', 'w2'].map((each) => emulator.sandbox(each).sessions.create({ user: anna.id })),
    );
    expect(tokens[0]!.token).toBe(tokens[1]!.token);
    expect((await logIn(emulator.chatUrl, name, tokens[0]!.token)).answer).toBe(NOT_AUTHORIZED);
  });

  test('a websocket creates none before it logs in', async () => {
    const emulator = await start();
    const client = await connectChat(`${emulator.chatUrl}/sandbox/w1`);
    client.socket.close();
    await client.end();
    expect(await emulator.sandboxes.list()).toEqual([]);
  });
});

describe('faults', () => {
  const TEMPORARY = NOT_AUTHORIZED.replace('not-authorized', 'temporary-auth-failure');
  test.each([
    ['the status 503', { status: 503 }, TEMPORARY, 503],
    ['the status 401', { status: 401 }, NOT_AUTHORIZED, 401],
    ['an error', { error: 'session_missing' as const }, NOT_AUTHORIZED, 401],
  ])('%s fails the login once', async (_case, effect, failure, status) => {
    const emulator = await start();
    const fault = await emulator.faults.add({ match: { operation: 'chat.connect' }, times: 1, ...effect });
    expect((await logIn(emulator.chatUrl, name, password)).answer).toBe(failure);
    expect((await logIn(emulator.chatUrl, name, password)).answer).toBe(SUCCESS);
    expect(await emulator.requests.list()).toMatchObject([{ status, fault: fault.id }, { status: 101 }]);
  });

  test.each([
    ['reset', 1006],
    ['empty', 1006],
  ] as const)('%s drops the connection', async (drop, code) => {
    const emulator = await start();
    await emulator.faults.add({ match: { user: 'anna' }, drop });
    const error = await logIn(emulator.chatUrl, name, password).catch(({ message }) => message);
    expect(error).toBe(`the connection ended with ${code}`);
  });

  test('a delay holds the login up', async () => {
    const emulator = await start();
    await emulator.faults.add({ match: { operation: 'chat.connect' }, delay: 300 });
    const started = performance.now();
    expect((await logIn(emulator.chatUrl, name, password)).answer).toBe(SUCCESS);
    expect(performance.now() - started).toBeGreaterThan(290);
  });
});

test('the connections end when the server stops', async () => {
  const emulator = await createPopulated();
  const client = await bound(emulator.chatUrl, name, password);
  const idle = await connectChat(emulator.chatUrl);
  await emulator.close();
  for (const each of [client, idle]) expect((await each.end()).frames).toEqual([streamError('system-shutdown'), CLOSE]);
});

test('a request on a connection after an offer of HTTP/2 is answered, too', async () => {
  const { url } = await start();
  const request = (more: string) => `GET /_emulator/health HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n';
  const answers = await exchangeBytes(url, [request(offer), request('')], {
    until: (received) => received.split('{"status":"ok"}').length === 3,
  });
  expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
});

test('a fault whose effects are all for HTTP lets a login pass, and waits for a request', async () => {
  const emulator = await start();
  await emulator.faults.add({ times: 1, headers: { 'X-A': '1' } });
  await emulator.faults.add({ times: 1, body: 'truncated' });
  await emulator.faults.add({ times: 1, trickle: 10 });
  await emulator.faults.add({ match: { operation: 'chat.connect' }, after: 1, status: 503 });
  const { answer } = await logIn(emulator.chatUrl, name, password);
  expect(answer).toBe(SUCCESS);
  expect((await emulator.faults.list()).map(({ seen, hits }) => [seen, hits])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
    [1, 0],
  ]);
  expect((await emulator.evidence()).items.map(({ of }) => of)).toEqual(['operation:chat.connect']);
  expect((await logIn(emulator.chatUrl, name, password)).answer).toContain('temporary-auth-failure');
});

describe('after requests that are not answered yet', () => {
  const get = (more = '') => `GET /users/1 HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
  const upgrade = (protocol: string) => `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`;

  test.each([
    ['an offer of HTTP/2', get(upgrade('h2c')) + get(), ['403', '403', '403', '403']],
    ['a websocket', get(WEBSOCKET), ['403', '403', '101']],
    ['a CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', ['403', '403', '400']],
    ['bytes that are no request', '\x16\x03 hello\r\n\r\n', ['403', '403', '400']],
    ['a head that is too large', get(`X-Long: ${'x'.repeat(20_000)}\r\n`), ['403', '403', '431']],
    ['a broken chunk', `${get('Transfer-Encoding: chunked\r\n')}zz\r\n`, ['403', '403', '400']],
  ])('%s waits for their answers', async (_case, bytes, statuses) => {
    const { url, faults } = await start();
    await faults.add({ delay: 50 });
    const received = await exchangeBytes(url, [get() + get() + bytes], {
      until: (text) => text.split('HTTP/1.1 ').length > statuses.length,
    });
    expect([...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(statuses);
  });
});
