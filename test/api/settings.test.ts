import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { BLOX, CUBE, person, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const NOBODY = { login: 'nobody', password: 'nobodySecret' };

test('the defaults of a new application', async () => {
  const common = {
    allow_list_users: true,
    allow_online_users: true,
    reset_password_by_email: true,
    session_ttl: 7200,
    check_nonce: false,
    disable_lookups_v1: false,
    check_blob_id: false,
    unique_phone: false,
    providers: 'all',
    account_owner: 'none',
    api_key: 'none',
  };
  expect(await emulator.settings.get({ app: CUBE.app.id })).toEqual({
    ...common,
    disable_list_users_v1: true,
    create_user_on_session: true,
    password_min_length: 6,
    require_signature: false,
    null_bodies: false,
    rate_limit: 'off',
  });
  expect(await emulator.settings.get({ app: BLOX.app.id })).toEqual({
    ...common,
    disable_list_users_v1: false,
    create_user_on_session: false,
    password_min_length: 4,
    require_signature: true,
    null_bodies: true,
    rate_limit: 'off',
  });
});

describe.each(SERVICES)('settings of $name', (service) => {
  const of = { app: service.app.id };

  test.each([
    [false, true, 200],
    [true, true, 403],
    [false, false, 403],
    [true, false, 403],
  ])('disable_list_users_v1 %s, allow_list_users %s', async (disable_list_users_v1, allow_list_users, status) => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.settings.set({ disable_list_users_v1, allow_list_users }, of);
    const answer = await sandbox.send('GET /users', { token: await sandbox.tokenOf('anna') });
    expect(answer.status).toBe(status);
    if (status === 403) expectError(answer, service, 'list_disabled');
    // other look-ups are unaffected
    const login = { login: 'anna' };
    const token = await sandbox.tokenOf('anna');
    expect((await sandbox.send('GET /users/by_login', { token, params: login })).status).toBe(200);
  });

  test('create_user_on_session', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.settings.set({ create_user_on_session: true }, of);
    const first = await sandbox.openSession({ user: NOBODY });
    expect(first.status).toBe(201);
    const { user_id } = first.json.session;
    expect(await sandbox.control.users.get(user_id, of)).toMatchObject({ login: 'nobody', has_password: true });
    expect((await sandbox.openSession({ user: NOBODY })).json.session.user_id).toBe(user_id);
    const wrong = { ...NOBODY, password: 'wrongSecret' };
    expectError(await sandbox.openSession({ user: wrong }), service, 'wrong_password');
    const email = { email: 'new@example.com', password: 'nobodySecret' };
    expect((await sandbox.openSession({ user: email })).status).toBe(201);
    // the rules of a sign-up apply
    const short = { login: 'no', password: 'nobodySecret' };
    expectError(await sandbox.openSession({ user: short }), service, 'too_short', { field: 'login', limit: 3 });
    // logins are unaffected
    const token = await sandbox.tokenOf(null);
    const params = { login: 'somebody', password: 'x' };
    expectError(await sandbox.send('POST /login', { token, params }), service, 'login_unknown');
    await sandbox.control.settings.set({ create_user_on_session: false }, of);
    expectError(
      await sandbox.openSession({ user: { login: 'somebody', password: 'nobodySecret' } }),
      service,
      'login_unknown',
    );
  });

  test('password_min_length', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.settings.set({ password_min_length: 8 }, of);
    const token = await sandbox.tokenOf('anna');
    const signUp = (password: string) =>
      sandbox.send('POST /users', { token, params: { user: { login: 'newbie', password } } });
    expectError(await signUp('1234567'), service, 'too_short', { field: 'password', limit: 8 });
    expect((await signUp('12345678')).status).toBe(201);
    const user = { password: '1234567', old_password: 'annaSecret1' };
    const update = await sandbox.send(`PUT /users/${person(service, 'anna').id}`, { token, params: { user } });
    expectError(update, service, 'too_short', { field: 'password', limit: 8 });
  });

  test('B14: a password_min_length above the greatest length of passwords is no setting', async () => {
    const { control } = createTestSandbox(emulator, service);
    await control.settings.set({ password_min_length: 40 }, of);
    await expect(control.settings.set({ password_min_length: 41 }, of)).rejects.toMatchObject({
      status: 422,
      extensions: { problems: ["setting 'password_min_length' is a whole number from 1 to 40, not '41'"] },
    });
    expect((await control.settings.get(of)).password_min_length).toBe(40);
  });

  test('reset_password_by_email', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await sandbox.control.settings.set({ reset_password_by_email: false }, of);
    const options = { token: await sandbox.tokenOf(null), params: { email: person(service, 'anna').email } };
    expectError(await sandbox.send('GET /users/password/reset', options), service, 'password_reset_disabled');
    expect(await sandbox.control.outbox.list()).toEqual([]);
    await sandbox.control.settings.set({ reset_password_by_email: true }, of);
    expect((await sandbox.send('GET /users/password/reset', options)).status).toBe(200);
    expect(await sandbox.control.outbox.list()).toHaveLength(1);
  });

  test('rate_limit: a number of requests in a number of seconds, for the application as a whole', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const [annas, bens] = [await sandbox.tokenOf('anna'), await sandbox.tokenOf('ben')];
    await sandbox.control.settings.set({ rate_limit: '2/60' }, of);
    const show = (token: string) => sandbox.send('GET /session', { token });
    expect((await show(annas)).status).toBe(200);
    expect((await show(bens)).status).toBe(200);
    await sandbox.control.clock.advance('18s');
    const refused = await show(annas);
    expectError(refused, service, 'too_many_requests');
    expect(refused.headers.get('retry-after')).toBe('42');
    expect((await show(bens)).status).toBe(429);
    await sandbox.control.clock.advance('42s');
    expect((await show(annas)).status).toBe(200);
    await sandbox.control.settings.set({ rate_limit: 'off' }, of);
    for (const _ of [1, 2, 3]) expect((await show(annas)).status).toBe(200);
  });

  test("one application's settings don't change another's", async () => {
    const sandbox = createTestSandbox(emulator, service);
    const other = SERVICES.find((each) => each !== service)!;
    const before = await sandbox.control.settings.get({ app: other.app.id });
    await sandbox.control.settings.set({ session_ttl: 5, password_min_length: 9 }, of);
    expect(await sandbox.control.settings.get({ app: other.app.id })).toEqual(before);
    expect(await sandbox.control.settings.get(of)).toMatchObject({ session_ttl: 5, password_min_length: 9 });
  });
});

test('settings given at the start hold for all applications and in every sandbox', async () => {
  const settings = { password_min_length: 12, disable_list_users_v1: 'false' };
  const other = await createEmulator({ settings });
  try {
    const app = CUBE.app.id;
    expect(await other.settings.get({ app })).toMatchObject({ password_min_length: 12, disable_list_users_v1: false });
    await other.settings.set({ password_min_length: 3 }, { app });
    expect((await other.sandbox('x').settings.get({ app })).password_min_length).toBe(12);
    await other.reset();
    expect((await other.settings.get({ app })).password_min_length).toBe(12);
  } finally {
    await other.close();
  }
});
