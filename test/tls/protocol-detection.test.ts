import { once } from 'node:events';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type RawRequest, rawRequest } from '../support/http.ts';
import { connectionError } from '../support/socket.ts';

const stateDir = temporaryFolder();
const otherDir = temporaryFolder();
const JSON_TYPE = { 'Content-Type': 'application/json' };
let emulator: Emulator;
let ca: string;
let port: number;

beforeAll(async () => {
  emulator = await createEmulator({ seed: true, stateDir });
  ca = await emulator.ca;
  port = Number(new URL(emulator.url).port);
});
afterAll(() => emulator.close());

const both = () => [
  { url: emulator.url, request: (request: RawRequest) => rawRequest(emulator.url, request) },
  { url: emulator.httpsUrl, request: (request: RawRequest) => rawRequest(emulator.httpsUrl, { ...request, ca }) },
];

test('http and https share one port', () => {
  expect(emulator.httpsUrl).toBe(emulator.url.replace('http:', 'https:'));
});

// doc: the answers' examples
describe('both dialects over both protocols', () => {
  test('ConnectyCube: a session, then a user by id', async () => {
    for (const { request } of both()) {
      const session = await request({
        method: 'POST',
        path: '/session',
        headers: JSON_TYPE,
        body: '{"application_id":230,"auth_key":"29WfrNWdvkhmX6V","user":{"login":"Dacia","password":"petU4or!"}}',
      });
      expect(session.status).toBe(201);
      const { token } = JSON.parse(session.text).session;
      const user = await request({ method: 'GET', path: '/users/51946', headers: { 'CB-Token': token } });
      expect([user.status, JSON.parse(user.text).user.full_name]).toEqual([200, 'Gabrielle Corcoran']);
    }
  });

  test('QuickBlox: a user as JSON and as XML', async () => {
    const { token } = await emulator.sessions.create({ user: null, app: 22 });
    for (const { request } of both()) {
      const headers = { 'QB-Token': token };
      const json = await request({ method: 'GET', path: '/users/87.json', headers });
      expect([json.status, JSON.parse(json.text).user.login]).toEqual([200, 'Kitty']);
      const xml = await request({ method: 'GET', path: '/users/87.xml', headers });
      expect([xml.status, xml.headers.get('content-type')]).toEqual([200, 'application/xml; charset=utf-8']);
      expect(xml.text).toContain('<login>Kitty</login>');
    }
  });
});

test('a link in a mail has the scheme of its request', async () => {
  const { token } = await emulator.sessions.create();
  for (const { url, request } of both()) {
    await emulator.outbox.clear();
    const path = '/users/password/reset?email=dacia_k@domain.com';
    await request({ method: 'GET', path, headers: { 'CB-Token': token } });
    const mail = await emulator.outbox.waitFor();
    expect(new URL(mail.link).origin).toBe(url);
  }
});

test('a body of many TLS records arrives whole over both', async () => {
  const users = Array.from({ length: 20_000 }, (_, at) => ({
    id: at + 1,
    login: `person${at}`,
    custom_data: 'x'.repeat(50),
  }));
  for (const { url, request } of both()) {
    const path = `/sandbox/large-${new URL(url).protocol.slice(0, -1)}/_emulator/import`;
    const { status, text } = await request({ method: 'POST', path, headers: JSON_TYPE, body: JSON.stringify(users) });
    expect([status, JSON.parse(text).applications[0]]).toEqual([200, { id: 230, users: 20_000 }]);
  }
});

test('the first bytes can arrive one at a time', async () => {
  const slow = await slowProxy(port);
  const address = `127.0.0.1:${(slow.address() as { port: number }).port}`;
  const request = { method: 'GET', path: '/_emulator/health' };
  expect((await rawRequest(`http://${address}`, request)).status).toBe(200);
  expect((await rawRequest(`https://${address}`, { ...request, ca })).status).toBe(200);
  slow.close();
});

