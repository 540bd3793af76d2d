import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { NOW } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

describeEachTransport({}, (context) => {
  const signUp = (login: string, tag?: string) =>
    context.send('POST /users', {
      headers: { 'CB-AuthKey': '29WfrNWdvkhmX6V', ...(tag !== undefined && { 'X-Emulator-Request-Tag': tag }) },
      body: { user: { login, password: 'secret123' } },
    });

  describe('the journal', () => {
    test('lists each request, oldest first, with its parameters and its outcome', async () => {
      await context.client.clock.freeze(NOW);
      const token = await context.tokenOf('Dacia');
      await signUp('mia', 'test 1');
      await context.send('GET /users/external/7.json?x=1', { token });
      const [first, second] = await context.client.requests.list();
      expect(first).toMatchObject({
        time: '2026-01-01T00:00:00.000Z',
        method: 'POST',
        path: '/users',
        operation: 'users.create',
        status: 201,
        application: 230,
        user_id: null,
        tag: 'test 1',
        errors: [],
        warnings: [],
      });
      expect(first!.duration_ms).toBeGreaterThan(0);
      expect(second).toMatchObject({
        method: 'GET',
        path: '/users/external/7',
        operation: 'users.external.show',
        status: 404,
        user_id: 51941,
        request: { params: { x: '1' } },
        errors: ['user_not_found'],
      });
      expect(second!.id).toBe(first!.id + 1);
    });

    test('contains no secrets', async () => {
      const token = await context.tokenOf('Dacia');
      await signUp('mia');
      await context.send(`GET /users/51941?token=${token}`);
      await context.send('POST /session', {
        body: {
          application_id: 230,
          auth_key: '29WfrNWdvkhmX6V',
          provider: 'facebook',
          keys: { token: 'facebook-token', secret: 'facebook-secret' },
        },
      });
      await context.send('POST /users', { token, body: { user: { password: ['another1', { a: 'another1' }] } } });
      const user = { password: 'another1', old_password: 'petU4or!' };
      await context.send('PUT /users/51941', { token, body: { user } });
      const kept = JSON.stringify(await context.client.requests.list());
      for (const secret of [token, 'secret123', '29WfrNWdvkhmX6V', 'facebook-', 'another1', 'petU4or!'])
        expect(kept).not.toContain(secret);
      expect(kept).toContain('"login":"mia","password":"[redacted]"');
    });

    test('can be searched by operation, method, path, tag, status, user and application', async () => {
      const token = await context.tokenOf('Dacia');
      await signUp('mia', 'a');
      await signUp('mia', 'b');
      await context.send('GET /users/51941', { token });
      const found = async (match: Parameters<typeof context.client.requests.list>[0]) =>
        (await context.client.requests.list(match)).map(({ method, status }) => `${method} ${status}`);
      expect(await found({ operation: 'users.create' })).toEqual(['POST 201', 'POST 422']);
      expect(await found({ method: 'get' })).toEqual(['GET 200']);
      expect(await found({ path: '/users/*' })).toEqual(['GET 200']);
      expect(await found({ tag: 'b' })).toEqual(['POST 422']);
      expect(await found({ status: 422 })).toEqual(['POST 422']);
      expect(await found({ user: 51941 })).toEqual(['GET 200']);
      expect(await found({ app: 22 })).toEqual([]);
      expect((await context.send('GET /_emulator/requests?tag=b')).json).toMatchObject({
        total: 1,
        items: [{ tag: 'b' }],
      });
      expect((await context.send('GET /_emulator/requests')).json.total).toBe(3);
      await context.client.requests.clear();
      expect(await found({})).toEqual([]);
      expect(await rejectionOf(context.client.requests.list({ verb: 'GET' } as object))).toMatchObject({ status: 422 });
    });
  });

  describe('verify', () => {
    test('returns the number of matches', async () => {
      await signUp('mia');
      await signUp('leo');
      const { verify } = context.client.requests;
      expect(await verify({ match: { operation: 'users.create' }, times: 2 })).toEqual({ matched: 2 });
      expect(await verify({ match: { params: { user: { login: 'leo' } } } })).toEqual({ matched: 1 });
      expect(await verify({ match: { operation: 'users.destroy' }, times: 0 })).toEqual({ matched: 0 });
    });

    test('lists the nearest misses, field by field', async () => {
      const token = await context.tokenOf('Dacia');
      await signUp('mia', 'a');
      await context.send('GET /users/51941', { token });
      const match = {
        operation: 'users.create' as const,
        status: 201,
        params: { user: { login: 'leo', email: 'l@x.org' } },
      };
      expect(await rejectionOf(context.client.requests.verify({ match }))).toEqual({
        status: 417,
        message:
          'expected 1 matching request, found 0; nearest: ' +
          'POST /users: params.user.login is "mia", not "leo", params.user.email is null, not "l@x.org" | ' +
          'GET /users/51941: operation is "users.show", not "users.create", status is 200, not 201, ' +
          'params.user.login is null, not "leo", params.user.email is null, not "l@x.org"',
        extensions: {
          matched: 0,
          expected: 1,
          nearest: [
            expect.objectContaining({
              request: 'POST /users',
              operation: 'users.create',
              misses: ['params.user.login is "mia", not "leo"', 'params.user.email is null, not "l@x.org"'],
            }),
            expect.objectContaining({ request: 'GET /users/51941', status: 200 }),
          ],
        },
      });
    });

    test('reports too many matches, or none at all', async () => {
      expect(await rejectionOf(context.client.requests.verify({ match: {} }))).toMatchObject({
        message: 'expected 1 matching request, found 0; no request was made',
      });
      await signUp('mia');
      await signUp('leo');
      expect(await rejectionOf(context.client.requests.verify({ match: { operation: 'users.create' } }))).toMatchObject(
        {
          status: 417,
          extensions: { matched: 2, expected: 1 },
        },
      );
      expect(await rejectionOf(context.client.requests.verify({ match: { operator: 'x' } as object }))).toMatchObject({
        status: 422,
      });
    });
  });
});

