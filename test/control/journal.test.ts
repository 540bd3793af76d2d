import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { NOW, sender } from '../support/http.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };

describeEachTransport({ freezeTime: NOW }, (context) => {
  test('an entry has the request as it came and the answer as it was sent', async () => {
    const body = { user: { login: 'mia', password: 'secret123' } };
    const { json } = await context.send('POST /users.json?x=1', { headers: KEY, body });
    const [entry] = await context.client.requests.list();
    expect(entry).toMatchObject({
      operation: 'users.create',
      changes: [{ user: json.user.id, change: 'created' }],
      request: {
        method: 'POST',
        url: `${context.client.url}/users.json?x=1`,
        headers: { 'cb-authkey': '[redacted]', 'content-type': 'application/json' },
        params: { x: '1', user: { login: 'mia', password: '[redacted]' } },
      },
      response: {
        status: 201,
        headers: { 'Content-Type': 'application/json; charset=utf-8', Date: 'Thu, 01 Jan 2026 00:00:00 GMT' },
      },
    });
    expect(JSON.stringify(entry!.response!.body)).toBe(JSON.stringify(json));
    expect(entry!.evidence).toContainEqual({ source: 'doc', note: expect.any(String) });
    expect(await context.client.requests.get(entry!.id)).toEqual(entry);
  });

  test('an entry shows the errors of its answer, and their evidence', async () => {
    const { json } = await context.send('POST /users', { headers: KEY, body: { user: { login: 'a', password: 'b' } } });
    const [entry] = await context.client.requests.list();
    expect(entry!.response).toMatchObject({ status: 422, body: json });
    expect(json.errors.password).toBeDefined();
    expect(entry!.changes).toEqual([]);
    expect(entry!.evidence.length).toBeGreaterThan(0);
  });

  test('lists what each request changed, but not that it was used', async () => {
    const token = await context.tokenOf('Dacia');
    await context.send('GET /users/51941', { token });
    await context.send('PUT /users/51941', { token, body: { user: { full_name: 'Dacia K' } } });
    await context.send('DELETE /login', { token });
    await context.send('DELETE /session', { token });
    const changes = (await context.client.requests.list()).map((entry) => entry.changes);
    expect(changes).toEqual([
      [],
      [{ user: 51941, change: 'updated' }],
      [{ session: expect.any(Number), change: 'updated' }],
      [{ session: expect.any(Number), change: 'deleted' }],
    ]);
  });

  test('lists requests after an id, and at most so many of the newest', async () => {
    for (const id of [1, 2, 3, 4]) await context.send(`GET /users/${id}`, { headers: KEY });
    const ids = async (filter: object) => (await context.client.requests.list(filter)).map(({ id }) => id);
    expect(await ids({ after: 2 })).toEqual([3, 4]);
    expect(await ids({ limit: 3 })).toEqual([2, 3, 4]);
    expect(await ids({ limit: 0 })).toEqual([]);
    expect(await ids({ after: 1, limit: 1, path: '/users/*' })).toHaveLength(1);
  });

  test('a request that is not in the journal is an error', async () => {
    expect(await rejectionOf(context.client.requests.get(1))).toMatchObject({
      status: 404,
      message: 'there is no request 1; no request was made',
    });
    await context.send('GET /users/1');
    expect(await rejectionOf(context.client.requests.get(2))).toMatchObject({
      message: 'there is no request 2; the journal holds 1 to 1',
    });
  });

  test('a dropped connection has no answer', async () => {
    await context.client.faults.add({ drop: 'reset' });
    await context.send('GET /users/1').catch(() => {});
    expect(await context.client.requests.get(1)).toMatchObject({ status: 0, response: null });
  });
});

describe('the journal contains no secrets of answers, headers and addresses', () => {
  test.each(['json', 'xml'])('%s', async (format) => {
    await using emulator = await createEmulator({ seed: true });
    const send = sender(emulator.url);
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await send(`GET /session.${format}?token=${token}`, { headers: { Cookie: 'id=cookie-value' } });
    await send(`GET /users/51941.${format}?user%5Bpassword%5D=secret123`, {
      headers: { 'QB-Token': token, Referer: `http://localhost/?token=${token}` },
    });
    await send(`POST /session.${format}`, {
      headers: { 'QuickBlox-REST-API-Version': '0.1.0' },
      body: { application_id: 22, auth_key: 'wJHdOcQSxXQGWx5', timestamp: 1, nonce: 1, signature: 'x' },
    });
    const kept = JSON.stringify(await emulator.requests.list());
    for (const secret of [token, 'secret123', 'cookie-value', 'wJHdOcQSxXQGWx5']) expect(kept).not.toContain(secret);
    expect(kept).toContain('[redacted]');
  });
});

test('the journal is bounded in bytes, too', async () => {
  await using emulator = await createEmulator({ seed: true });
  await emulator.users.generate(100);
  const { token } = await emulator.sessions.create();
  const send = sender(emulator.url);
  const long = 'x'.repeat(15_000);
  for (let at = 0; at < 1500; at++) await send('GET /users/1', { token, headers: { 'X-Long': long } });
  const { total, items } = (await send('GET /_emulator/requests')).json;
  expect(total).toBe(1500);
  expect(items.at(-1).id).toBe(1500);
  expect(items.length).toBeLessThan(1000);
  expect(items.length).toBeGreaterThan(900);
});
