import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { seeded, sender } from '../support/http.ts';

let emulator: Emulator;
let token: string;
beforeAll(async () => {
  ({ emulator } = await seeded());
  ({ token } = await emulator.sessions.create());
});
afterAll(() => emulator.close());

const post = (path: string, body: Buffer | string, headers: Readonly<Record<string, string>>) =>
  fetch(emulator.url + path, { method: 'POST', body, headers: { 'CB-Token': token, ...headers } });

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
  ['GZIP', gzipSync],
])('a body compressed with %s is read', async (encoding, compress) => {
  const body = JSON.stringify({ user: { login: `by_${encoding}_${compress.name}`, password: 'secret123' } });
  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': encoding };
  const answer = await post('/users', compress(body), headers);
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ user: { login: `by_${encoding}_${compress.name}` } });
});

test('a body that is too large after decompression is refused, and the connection stays usable', async () => {
  const expanding = gzipSync(Buffer.alloc(20_000_000, ' '));
  const answer = await post('/users', expanding, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
  expect([answer.status, await answer.text()]).toEqual([
    413,
    '{"errors":{"base":["Request body is larger than 1048576 bytes"]}}',
  ]);
  expect((await fetch(`${emulator.url}/_emulator/health`)).status).toBe(200);
});

test('a body that is not compressed as its header says is malformed', async () => {
  const answer = await post('/users', '{"user":{}}', { 'Content-Encoding': 'gzip' });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toMatch(/^{"errors":{"base":\["Malformed request body: /);
});

test('a chunked body over the limit gets an answer', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(emulator.url);
    const socket = connect(Number(port), hostname);
    socket.setTimeout(10_000, () => reject(new Error('no answer')));
    socket.once('data', (bytes) => {
      resolve(bytes.toString().split('\r\n')[0]!);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.write('POST /users HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    const piece = `10000\r\n${' '.repeat(65_536)}\r\n`;
    for (let sent = 0; sent < 20; sent++) socket.write(piece);
  });
  expect(answer).toBe('HTTP/1.1 413 Payload Too Large');
});

test('the control plane reads compressed bodies, and reports unreadable ones as a problem', async () => {
  const wrong = await post('/_emulator/users/generate', '{"count":', { 'Content-Type': 'application/json' });
  expect([wrong.status, wrong.headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
  expect(await wrong.json()).toMatchObject({
    status: 400,
    detail: 'the body is not valid JSON: Unexpected end of JSON input',
  });

  const unknown = await post('/_emulator/users/generate', '{}', { 'Content-Encoding': 'compress' });
  expect(await unknown.json()).toMatchObject({ status: 415, detail: 'unsupported content encoding "compress"' });

  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  const generated = await post('/_emulator/users/generate', gzipSync('{"count":2}'), headers);
  expect(await generated.json()).toMatchObject({ count: 2 });

  const form = await post('/_emulator/users/generate', 'count=1', {
    'Content-Type': 'application/x-www-form-urlencoded',
  });
  expect(await form.json()).toMatchObject({ count: 1 });
});

test('only imports accept large bodies: no other operation of the control plane decompresses them', async () => {
  const expanding = gzipSync(Buffer.alloc(2_000_000, ' '));
  const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
  for (const path of ['reset-password', 'reset', 'users', 'requests/verify']) {
    const answer = await post(`/_emulator/${path}`, expanding, headers);
    expect(await answer.json()).toMatchObject({ status: 413, detail: 'the body is larger than 1048576 bytes' });
  }
  const room = Buffer.alloc(2_000_000, ' ');
  const fixture = gzipSync(Buffer.concat([Buffer.from('{"applications":[]'), room, Buffer.from('}')]));
  const imported = await post('/sandbox/large/_emulator/import', fixture, headers);
  expect([imported.status, await imported.json()]).toEqual([200, { mode: 'replace', applications: [] }]);
});

test('too deeply nested bodies and invalid UTF-8 of the control plane are refused, not internal errors', async () => {
  const reported: unknown[] = [];
  await using own = await createEmulator({ seed: true, onError: (error) => reported.push(error) });
  const send = sender(own.url);
  const deep = `{"match":{"params":${'{"a":'.repeat(40)}1${'}'.repeat(40)}}}`;
  const json = { 'Content-Type': 'application/json' };
  expect((await send('POST /_emulator/requests/verify', { body: deep, headers: json })).json).toMatchObject({
    status: 400,
    detail: 'nested deeper than 32 levels',
  });
  const odd = { a: { toString: 1 } };
  expect((await send('PATCH /_emulator/settings', { body: { rate_limit: odd.a } })).json).toMatchObject({
    status: 422,
    detail: expect.stringContaining("'rate_limit' is 'off' or"),
  });
  const fixture = { applications: [{ id: 7, auth_key: 'k', settings: { session_ttl: odd.a } }] };
  expect((await send('POST /_emulator/import', { body: fixture })).status).toBe(422);
  await send('POST /users', { body: odd });
  for (const a of [odd.a, 'x', { toString: { toString: 'x' } }])
    expect((await send('POST /_emulator/requests/verify', { body: { match: { params: { a } } } })).status).toBe(
      a === odd.a ? 200 : 417,
    );
  expect(reported).toEqual([]);
});
