import { existsSync, readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator, UsageError } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { NOW, type Send, seeded, sender } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';
import { describeEachTransport } from './each-transport.ts';

const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };
const MIA = { user: { login: 'mia', password: 'secret123' } };
const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

describeEachTransport({}, (context) => {
  const signUp = (headers = {}) =>
    context.send('POST /users', { headers: { ...KEY, ...headers }, body: MIA, stubbed: true });
  const mias = async () => (await context.client.users.list({ search: 'mia' })).users.length;

  test('an answer that is lost after the change: the change is made, once, and the journal shows it', async () => {
    await context.client.faults.add({
      match: { operation: 'users.create' },
      times: 1,
      drop: 'reset',
      when: 'after',
    });
    await expect(signUp()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await mias()).toBe(1);
    const again = await signUp();
    expect([again.status, again.json]).toEqual([422, { errors: { base: ['login must be unique'] } }]);
    expect(await mias()).toBe(1);
    const [id] = (await context.client.users.list({ search: 'mia' })).users.map((user) => user.id);
    expect(
      (await context.client.requests.list()).map(({ status, response, changes }) => [status, response, changes]),
    ).toMatchObject([
      [0, null, expect.arrayContaining([expect.objectContaining({ user: id, change: 'created' })])],
      [422, { status: 422 }, []],
    ]);
  });

  test.each([
    [{ status: 503 }, 503, { errors: { base: ['Service Unavailable'] } }],
    [{ error: 'internal_error' }, 500, { errors: { base: ['Internal Server Error'] } }],
    [{ json: { queued: true } }, 201, { queued: true }],
    [{ json: null, status: 202 }, 202, null],
  ] as const)('%j after the change answers in place of the operation', async (effect, status, json) => {
    await context.client.faults.add({ match: { operation: 'users.create' }, times: 1, when: 'after', ...effect });
    const answer = await signUp();
    expect([answer.status, answer.json]).toEqual([status, json]);
    expect(await mias()).toBe(1);
  });

  test.each([
    [{ status: 503 }, 503],
    [{ json: {} }, 200],
    [{ body: 'closed' }, 200],
    [{ body: 'html' }, 502],
    [{ status: 503, body: 'truncated' }, 503],
  ] as const)('%j without `when` changes nothing', async (effect, status) => {
    await context.client.faults.add({ match: { operation: 'users.create' }, ...effect });
    expect((await signUp()).status).toBe(status);
    expect(await mias()).toBe(0);
  });

  test.each([
    { body: 'truncated' },
    { headers: { 'X-Trace': 'a' } },
    { trickle: 20 },
    { delay: 5, when: 'after' },
  ] as const)('%j alone lets the operation run', async (effect) => {
    await context.client.faults.add({ match: { operation: 'users.create' }, ...effect });
    expect((await signUp()).status).toBe(201);
    expect(await mias()).toBe(1);
  });

  test('a delay after the change: it is there while the client still waits', async () => {
    await context.client.faults.add({ match: { operation: 'users.create' }, times: 1, delay: 60_000, when: 'after' });
    const client = new AbortController();
    const headers = { ...KEY, 'Content-Type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(MIA), signal: client.signal };
    const aborted = expect(fetch(`${context.client.url}/users`, init)).rejects.toThrow('aborted');
    await expect.poll(mias).toBe(1);
    client.abort();
    await aborted;
  });

  test('a fault is listed with all its fields', async () => {
    const fault = {
      match: { operation: 'users.show' },
      when: 'after',
      json: { a: [1, null] },
      headers: { 'Retry-After': '5' },
      trickle: [10, 20],
    } as const;
    await context.client.faults.add(fault);
    expect(await context.client.faults.list()).toEqual([{ id: 'fault-1', ...fault, seen: 0, hits: 0 }]);
  });
});

describe('answers', () => {
  let emulator: Emulator;
  let send: Send;
  beforeAll(async () => {
    ({ emulator, send } = await seeded({ freezeTime: NOW }));
  });
  beforeEach(() => emulator.reset());
  afterAll(() => emulator.close());

  const show = async (suffix = '', headers: Record<string, string> = {}) => {
    const { token } = await emulator.sessions.create({ app: 22, user: 'Lena' });
    return send(`GET /users/1639${suffix}`, { headers: { 'QB-Token': token, ...headers }, stubbed: true });
  };

  test.each(['.json', '.xml'])('truncated (%s): the first half of the body, as if it were all', async (suffix) => {
    const whole = await show(suffix);
    await emulator.faults.add({ body: 'truncated' });
    const half = await show(suffix);
    expect([half.status, half.headers.get('Content-Type')]).toEqual([200, whole.headers.get('Content-Type')]);
    expect(half.text).toBe(whole.text.slice(0, Math.floor(whole.text.length / 2)));
    expect(half.headers.get('Content-Length')).toBe(String(Buffer.byteLength(half.text)));
    expect(half.json).toBeUndefined();
    expect((await emulator.requests.list()).at(-1)?.response?.body).toBe(half.text);
  });

  test.each(['.json', '.xml'])(
    'html (%s): the page of a load balancer, without the headers of the service',
    async (suffix) => {
      await emulator.faults.add({ times: 1, body: 'html' });
      const answer = await show(suffix);
      expect([answer.status, answer.text]).toEqual([502, BAD_GATEWAY]);
      expect(answer.headers.get('Content-Type')).toBe('text/html');
      expect(answer.headers.get('QuickBlox-REST-API-Version')).toBeNull();
      await emulator.faults.add({ times: 1, body: 'html', status: 504 });
      expect((await show(suffix)).text).toContain('<h1>504 Gateway Timeout</h1>');
    },
  );

  test('json and a text have the headers of the service, and their own type', async () => {
    await emulator.faults.add({ times: 1, json: { user: null } });
    const json = await show();
    expect([json.status, json.text, json.headers.get('Content-Type')]).toEqual([
      200,
      '{"user":null}',
      'application/json; charset=utf-8',
    ]);
    expect(json.headers.get('QuickBlox-REST-API-Version')).toBe('0.1.1');
    await emulator.faults.add({ times: 1, status: 503, body: 'closed for today' });
    const text = await show('.xml');
    expect([text.status, text.text, text.headers.get('Content-Type')]).toEqual([
      503,
      'closed for today',
      'text/plain; charset=utf-8',
    ]);
  });

  test('headers are added, or replace those of the same name', async () => {
    await emulator.faults.add({
      status: 429,
      headers: { 'retry-after': '7', 'X-Trace': 'a', 'Content-Type': 'text/x' },
    });
    const { status, headers } = await show();
    expect([status, ...['Retry-After', 'X-Trace', 'Content-Type'].map((name) => headers.get(name))]).toEqual([
      429,
      '7',
      'a',
      'text/x',
    ]);
  });

  test('an altered answer has no tag, so that nobody takes it for the true one later', async () => {
    const read = async (headers = {}) => {
      const { status, headers: answered, json } = await show('', headers);
      return [status, answered.get('ETag'), json];
    };
    await show();
    const [, tag, user] = await read();
    expect(tag).toMatch(/^"/);
    const ifChanged = { 'If-None-Match': String(tag) };
    expect(await read(ifChanged)).toEqual([304, tag, undefined]);
    expect(await read({ 'X-Emulator-Fault': 'truncated' })).toEqual([200, null, undefined]);
    expect(await read({ 'X-Emulator-Fault': 'json=1; when=after' })).toEqual([200, null, 1]);
    const [status, ownTag, json] = await read({ ...ifChanged, 'X-Emulator-Fault': 'json=1; when=after' });
    expect([status, json]).toEqual([200, 1]);
    expect(ownTag).not.toBe(tag);
    expect(await read()).toEqual([200, tag, user]);
  });

  /** An answer as it arrives: its pieces, and how it ends. */
  const watch = async (headers: Record<string, string>) => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const chunks: Buffer[] = [];
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${emulator.url}/users/51941`, { agent: false, headers: { 'CB-Token': token, ...headers } }, resolve).on(
        'error',
        reject,
      );
    });
    const end = await new Promise<string>((ended) => {
      response.on('data', (chunk) => {
        chunks.push(chunk);
        if (headers['X-Emulator-Fault']?.includes('hang'))
          expect
            .poll(async () => (await fetch(`${emulator.url}/_emulator/health`)).status)
            .toBe(200)
            .then(() => ended('open'));
      });
      response.on('end', () => ended('complete'));
      response.on('error', (error: NodeJS.ErrnoException) => ended(error.code ?? error.message));
    });
    response.destroy();
    const text = Buffer.concat(chunks).toString();
    return { length: Number(response.headers['content-length']), text, count: chunks.length, end };
  };

  test.each([
    ['body=truncated; drop=reset', 'ECONNRESET'],
    ['truncated; drop=empty', 'ECONNRESET'],
    ['drop=hang; body=truncated', 'open'],
    ['truncated; drop=reset; trickle=40', 'ECONNRESET'],
  ])('%s: the connection breaks in the middle of the answer', async (fault, end) => {
    await watch({}); // each use of the session moves the user's last request
    const whole = await watch({});
    const broken = await watch({ 'X-Emulator-Fault': fault });
    expect(whole).toMatchObject({ length: Buffer.byteLength(whole.text), end: 'complete' });
    expect(broken).toMatchObject({ length: whole.length, text: whole.text.slice(0, whole.text.length / 2), end });
  });

  test('trickle: the whole body, in pieces, the last one at the end of the time', async () => {
    await watch({}); // each use of the session moves the user's last request
    const whole = await watch({});
    const started = performance.now();
    const slow = await watch({ 'X-Emulator-Fault': 'trickle=300' });
    expect(performance.now() - started).toBeGreaterThanOrEqual(299);
    expect(slow).toMatchObject({ text: whole.text, length: whole.length, end: 'complete' });
    expect(slow.count).toBeGreaterThan(1);
  });

  test('an answer without a body is neither cut nor late', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const headers = { 'X-Emulator-Fault': 'truncated; trickle=60000' };
    const answer = await send('HEAD /users/51941', { token, headers, stubbed: true });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test.each([
    ['reset@after', 'ECONNRESET', 1],
    ['drop=empty; when=after', 'ECONNRESET', 1],
    ['reset', 'ECONNRESET', 0],
    ['503@after; header=Retry-After: 9', 503, 1],
    ['taken@after', 422, 1],
    ['json={"a; b": ";"}; status=202; when=after', 202, 1],
    ['body=Sorry, later; delay=1-5', 200, 0],
  ])('the header %j', async (header, outcome, created) => {
    const seen = await send('POST /users', {
      headers: { ...KEY, 'X-Emulator-Fault': header },
      body: MIA,
      stubbed: true,
    }).then(
      ({ status }) => status,
      ({ code }) => code,
    );
    expect(seen).toBe(outcome);
    expect((await emulator.users.list({ search: 'mia' })).total).toBe(created);
  });

  test.each([
    'reset@later',
    'after',
    'when=after',
    '503x2',
    '503@afterx2',
    'json={',
    'header=X',
    'header=Date: now',
    'trickle=long',
    'constructor=1',
    'delay=9-1',
  ])('the header %j is refused', async (header) => {
    const answer = await send('POST /users', { headers: { ...KEY, 'X-Emulator-Fault': header }, body: MIA });
    expect(answer.status).toBe(400);
    expect(answer.json.errors.base[0]).toMatch(/^X-Emulator-Fault: '.*' is none of 503, /);
    expect((await emulator.users.list({ search: 'mia' })).total).toBe(0);
  });

  test('fault add takes effects as words and as options', async () => {
    const added = async (...words: string[]) => {
      await emulator.faults.clear();
      const { code, err } = await runInProcess(['fault', 'add', ...words], { USERS_EMULATOR_URL: emulator.url });
      expect([code, err]).toEqual([0, '']);
      const [{ id: _, seen: __, hits: ___, ...fault } = {}] = await emulator.faults.list();
      return fault;
    };
    const match = { operation: 'users.create' };
    expect(await added('users.create:reset@after')).toEqual({ match, drop: 'reset', when: 'after' });
    for (const text of ['resetx1@after', 'reset@afterx1'])
      expect(await added(`users.create:${text}`)).toEqual({ match, drop: 'reset', when: 'after', times: 1 });
    expect(await added('users.create:truncatedx3')).toEqual({ match, body: 'truncated', times: 3 });
    expect(await added('users.create:takenx2@after')).toEqual({ match, error: 'taken', times: 2, when: 'after' });
    expect(await added('any:json={"a":[":",1]}; status=202')).toEqual({
      match: {},
      json: { a: [':', 1] },
      status: 202,
    });
    expect(
      await added('any', '--when', 'after', '--body', 'html', '--header', 'Retry-After: 5', '--trickle', '10-20'),
    ).toEqual({ match: {}, when: 'after', body: 'html', headers: { 'Retry-After': '5' }, trickle: [10, 20] });
    expect(await added('stub:GET /a/:id:hang')).toEqual({ match: { operation: 'stub:GET /a/:id' }, drop: 'hang' });
    expect(await added('stub:GET /a/:id', '--drop', 'hang')).toEqual({
      match: { operation: 'stub:GET /a/:id' },
      drop: 'hang',
    });
    const { out } = await runInProcess(['fault', 'list'], { USERS_EMULATOR_URL: emulator.url });
    expect(out).toMatch(/operation=stub:GET \/a\/:id +drop=hang +always/);
  });
});

describe('--fault', () => {
  const effect = async (fault: unknown) => {
    await using emulator = await createEmulator({ fault: fault as string, listen: false });
    return (await emulator.faults.list()).map(({ id: _, seen: __, hits: ___, ...each }) => each);
  };

  test('takes the words of the header, and objects', async () => {
    const match = { operation: 'users.create' };
    expect(await effect('users.create:reset@after')).toEqual([{ match, drop: 'reset', when: 'after' }]);
    expect(await effect(['users.create:htmlx1', { match, status: 500 }])).toEqual([
      { match, body: 'html', times: 1 },
      { match, status: 500 },
    ]);
    expect(await effect('users.create:header=Retry-After: 5; 503')).toEqual([
      { match, headers: { 'Retry-After': '5' }, status: 503 },
    ]);
  });

  test('several of them in a variable are separated by commas', async () => {
    const { readConfig } = await import('../../src/config/config.ts');
    const { fault } = readConfig({}, { env: { USERS_EMULATOR_FAULT: 'any:json={"a":1,"b":2}, users.show:503' } });
    expect(fault).toEqual([
      { match: {}, json: { a: 1, b: 2 } },
      { match: { operation: 'users.show' }, status: 503 },
    ]);
  });

  test.each(['users.create:', 'users.create:soon', 'users.create:reset@later', 'users.create:json={', { status: 99 }])(
    'refuses %j',
    async (fault) => {
      await expect(effect(fault)).rejects.toThrow(UsageError);
    },
  );
});

test('a change whose answer is lost is on the disk', async () => {
  const data = join(temporaryFolder(), 'state.json');
  const emulator = await createEmulator({ data, seed: true, fault: 'users.create:reset@after' });
  const lost = sender(emulator.url)('POST /users', { headers: KEY, body: MIA });
  await expect(lost).rejects.toMatchObject({ code: 'ECONNRESET' });
  const log = `${data}.changes`;
  expect(
    (existsSync(log) ? readFileSync(log, 'utf8') : readFileSync(data, 'utf8')).match(/"login": ?"mia"/g),
  ).toHaveLength(1);
  await emulator.close();
  await using restarted = await createEmulator({ data });
  expect((await restarted.users.list({ search: 'mia' })).total).toBe(1);
});
