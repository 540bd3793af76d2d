import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator, UsageError } from '../../src/index.ts';
import { ERROR_KEYS } from '../../src/model/error-catalogue.ts';
import { NOW, type Send, seeded, sender } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

describeEachTransport({}, (context) => {
  const statuses = async (count: number, route = 'GET /users/51941') => {
    const token = await context.tokenOf('Dacia');
    const answers = await Promise.all(Array.from({ length: count }, () => context.send(route, { token })));
    return answers.map(({ status }) => status);
  };
  const failed = (all: readonly number[]) => all.filter((status) => status === 503).length;

  test('`times` affects exactly that many requests, even concurrent ones, and then the fault is gone', async () => {
    const { id } = await context.client.faults.add({ match: { operation: 'users.show' }, times: 2, status: 503 });
    expect(await context.client.faults.list()).toEqual([
      { id, match: { operation: 'users.show' }, times: 2, status: 503, seen: 0, hits: 0 },
    ]);
    expect(failed(await statuses(20))).toBe(2);
    expect(await context.client.faults.list()).toEqual([]);
  });

  test('`after` skips the first requests, even concurrent ones', async () => {
    await context.client.faults.add({ after: 5, times: 3, status: 503 });
    expect(failed(await statuses(20))).toBe(3);
    await context.client.faults.add({ after: 2, status: 503 });
    const one: number[] = [];
    for (let call = 0; call < 4; call++) one.push(...(await statuses(1)));
    expect(one).toEqual([200, 200, 503, 503]);
    expect(await context.client.faults.list()).toMatchObject([{ seen: 4, hits: 2 }]);
  });

  test('matches by operation, method, path, user and application, all of them together', async () => {
    const hit = async (match: object, route: string, token: string) => {
      await context.client.faults.clear();
      await context.client.faults.add({ match, status: 503 });
      return (
        (await context.send(route, { token, body: route.startsWith('PUT') ? { user: {} } : undefined })).status === 503
      );
    };
    const dacia = await context.tokenOf('Dacia');
    const gabby = await context.tokenOf('gabby');
    const app = await context.tokenOf(null);
    expect(await hit({ operation: 'users.show' }, 'GET /users/51941', dacia)).toBe(true);
    expect(await hit({ operation: 'users.update' }, 'GET /users/51941', dacia)).toBe(false);
    expect(await hit({ method: 'get' }, 'GET /users/51941', dacia)).toBe(true);
    expect(await hit({ method: 'PUT' }, 'GET /users/51941', dacia)).toBe(false);
    expect(await hit({ path: '/users/5194*' }, 'GET /users/51941.json?x=1', dacia)).toBe(true);
    expect(await hit({ path: '/users/5194' }, 'GET /users/51941', dacia)).toBe(false);
    expect(await hit({ path: '/no/such/route' }, 'GET /no/such/route', dacia)).toBe(true);
    expect(await hit({ user: 'Dacia' }, 'GET /users/51941', dacia)).toBe(true);
    expect(await hit({ user: 51941 }, 'GET /users/51941', dacia)).toBe(true);
    expect(await hit({ user: 'Dacia' }, 'GET /users/51941', gabby)).toBe(false);
    expect(await hit({ user: 'Dacia' }, 'GET /users/51941', app)).toBe(false);
    expect(await hit({ app: 230 }, 'GET /users/51941', app)).toBe(true);
    expect(await hit({ app: 22 }, 'GET /users/51941', app)).toBe(false);
    expect(await hit({ operation: 'users.update', user: 'gabby' }, 'PUT /users/51946', gabby)).toBe(true);
    expect(await hit({ operation: 'users.update', user: 'Dacia' }, 'PUT /users/51946', gabby)).toBe(false);
  });

  test('the first fault that matches and is due takes effect; the others stay', async () => {
    await context.client.faults.add({ times: 1, status: 500 });
    await context.client.faults.add({ times: 1, status: 503 });
    expect([...(await statuses(1)), ...(await statuses(1)), ...(await statuses(1))]).toEqual([500, 503, 200]);
  });

  test('a request with an injected error changes nothing, and the journal names the fault', async () => {
    const fault = await context.client.faults.add({ match: { operation: 'users.create' }, times: 1, status: 503 });
    const body = { user: { login: 'mia', password: 'secret123' } };
    const signUp = () => context.send('POST /users', { headers: { 'CB-AuthKey': '29WfrNWdvkhmX6V' }, body });
    expect((await signUp()).status).toBe(503);
    expect((await context.client.users.list()).total).toBe(3);
    expect((await signUp()).status).toBe(201);
    const journal = await context.client.requests.list();
    expect(journal.map(({ status, fault }) => [status, fault])).toEqual([
      [503, fault.id],
      [201, undefined],
    ]);
  });

  test('faults are removed, one or all', async () => {
    const { id } = await context.client.faults.add({ status: 500 });
    await context.client.faults.add({ status: 503 });
    expect(await context.client.faults.get(id)).toMatchObject({ id, status: 500, hits: 0 });
    await context.client.faults.remove(id);
    expect(await rejectionOf(context.client.faults.get(id))).toMatchObject({ status: 404 });
    expect(await context.client.faults.list()).toMatchObject([{ status: 503 }]);
    expect(await rejectionOf(context.client.faults.remove(id))).toMatchObject({ status: 404 });
    await context.client.faults.clear();
    expect(await context.client.faults.list()).toEqual([]);
  });

  test.each([
    [{ status: 99 }, 'status'],
    [{ status: 503, times: 0 }, 'times'],
    [{ status: 503, probability: 2 }, 'probability: must be a number from 0 to 1'],
    [{ delay: [20, 10] }, 'delay: must be milliseconds'],
    [{ delay: -1 }, 'delay'],
    [{ delay: 700_000 }, 'delay: must be milliseconds up to ten minutes'],
    [{ error: 'no_such' }, "such as 'taken'"],
    [{ error: 'login_taken' }, 'did you mean taken?'],
    [{ error: 'tekan' }, '(GET /_emulator/coverage lists them); did you mean taken?'],
    [{ status: 503, match: { operation: 'users.creat' } }, 'chat.connect, or stub:<name>; did you mean users.create?'],
    [{ status: 503, match: { method: 'GTE' } }, 'match.method: must be one of GET, POST, PUT'],
    [{ drop: 'softly' }, "drop: must be 'reset', 'hang' or 'empty'"],
    [{ status: 503, match: { header: 'x' } }, 'match.header'],
    [{ status: 503, sometimes: true }, 'sometimes'],
    [{ when: 'after' }, 'give at least one effect: status, error, delay, drop, body, json, headers or trickle'],
    [{ status: 503, when: 'later' }, "when: must be 'before' or 'after'"],
    [{ body: 'closed', json: {} }, 'body: give json or a body, not both'],
    [{ body: 7 }, 'body: must be a string'],
    [{ headers: { 'Content-Length': '1' } }, 'headers.Content-Length: is set by the server itself'],
    [{ headers: { 'X Y': '1' } }, "headers: 'X Y' can't be the name of a header"],
    [{ headers: { X: 'a\nb' } }, "headers.X: has characters that a header can't have"],
    [{ headers: 'X: a' }, 'headers: must be an object'],
    [{ trickle: -1 }, 'trickle: must be milliseconds'],
    [{ status: 503, when: 'after', match: { operation: 'chat.connect' } }, 'has only the effects status, error'],
  ])('%j is refused', async (fault, place) => {
    expect(await rejectionOf(context.client.faults.add(fault as object))).toMatchObject({
      status: 422,
      message: expect.stringContaining(place),
    });
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

  const QB = { app: 22, user: 'Lena' };
  const showCube = async (headers: Record<string, string> = {}) =>
    send('GET /users/51941', { token: (await emulator.sessions.create({ user: 'Dacia' })).token, headers });
  const showBlox = async (suffix = '') => {
    const { token } = await emulator.sessions.create(QB);
    return send(`GET /users/1639${suffix}`, { headers: { 'QB-Token': token } });
  };

  test("a status has the service's error shape, or the common one", async () => {
    const body = async (status: number) => {
      await emulator.faults.clear();
      await emulator.faults.add({ status });
      const answer = await showCube();
      expect(answer.status).toBe(status);
      return answer.json;
    };
    expect(await body(503)).toEqual({ errors: { base: ['Service Unavailable'] } });
    expect(await body(500)).toEqual({ errors: { base: ['Internal Server Error'] } });
    expect(await body(401)).toEqual({ errors: { base: ['Required session does not exist'] } });
    expect(await body(418)).toEqual({ errors: { base: ['injected fault'] } });
  });

  test("an error of the catalogue has the service's text, shape and format", async () => {
    await emulator.faults.add({ error: 'user_not_found' });
    expect(await showCube()).toMatchObject({ status: 404, json: { errors: ['User not found'] } });
    expect(await showBlox()).toMatchObject({ status: 404, json: { code: null, message: "Couldn't find user" } });
    const xml = await showBlox('.xml');
    expect(xml.text).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<errors>\n  <error>Couldn't find user</error>\n</errors>\n`,
    );
    expect(xml.headers.get('Content-Type')).toBe('application/xml; charset=utf-8');
    expect(xml.headers.get('Status')).toBe('404 Not Found');
  });

  test.each(ERROR_KEYS)('the text of the error %s is whole', async (error) => {
    await emulator.faults.add({ error });
    for (const { text } of [await showCube(), await showBlox()]) expect(text).not.toMatch(/\{\w+\}|\b0\b|''|undefined/);
  });

  test('an error can have another status', async () => {
    await emulator.faults.add({ error: 'wrong_password', status: 500 });
    expect(await showCube()).toMatchObject({ status: 500, json: { errors: ['Invalid password'] } });
  });

  test('too many requests, with the seconds to wait', async () => {
    await emulator.faults.add({ status: 429 });
    const cube = await showCube();
    expect(cube).toMatchObject({ status: 429, json: { errors: { base: ['Too many requests'] } } });
    expect(cube.headers.get('Retry-After')).toMatch(/^\d+$/);
    expect(await showBlox()).toMatchObject({ status: 429, json: { errors: ['Too Many Requests'] } });
  });

  test("the setting rate_limit gives the service's own error, in both formats", async () => {
    await emulator.settings.set({ rate_limit: '1/30' });
    expect((await showBlox()).status).toBe(200);
    const json = await showBlox();
    expect(json).toMatchObject({ status: 429, json: { errors: ['Too Many Requests'] } });
    expect(json.headers.get('Retry-After')).toBe('30');
    expect((await showBlox('.xml')).text).toContain('<error>Too Many Requests</error>');
    // each application has its own count
    expect((await showCube()).status).toBe(200);
    await emulator.clock.advance('30s');
    expect((await showBlox()).status).toBe(200);
  });

  describe('X-Emulator-Fault affects its own request alone', () => {
    test.each([
      ['503', 503, { errors: { base: ['Service Unavailable'] } }],
      ['status=500', 500, { errors: { base: ['Internal Server Error'] } }],
      ['error=taken', 422, { errors: { base: ['login must be unique'] } }],
      ['error=bad_email', 422, { errors: { email: ['should look like an email address.'] } }],
      ['error=wrong_password; status=403; delay=1', 403, { errors: ['Invalid password'] }],
    ])('%s', async (header, status, json) => {
      expect(await showCube({ 'X-Emulator-Fault': header })).toMatchObject({ status, json });
      expect((await showCube()).status).toBe(200);
      expect((await emulator.requests.list()).map(({ fault }) => fault)).toEqual(['X-Emulator-Fault', undefined]);
    });

    test.each([
      ['502', '502 Bad Gateway', null],
      ['status=401; error=taken', '401 Unauthorized', 'OAuth realm=users'],
    ])('%s is the status in every header that has it', async (header, status, authenticate) => {
      const { token } = await emulator.sessions.create({ app: 22, user: 'Lena' });
      const headers = { 'QB-Token': token, 'X-Emulator-Fault': header };
      const answer = await fetch(`${emulator.url}/users/1639.json`, { headers });
      expect(`${answer.status} ${answer.statusText}`).toBe(status);
      expect([answer.headers.get('Status'), answer.headers.get('WWW-Authenticate')]).toEqual([status, authenticate]);
    });

    test('an error text that names the application names the caller’s', async () => {
      const { json } = await showCube({ 'X-Emulator-Fault': 'error=list_disabled' });
      expect(json.errors.base[0]).toContain('https://admin.connectycube.com/apps/230/service');
    });

    test.each(['', 'soon', '99', 'error=no_such', 'delay=long', 'delay=700000', 'drop=softly', '503; colour=red'])(
      'a malformed header is an error: %j',
      async (header) => {
        const { status, json } = await showCube({ 'X-Emulator-Fault': header });
        expect(status).toBe(400);
        expect(json.errors.base[0]).toMatch(/^X-Emulator-Fault: '.*' is none of 503, /);
      },
    );
  });
});

describe('probability', () => {
  const run = async (seed: string) => {
    await using emulator = await createEmulator({ seed: true, deterministic: seed });
    await emulator.faults.add({ probability: 0.3, status: 503 });
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const statuses: number[] = [];
    for (let call = 0; call < 200; call++)
      statuses.push((await sender(emulator.url)('GET /users/51941', { token })).status);
    return statuses;
  };

  test('affects about that share of requests; with --deterministic, the same ones in every run', async () => {
    const first = await run('a');
    const hits = first.filter((status) => status === 503).length;
    // 60 expected, six standard deviations either way
    expect(hits).toBeGreaterThan(20);
    expect(hits).toBeLessThan(100);
    expect(await run('a')).toEqual(first);
    expect(await run('b')).not.toEqual(first);
  });

  test('0 affects none, 1 all', async () => {
    await using emulator = await createEmulator({ seed: true });
    await emulator.faults.add({ match: { method: 'PUT' }, probability: 1, status: 503 });
    await emulator.faults.add({ probability: 0, status: 500 });
    const send = sender(emulator.url);
    for (let call = 0; call < 20; call++) {
      expect((await send('PUT /users/1')).status).toBe(503);
      expect((await send('GET /users/1')).status).toBe(403);
    }
  });
});

test('the options for faults and latency hold from the start, and again after each reset', async () => {
  await using emulator = await createEmulator({
    seed: true,
    fault: ['users.show:503x1', 'users.create:500'],
    latency: '40-60',
  });
  const send = sender(emulator.url);
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  const started = performance.now();
  expect((await send('GET /users/51941', { token })).status).toBe(503);
  expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  expect((await send('GET /users/51941', { token })).status).toBe(200);
  await emulator.reset();
  expect(await emulator.faults.list()).toMatchObject([{ times: 1, status: 503 }, { status: 500 }]);
  expect(await emulator.sandbox('a').faults.list()).toHaveLength(2);
});

test.each(['users.sow:503', 'users.show', 'users.show:5xx'])('--fault %s is refused at the start', async (fault) => {
  await expect(createEmulator({ fault })).rejects.toThrow(UsageError);
});
