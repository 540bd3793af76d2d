import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import type { Params } from '../support/http.ts';
import { BLOX, CUBE, person, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const show = (sandbox: TestSandbox, token: string) => sandbox.send('GET /session', { token });
const guest = (sandbox: TestSandbox, more: object = {}) => sandbox.openSession({ user: { guest: '1', ...more } });

describe.each(SERVICES)('lifetimes in $name', (service) => {
  const anna = person(service, 'anna');

  test('a session ends two hours after its last use', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const { token } = (await sandbox.openSession()).json.session;
    for (const _ of [1, 2, 3]) {
      await sandbox.control.clock.advance('1h59m59s');
      expect((await show(sandbox, token)).status).toBe(200);
    }
    await sandbox.control.clock.advance('2h');
    expectError(await show(sandbox, token), service, 'session_missing');
    // it does not come back, even if the clock goes back
    await sandbox.control.clock.advance('-1h');
    expect((await show(sandbox, token)).status).toBe(401);
  });

  test('a request that ends in an error counts as a use, too', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    await sandbox.control.clock.advance('1h30m');
    expectError(await sandbox.send('GET /users/31', { token }), service, 'user_not_found');
    const { last_request_at } = await sandbox.control.users.get(anna.id, { app: service.app.id });
    expect(last_request_at).toBe('2026-01-01T01:30:00Z');
    await sandbox.control.clock.advance('1h30m');
    expect((await show(sandbox, token)).status).toBe(200);
  });

  test('the setting session_ttl changes the lifetime', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.settings.set({ session_ttl: 30 });
    const { json, headers } = await sandbox.openSession();
    expect(headers.get(service.expiryHeader)).toBe('2026-01-01 00:00:30 UTC');
    await sandbox.control.clock.advance('30s');
    expectError(await show(sandbox, json.session.token), service, 'session_missing');
  });

  test('last_request_at is the time of the previous request', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const seen = async () => (await sandbox.send(`GET /users/${anna.id}`, { token })).json.user.last_request_at;
    expect(await seen()).toBe('2020-03-01T10:00:00Z');
    await sandbox.control.clock.advance('5m');
    expect(await seen()).toBe('2026-01-01T00:00:00Z');
    await sandbox.control.clock.advance('5m');
    const updated = await sandbox.send(`PUT /users/${anna.id}`, { token, params: { user: { phone: '123' } } });
    expect(updated.json.user).toMatchObject({
      last_request_at: '2026-01-01T00:05:00Z',
      updated_at: '2026-01-01T00:10:00Z',
    });
    // a request of the application counts for no user
    const app = await sandbox.tokenOf(null);
    await sandbox.control.clock.advance('5m');
    await sandbox.send(`GET /users/${anna.id}`, { token: app });
    const { last_request_at, updated_at } = await sandbox.control.users.get(anna.id, { app: service.app.id });
    expect([last_request_at, updated_at]).toEqual(['2026-01-01T00:10:00Z', '2026-01-01T00:10:00Z']);
  });

  test("creating a user's session and logging in count as requests of the user", async () => {
    const sandbox = createTestSandbox(emulator, service);
    const lastOf = async () => (await sandbox.control.users.get(anna.id, { app: service.app.id })).last_request_at;
    await sandbox.openSession({ user: { login: 'anna', password: 'annaSecret1' } });
    expect(await lastOf()).toBe('2026-01-01T00:00:00Z');
    await sandbox.control.clock.advance('1m');
    const token = await sandbox.tokenOf(null);
    await sandbox.send('POST /login', { token, params: { login: 'anna', password: 'annaSecret1' } });
    expect(await lastOf()).toBe('2026-01-01T00:01:00Z');
  });

  test('deleting a user ends its sessions', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const [own, second, bens] = [
      await sandbox.tokenOf('anna'),
      await sandbox.tokenOf('anna'),
      await sandbox.tokenOf('ben'),
    ];
    expect((await sandbox.send(`DELETE /users/${anna.id}`, { token: own })).status).toBe(200);
    for (const token of [own, second]) expectError(await show(sandbox, token), service, 'session_missing');
    expect((await show(sandbox, bens)).status).toBe(200);
    expectError(await sandbox.send(`GET /users/${anna.id}`, { token: bens }), service, 'user_not_found');
  });

  test('an ended session is unknown from then on', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    await sandbox.control.sessions.expire({ token });
    expectError(await show(sandbox, token), service, 'session_missing');
  });
});

test('the expiry header is up to date in one service and one request behind in the other, as logged', async () => {
  for (const [service, first, second] of [
    [CUBE, '2026-01-01 02:30:00 UTC', '2026-01-01 03:00:00 UTC'],
    [BLOX, '2026-01-01 02:00:00 UTC', '2026-01-01 02:30:00 UTC'],
  ] as const) {
    const sandbox = createTestSandbox(emulator, service);
    const { token } = (await sandbox.openSession()).json.session;
    await sandbox.control.clock.advance('30m');
    expect((await show(sandbox, token)).headers.get(service.expiryHeader)).toBe(first);
    await sandbox.control.clock.advance('30m');
    expect((await show(sandbox, token)).headers.get(service.expiryHeader)).toBe(second);
  }
});

