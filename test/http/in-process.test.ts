import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
// msw replaces the functions of the module's object
import https from 'node:https';
import { json as readJson } from 'node:stream/consumers';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { person, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';

let silent: Emulator;
let listening: Emulator;
beforeAll(async () => {
  silent = await createPopulated({ listen: false, deterministic: true });
  listening = await createPopulated({ deterministic: true });
});
afterAll(() => Promise.all([silent.close(), listening.close()]));

/** An answer without the headers of its connection, and without its second. */
async function seen(answer: Response) {
  const { status, statusText } = answer;
  const headers = [...answer.headers]
    .filter(([name]) => !/^(connection|keep-alive)$/.test(name))
    .map(([name, value]) => [name, name === 'date' ? value.replace(/\d\d:\d\d:\d\d/, 'hh:mm:ss') : value]);
  return { status, statusText, headers, text: await answer.text() };
}

describe.each(SERVICES)('at $name', (service) => {
  const { id } = person(service, 'anna');
  const own = { application_id: service.app.id, auth_key: service.app.auth_key };
  const json = { 'Content-Type': 'application/json', ...service.headers };

  test.each<[path: string, init?: RequestInit]>([
    [`/users/${id}`],
    [`/users/${id}.xml`],
    ['/users/99999'],
    ['/nothing?x=%zz'],
    ['/users/1', { method: 'HEAD' }],
    ['/users', { method: 'OPTIONS' }],
    ['/session', { method: 'POST', headers: json, body: JSON.stringify(own) }],
    ['/session', { method: 'POST', body: new URLSearchParams({ application_id: '1' }) }],
    ['/session', { method: 'POST', headers: json, body: '{' }],
    ['/users', { method: 'POST', headers: json, body: 'x'.repeat(1_100_000) }],
    [`/users/${id}`, { method: 'DELETE' }],
    [`/users/${id}`, { headers: { 'X-Emulator-Fault': '503' } }],
    ['/_emulator/health'],
    ['/_emulator/users'],
  ])('%s, case %#: the answer is that of the network', async (path, init = {}) => {
    for (const emulator of [silent, listening]) await emulator.reset();
    const tokenOf = async (emulator: Emulator) =>
      (await emulator.sessions.create({ app: service.app.id, user: id })).token;
    const initOf = async (emulator: Emulator) => ({
      ...init,
      headers: { ...(init.headers as object), [service.tokenHeader]: await tokenOf(emulator) },
    });
    const inProcess = await silent.fetch(new Request(silent.url + path, await initOf(silent)));
    const overNetwork = await fetch(listening.url + path, await initOf(listening));
    expect(await seen(inProcess)).toEqual(await seen(overNetwork));
  });

  test('through msw, an application reaches the emulator at the address of the real service', async () => {
    const msw = setupServer(
      http.all('https://api.example.com/*', ({ request }) => silent.fetch(request)),
      http.get('https://other.example.com/', () => HttpResponse.text('another mock')),
    );
    msw.listen({ onUnhandledRequest: 'error' });
    onTestFinished(() => msw.close());
    await silent.reset();
    const { token } = await silent.sessions.create({ app: service.app.id, user: id });
    const headers = { [service.tokenHeader]: token, ...service.headers };
    // over fetch
    const shown = await fetch(`https://api.example.com/users/${id}`, { headers });
    expect([shown.status, await shown.json()]).toMatchObject([200, { user: { id } }]);
    // over Node's own client, as axios and others use it
    const body = JSON.stringify({ user: { full_name: 'Anna Ä' } });
    const message = https.request(`https://api.example.com/users/${id}`, {
      method: 'PUT',
      headers: { ...headers, ...json, Connection: 'keep-alive', 'Content-Length': Buffer.byteLength(body) },
    });
    message.end(body);
    const [updated]: IncomingMessage[] = await once(message, 'response');
    expect([updated!.statusCode, await readJson(updated!)]).toMatchObject([200, { user: { full_name: 'Anna Ä' } }]);
    expect(await (await fetch('https://other.example.com/')).text()).toBe('another mock');
    const [entry] = await silent.requests.list({ operation: 'users.show' });
    expect(entry!.request.url).toBe(`https://api.example.com/users/${id}`);
  });
});

test('a header leads into a sandbox, and so does a path', async () => {
  await silent.fetch(new Request('https://api.example.com/users/1', { headers: { 'X-Emulator-Sandbox': 'w1' } }));
  await silent.fetch(new Request(`${silent.sandbox('w1').url}/users/1`));
  expect(await silent.sandbox('w1').requests.list()).toHaveLength(2);
});

test.each(['reset', 'empty'])('a connection that a fault drops (%s) rejects like fetch', async (drop) => {
  const request = new Request(`${silent.url}/users/1`, { headers: { 'X-Emulator-Fault': `drop=${drop}` } });
  const failure = await silent.fetch(request).catch((error) => error);
  expect(failure).toBeInstanceOf(TypeError);
  expect(failure).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } });
});