test('pipelined requests are answered in order', async () => {
  const socket = connect(port, '127.0.0.1');
  const path = (name: string) => `GET /${name} HTTP/1.1\r\nHost: localhost\r\n`;
  socket.write(`${path('nothing')}\r\n${path('_emulator/health')}Connection: close\r\n\r\n`);
  const statuses = [...(await receivedBy(socket)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses).toEqual(['404', '200']);
});

describe('connections without a valid request', () => {
  test('invalid TLS ends that connection alone', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(Buffer.from([0x16, 3, 1, 0, 5, 1, 2, 3, 4, 5, 6, 7, 8]));
    await receivedBy(socket);
    for (const { request } of both())
      expect((await request({ method: 'GET', path: '/_emulator/health' })).status).toBe(200);
  });

  test('text that is not HTTP is answered with 400', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('hello\r\n\r\n');
    expect(await receivedBy(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('a client without the CA refuses the connection, and the server goes on', async () => {
    await using other = await createEmulator({ stateDir: otherDir });
    const request = { method: 'GET', path: '/_emulator/health', ca: await other.ca };
    expect((await rawRequest(other.httpsUrl, request)).status).toBe(200);
    expect(await rawRequest(emulator.httpsUrl, request).catch(({ code }) => code)).toBe('SELF_SIGNED_CERT_IN_CHAIN');
    expect((await both()[1]!.request({ method: 'GET', path: '/_emulator/health' })).status).toBe(200);
  });
});

describe('a fault that drops the connection, over https', () => {
  test.each(['reset', 'empty'])('%s', async (drop) => {
    const headers = { 'X-Emulator-Fault': `drop=${drop}` };
    const lost = both()[1]!
      .request({ method: 'GET', path: '/users/1', headers })
      .then(
        ({ status, text }) => `${status} ${text}`,
        ({ code }) => code,
      );
    expect(await lost).toBe('ECONNRESET');
  });
});

test('closing ends every connection, whatever its state', async () => {
  const own = await createEmulator({ stateDir });
  const trusted = await own.ca;
  const own_port = Number(new URL(own.url).port);
  const keepAlive = { keepAlive: true };
  await answered(httpRequest(`${own.url}/_emulator/health`, { agent: new HttpAgent(keepAlive) }));
  await answered(httpsRequest(`${own.httpsUrl}/_emulator/health`, { agent: new HttpsAgent(keepAlive), ca: trusted }));
  const silent = connect(own_port, '127.0.0.1');
  const partial = connect(own_port, '127.0.0.1', () => partial.write(Buffer.from([0x16])));
  const idle = connectTls({ port: own_port, host: '127.0.0.1', ca: trusted });
  await Promise.all([once(silent, 'connect'), once(partial, 'connect'), once(idle, 'secureConnect')]);
  const ended = Promise.all([silent, partial, idle].map((socket) => receivedBy(socket)));
  const began = performance.now();
  await own.close();
  await ended;
  expect(performance.now() - began, 'less than the grace period').toBeLessThan(2000);
  const refused = await connectionError(own.url);
  expect(refused).toBe('ECONNREFUSED');
});

/** A proxy to a port that forwards the first bytes of each connection one at a time. */
async function slowProxy(to: number): Promise<Server> {
  const server = createServer(async (client) => {
    const upstream = connect(to, '127.0.0.1');
    upstream.setNoDelay(true).pipe(client);
    let left = 8;
    for await (const chunk of client as AsyncIterable<Buffer>) {
      for (const byte of chunk.subarray(0, left)) {
        upstream.write(Buffer.from([byte]));
        await sleep(2);
      }
      upstream.write(chunk.subarray(left));
      left = Math.max(0, left - chunk.length);
    }
    upstream.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function answered(request: ReturnType<typeof httpRequest>): Promise<void> {
  request.end();
  const [response] = await once(request, 'response');
  response.resume();
  await once(response, 'end');
}

/** Everything that a connection receives until it ends or fails. */
function receivedBy(socket: Socket): Promise<string> {
  return new Promise((said) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', () => {}).on('close', () => said(text));
  });
}
