import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { formOf, NOW, type Params } from '../support/http.ts';
import { CUBE, person, SERVICES, type Service, shown } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const anna = (service: Service) => person(service, 'anna');
const update = async (sandbox: TestSandbox, user: Params) =>
  sandbox.send(`PUT /users/${anna(sandbox.service).id}`, { token: await sandbox.tokenOf('anna'), params: { user } });
const loginWith = (sandbox: TestSandbox, password: string) =>
  sandbox.openSession({ user: { login: 'anna', password } });

/** Fields that only one service documents. */
const CUBE_ONLY: [string, unknown, unknown][] = [
  ['avatar', 'anne.png', 'anne.png'],
  ['timezone', '-60', -60],
];
const ADDRESSES: [string, (id: number) => string][] = [
  ['its id', (id) => `/users/${id}`],
  ['its number elsewhere', () => '/users/external/9001'],
  ['its id elsewhere', () => '/users/external/ext-anna'],
];

describe.each(SERVICES)('update at $name', (service) => {
  test.each<[string, unknown, unknown]>([
    ...(service === CUBE ? CUBE_ONLY : []),
    ['login', 'anne', 'anne'],
    ['email', 'Anne@example.com ', 'Anne@example.com'],
    ['full_name', 'Anne A. ', 'Anne A.'],
    ['full_name', null, null],
    ['phone', '+123', '+123'],
    ['phone', '', null],
    ['website', 'anne.example', 'http://anne.example'],
    ['custom_data', 'other', 'other'],
    ['external_user_id', '42', 42],
    ['facebook_id', '71', '71'],
    ['twitter_id', null, null],
    ['blob_id', '', null],
    ['tag_list', 'green, red', 'green,red'],
    ['tag_list', ['green'], 'green'],
    ['tag_list', '', null],
    ['login', 'anna', 'anna'], // a user's own value does not count as taken
  ])('%s: %j is stored as %j, and nothing else changes', async (param, given, value) => {
    const sandbox = createTestSandbox(emulator, service);
    const { status, text } = await update(sandbox, { [param]: given });
    const field = param === 'tag_list' ? 'user_tags' : param;
    const same = value === anna(service)[field];
    const after = { ...anna(service), ...(same ? {} : { updated_at: NOW }), [field]: value };
    expect([status, text]).toEqual([200, JSON.stringify({ user: shown(service, 'users.update', after as never) })]);
    const stored = await sandbox.control.users.get(anna(service).id, { app: service.app.id });
    expect(stored[field as 'login'] ?? null).toBe(value);
  });

  test('several fields change at once, as a form', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const user = { full_name: 'Sunny & Söhne', email: 'sunny@example.com', id: 1, created_at: 'x', owner_id: 5 };
    const token = await sandbox.tokenOf('anna');
    const { json } = await sandbox.send(`PUT /users/${anna(service).id}`, { token, body: formOf({ user }) });
    const { id, full_name, email, created_at } = json.user;
    expect([id, full_name, email, created_at]).toEqual([
      anna(service).id,
      'Sunny & Söhne',
      'sunny@example.com',
      anna(service).created_at,
    ]);
  });

  test('look-ups find the user by the new value, and nobody by the old one', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await update(sandbox, { login: 'anne', tag_list: 'green' });
    const token = await sandbox.tokenOf(null);
    const by = (path: string, params: Params) => sandbox.send(`GET /users/${path}`, { token, params });
    expect((await by('by_login', { login: 'anne' })).json.user.id).toBe(anna(service).id);
    expectError(await by('by_login', { login: 'anna' }), service, 'user_not_found');
    expect((await by('by_tags', { tags: 'green' })).json.total_entries).toBe(1);
    expect((await by('by_tags', { tags: 'blue' })).json.total_entries).toBe(1);
    // a freed value can be taken
    const user = { login: 'anna', password: 'otherSecret' };
    expect((await sandbox.send('POST /users', { token, params: { user } })).status).toBe(201);
  });

  test('a new password is accepted with the old one', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const changed = await update(sandbox, { password: 'otherSecret', old_password: 'annaSecret1' });
    expect(changed.status).toBe(200);
    expect((await loginWith(sandbox, 'otherSecret')).status).toBe(201);
    expectError(await loginWith(sandbox, 'annaSecret1'), service, 'wrong_password');
    // sdk: Dart's name
    const dart = await update(sandbox, { password: 'thirdSecret', oldPassword: 'otherSecret' });
    expect(dart.status).toBe(200);
    expect((await loginWith(sandbox, 'thirdSecret')).status).toBe(201);
  });

  test('after a refused password the old one and all other fields stay', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const password = 'otherSecret';
    expectError(await update(sandbox, { password, full_name: 'Xenia' }), service, 'old_password_missing');
    expectError(
      await update(sandbox, { password, old_password: '', full_name: 'Xenia' }),
      service,
      'old_password_missing',
    );
    const wrong = { password, old_password: 'annaSecret2', full_name: 'Xenia' };
    expectError(await update(sandbox, wrong), service, 'old_password_wrong');
    const limit = service.name === 'connectycube' ? 6 : 4;
    const short = { password: 'abc', old_password: 'annaSecret1' };
    expectError(await update(sandbox, short), service, 'too_short', { field: 'password', limit });
    expect((await loginWith(sandbox, 'annaSecret1')).status).toBe(201);
    expect((await sandbox.control.users.get(anna(service).id, { app: service.app.id })).full_name).toBe('Anna Arendt');
  });

  test('an old password alone, or an empty new one, changes nothing', async () => {
    const sandbox = createTestSandbox(emulator, service);
    expect((await update(sandbox, { old_password: 'wrong' })).status).toBe(200);
    expect((await update(sandbox, { password: '' })).status).toBe(200);
    expect((await loginWith(sandbox, 'annaSecret1')).status).toBe(201);
  });

  test.each(service.unique)("another user's %s is taken", async (field) => {
    const sandbox = createTestSandbox(emulator, service);
    const answer = await update(sandbox, { full_name: 'Xenia', [field]: person(service, 'ben')[field] });
    expectError(answer, service, 'taken', { field });
    expect((await sandbox.control.users.get(anna(service).id, { app: service.app.id })).full_name).toBe('Anna Arendt');
  });

  test('a user keeps at least a login or an email', async () => {
    const sandbox = createTestSandbox(emulator, service);
    expectError(await update(sandbox, { login: '', email: null }), service, 'signup_credentials_missing');
    expect((await update(sandbox, { login: '' })).json.user.login).toBeNull();
    expectError(await update(sandbox, { email: '' }), service, 'signup_credentials_missing');
  });

  test.each<[string, unknown, 'bad_email' | 'not_a_number' | 'not_a_text' | 'too_many_tags' | 'too_short']>([
    ['email', 'nowhere', 'bad_email'],
    ['blob_id', 'x', 'not_a_number'],
    ['full_name', ['x'], 'not_a_text'],
    ['login', { a: 1 }, 'not_a_text'],
    ['tag_list', 'a,b,c,d,e,f', 'too_many_tags'],
    ['login', 'ab', 'too_short'],
  ])('%s: %j is refused', async (field, given, key) => {
    expectError(await update(createTestSandbox(emulator, service), { [field]: given }), service, key, {
      field,
      limit: 3,
    });
  });

  test('updating or deleting other users is forbidden', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const ben = person(service, 'ben');
    // ownership is checked before the parameters
    for (const user of [{ full_name: 'Xenia' }, { email: 'nowhere' }]) {
      const params = { user };
      expectError(await sandbox.send(`PUT /users/${ben.id}`, { token, params }), service, 'not_owner');
      expectError(await sandbox.send('PUT /users/99999', { token, params }), service, 'user_not_found');
    }
    expectError(await sandbox.send(`DELETE /users/${ben.id}`, { token }), service, 'not_owner');
    expectError(await sandbox.send(`DELETE /users/external/${ben.external_user_id}`, { token }), service, 'not_owner');
    expect((await sandbox.control.users.get(ben.id, { app: service.app.id })).full_name).toBe('Ben Arendt');
  });

  test.each(['', '/'])(
    'a path without an id (%j), as a client without a user sends it, is an unknown route',
    async (slash) => {
      const sandbox = createTestSandbox(emulator, service);
      const token = await sandbox.tokenOf('anna');
      for (const method of ['PUT', 'DELETE'])
        expectError(await sandbox.send(`${method} /users${slash}`, { token }), service, 'route_unknown', {
          method,
          path: '/users',
        });
    },
  );

  test.each(service === CUBE ? ADDRESSES : ADDRESSES.slice(0, 2))('delete by %s', async (_name, pathOf) => {
    const sandbox = createTestSandbox(emulator, service);
    const { id, email } = anna(service);
    const token = await sandbox.tokenOf('anna');
    const { status, text } = await sandbox.send(`DELETE ${pathOf(id)}`, { token });
    expect([status, text]).toEqual([200, service.blank.users]);
    const app = await sandbox.tokenOf(null);
    expectError(await sandbox.send(`GET /users/${id}`, { token: app }), service, 'user_not_found');
    expectError(
      await sandbox.send('GET /users/by_email', { token: app, params: { email } }),
      service,
      'user_not_found',
    );
    // login and email are free again
    const user = { login: 'anna', email, password: 'otherSecret' };
    expect((await sandbox.send('POST /users', { token: app, params: { user } })).status).toBe(201);
  });
});

test('an update without a user object is refused, one with an empty object accepted', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const token = await sandbox.tokenOf('anna');
  expectError(
    await sandbox.send('PUT /users/101', { token, params: { full_name: 'Xenia' } }),
    CUBE,
    'user_params_missing',
  );
  expect((await sandbox.send('PUT /users/101', { token, params: { user: {} } })).status).toBe(200);
});
