import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { BLOX, CUBE, person, shown } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

/** Makes a user's last request now. */
async function visit(sandbox: TestSandbox, name: 'anna' | 'ben' | 'cleo'): Promise<string> {
  const token = await sandbox.tokenOf(name);
  await sandbox.send('GET /session', { token });
  return token;
}
const logins = async (sandbox: TestSandbox, token: string, params = {}) => {
  const { json } = await sandbox.send('GET /users/online', { token, params });
  return json.users.map(({ login }: { login: string }) => login);
};

test('C8: users are online for five minutes after a request, and those who ask are, too', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const app = await sandbox.tokenOf(null);
  expect(await logins(sandbox, app)).toEqual([]);
  await visit(sandbox, 'ben');
  await sandbox.control.clock.advance('4m59s');
  const anna = await visit(sandbox, 'anna');
  const { json } = await sandbox.send('GET /users/online', { token: app });
  const [first, second] = json.users;
  expect([first.login, second.login]).toEqual(['anna', 'ben']);
  expect(Object.keys(first)).toEqual(Object.keys(shown(CUBE, 'users.online', person(CUBE, 'anna'))));
  await sandbox.control.clock.advance('1s');
  expect(await logins(sandbox, app)).toEqual(['anna']);
  await sandbox.control.clock.advance('1h');
  expect(await logins(sandbox, app)).toEqual([]);
  expect(await logins(sandbox, anna)).toEqual(['anna']);
});

test('limit, offset and count', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const token = await sandbox.tokenOf(null);
  for (const name of ['anna', 'ben', 'cleo'] as const) await visit(sandbox, name);
  expect(await logins(sandbox, token, { limit: 1, offset: 1 })).toEqual(['ben']);
  expect(await logins(sandbox, token, { offset: 3 })).toEqual([]);
  const count = await sandbox.send('GET /users/online?count=true', { token });
  expect([count.status, count.text]).toEqual([200, '{"count":3}']);
  expect(await logins(sandbox, token, { count: 'false' })).toEqual(['anna', 'ben', 'cleo']);
  const wrong = await sandbox.send('GET /users/online?limit=none', { token });
  expectError(wrong, CUBE, 'query_page', { field: 'limit', limit: 1 });
});

test('users of other applications are not listed, and the ancestor has no such list', async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  const token = await visit(sandbox, 'anna');
  const { token: other } = await sandbox.control.sessions.create({ app: CUBE.app.id });
  const answer = await sandbox.send('GET /users/online', { headers: { 'CB-Token': other } });
  expect([answer.status, answer.text]).toEqual([200, '{"users":[]}']);
  const path = '/users/online';
  expectError(await sandbox.send(`GET ${path}`, { token }), BLOX, 'route_unknown', { method: 'GET', path });
});

test('in other methods, `online` is a wrong id', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const token = await sandbox.tokenOf('anna');
  expectError(await sandbox.send('DELETE /users/online', { token }), CUBE, 'bad_user_id', { field: 'id' });
});