test('the journal stores the last thousand requests and counts all', async () => {
  await using emulator = await createEmulator({ seed: true });
  const callApi = () => fetch(`${emulator.url}/users`).then((answer) => answer.text());
  for (let round = 0; round < 42; round++) await Promise.all(Array.from({ length: 25 }, callApi));
  const listed = await emulator.requests.list();
  expect(listed).toHaveLength(1000);
  expect(listed[0]!.id).toBe(51);
  expect(await (await fetch(`${emulator.url}/_emulator/requests`)).json()).toMatchObject({ total: 1050 });
});

test('each sandbox has a journal of its own', async () => {
  await using emulator = await createEmulator({ seed: true });
  await fetch(`${emulator.url}/sandbox/a/users`);
  expect(await emulator.sandbox('a').requests.list()).toHaveLength(1);
  expect(await emulator.sandbox('b').requests.list()).toEqual([]);
  expect(await emulator.requests.list()).toEqual([]);
});

test('bodies with more than 64 kB, measured uncompressed, or 2,000 values are not stored', async () => {
  await using emulator = await createEmulator({ seed: true });
  const headers = { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' };
  const post = (body: string | Buffer, more: object = {}) =>
    fetch(`${emulator.url}/users`, { method: 'POST', headers: { ...headers, ...more }, body });
  const text = (size: number) => JSON.stringify({ user: { login: 'mia', custom_data: 'x'.repeat(size) } });
  const values = (count: number) => JSON.stringify({ a: Array.from({ length: count }, () => ({})) });
  for (const kept of [text(60_000), values(1900)]) await post(kept);
  for (const left of [text(70_000), values(2100)]) await post(left);
  await post(gzipSync(text(70_000)), { 'Content-Encoding': 'gzip' });
  const entries = await emulator.requests.list();
  expect(entries.map(({ request }) => '' in request.params)).toEqual([false, false, true, true, true]);
  expect(entries.at(-1)!.request.params).toEqual({ '': 'more than 64 kB or 2,000 values: not recorded' });
});