test('the expiry header on errors: never in one service, with a session in the other', async () => {
  const cube = createTestSandbox(emulator, CUBE);
  const answer = await cube.send('GET /users/31', { token: await cube.tokenOf('anna') });
  expect([answer.status, answer.headers.get(CUBE.expiryHeader)]).toEqual([404, null]);
  const blox = createTestSandbox(emulator, BLOX);
  const other = await blox.send('GET /users/31', { token: await blox.tokenOf('anna') });
  expect([other.status, other.headers.get(BLOX.expiryHeader)]).toEqual([404, '2026-01-01 02:00:00 UTC']);
  const expired = await blox.send('GET /users/31', { token: 'expired' });
  expect(Object.fromEntries(expired.headers)).toMatchObject({
    status: '401 Unauthorized',
    'www-authenticate': 'OAuth realm=users',
    'quickblox-rest-api-version': '0.1.1',
  });
  expect(expired.headers.get(BLOX.expiryHeader)).toBeNull();
});

describe('guests', () => {
  test.each([['1'], [1], [true], ['true']])('guest %j creates a guest', async (flag) => {
    const sandbox = createTestSandbox(emulator, CUBE);
    const { status, json, headers } = await sandbox.openSession({ user: { guest: flag, full_name: 'Passer By ' } });
    expect(status).toBe(201);
    const { user, user_id } = json.session;
    expect(user).toMatchObject({ id: user_id, full_name: 'Passer By', email: null, is_guest: true });
    expect(user.login).toMatch(/^guest_login_[0-9A-F]{36}$/);
    expect(headers.get(CUBE.expiryHeader)).toBe('2026-01-02 00:00:00 UTC');
  });

  test.each([['0'], [false], [''], ['no']])('guest %j creates no guest', async (flag) => {
    const { status, json } = await createTestSandbox(emulator, CUBE).openSession({ user: { guest: flag } });
    expect([status, json.session.user_id]).toEqual([201, null]);
  });

  test('two requests create two guests', async () => {
    const sandbox = createTestSandbox(emulator, CUBE);
    const [one, other] = [await guest(sandbox), await guest(sandbox)];
    expect(one.json.session.user_id).not.toBe(other.json.session.user_id);
    expect(one.json.session.user.login).not.toBe(other.json.session.user.login);
  });

  test('guests live for a day, however active they are', async () => {
    const sandbox = createTestSandbox(emulator, CUBE);
    const { token, user_id, user } = (await guest(sandbox)).json.session;
    const anna = await sandbox.tokenOf('anna');
    await sandbox.control.clock.advance('23h59m59s');
    expect((await show(sandbox, token)).json.session.user.is_guest).toBe(true);
    const annas = await sandbox.tokenOf('anna');
    expect((await sandbox.send(`GET /users/${user_id}`, { token: annas })).json.user.is_guest).toBe(true);
    await sandbox.control.clock.advance('1s');
    expectError(await show(sandbox, token), CUBE, 'session_missing');
    expectError(await sandbox.send(`GET /users/${user_id}`, { token: annas }), CUBE, 'user_not_found');
    const query = { login: user.login };
    expect((await sandbox.send('GET /users/v2', { token: annas, params: query })).json.total_entries).toBe(0);
    expectError(await show(sandbox, anna), CUBE, 'session_missing');
  });

  test('guests can change and delete themselves, and have no password to log in with', async () => {
    const sandbox = createTestSandbox(emulator, CUBE);
    const { token, user } = (await guest(sandbox)).json.session;
    const path = `/users/${user.id}`;
    const renamed = await sandbox.send(`PUT ${path}`, { token, params: { user: { full_name: 'Known' } } });
    expect([renamed.status, renamed.json.user.full_name]).toEqual([200, 'Known']);
    const params = { login: user.login, password: 'anything' };
    expectError(await sandbox.send('POST /login', { token, params }), CUBE, 'wrong_password');
    expect((await sandbox.send(`DELETE ${path}`, { token })).status).toBe(200);
    expectError(await show(sandbox, token), CUBE, 'session_missing');
  });
});

describe('a refused session request', () => {
  /** log: with the expiry time it would have had for its user; without one before the user is known. */
  test.each<[string, Params, string | null]>([
    ['an unknown login', { user: { login: 'nobody', password: 'annaSecret1' } }, '2026-01-01 02:00:00 UTC'],
    ['a provider without its token', { provider: 'facebook' }, '2026-01-01 02:00:00 UTC'],
    ['an old timestamp', { timestamp: 1_326_966_962 }, null],
    ['a wrong signature', { signature: '0'.repeat(40) }, null],
    ['an unknown key', { auth_key: 'wrong' }, null],
    ['nothing', { application_id: undefined }, null],
  ])('quickblox with %s: the headers', async (_name, params, end) => {
    const { status, headers } = await createTestSandbox(emulator, BLOX).openSession(params);
    expect([status >= 400, headers.get('QB-Token-ExpirationDate')]).toEqual([true, end]);
  });

  test.each(SERVICES)('$name: creates no session', async (service) => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.openSession({ user: { login: 'anna', password: 'wrongSecret' } });
    expect((await sandbox.control.export()).sessions ?? []).toEqual([]);
  });
});