test.each(['reset', 'empty'])(
  'a connection that breaks in the middle of an answer (%s) fails its body',
  async (drop) => {
    const headers = { 'X-Emulator-Fault': `truncated; drop=${drop}` };
    const answer = await silent.fetch(new Request(`${silent.url}/users/99999`, { headers }));
    expect(answer.headers.get('Content-Length')).toMatch(/^\d\d+$/);
    await expect(answer.text()).rejects.toMatchObject({ code: 'ECONNRESET' });
  },
);

test('the signal of the request ends it', async () => {
  const signal = AbortSignal.timeout(50);
  const request = new Request(`${silent.url}/users/1`, { headers: { 'X-Emulator-Fault': 'drop=hang' }, signal });
  await expect(silent.fetch(request)).rejects.toMatchObject({ name: 'TimeoutError' });
  const aborted = new Request(silent.url, { signal: AbortSignal.abort() });
  await expect(silent.fetch(aborted)).rejects.toMatchObject({ name: 'AbortError' });
});

test('events stream, and end with the emulator', async () => {
  const emulator = await createEmulator({ listen: false, seed: true });
  const { body } = await emulator.fetch(new Request(`${emulator.url}/_emulator/events`));
  const chunks = body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  await emulator.clock.freeze();
  let text = '';
  while (!text.includes('event: clock')) text += (await chunks.next()).value;
  await emulator.close();
  while (!(await chunks.next()).done);
  await expect(emulator.fetch(new Request(emulator.url))).rejects.toMatchObject({
    message: 'fetch failed',
    cause: { message: 'the emulator is closed' },
  });
});

test('closing ends what hangs, and does not wait for answers that nobody reads', async () => {
  const emulator = await createEmulator({ listen: false, seed: true });
  const send = (fault: string) =>
    emulator.fetch(new Request(`${emulator.url}/users/1`, { headers: { 'X-Emulator-Fault': fault } }));
  expect((await send('503')).bodyUsed).toBe(false);
  const hanging = send('drop=hang').catch((error) => error);
  await expect.poll(() => emulator.requests.list()).toHaveLength(2);
  await emulator.close();
  expect(await hanging).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } });
});

test('a hundred requests at once', async () => {
  const sandbox = createTestSandbox(silent, SERVICES[0]!);
  const token = await sandbox.tokenOf('anna');
  const answers = await Promise.all(
    Array.from({ length: 100 }, () =>
      silent.fetch(
        new Request(`${sandbox.control.url}/users/${person(SERVICES[0]!, 'ben').id}`, {
          headers: { 'CB-Token': token },
        }),
      ),
    ),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
});

test('without a port, options that need one are refused', async () => {
  await expect(createEmulator({ listen: false, port: 4230 })).rejects.toThrow('port is of no use with listen: false');
  await expect(createEmulator({ listen: 'no' as never })).rejects.toThrow('listen must be true or false');
  await expect(silent.intercept()).rejects.toThrow('leave out listen: false');
  await expect(fetch(silent.url)).rejects.toThrow();
});
