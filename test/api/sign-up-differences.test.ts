import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import type { Params } from '../support/http.ts';
import { BLOX, CUBE, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const NEW = { login: 'newbie', password: 'newbieSecret' };
const signUp = async (sandbox: TestSandbox, user: Params) =>
  sandbox.send('POST /users', { token: await sandbox.tokenOf(null), params: { user } });

test("one service accepts a sign-up with the application's key instead of a session", async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const params = { user: NEW };
  const headers = { 'CB-AuthKey': CUBE.app.auth_key };
  const { status, json } = await sandbox.send('POST /users', { headers, params });
  expect([status, json.user.id]).toEqual([201, 500]);
  expectError(await sandbox.send('GET /users/500', { headers }), CUBE, 'token_required');
  // with both, the token is used
  const wrong = { ...headers, 'CB-Token': 'expired' };
  expectError(await sandbox.send('POST /users', { headers: wrong, params }), CUBE, 'session_missing');
  // the other has no such header: its applications' keys open sessions, and no more
  const other = await sandbox.send('POST /users', { headers: { 'CB-AuthKey': BLOX.app.auth_key }, params });
  expectError(other, BLOX, 'token_required');
});

test.each(['new bie', 'ñandú', 'new,bie', 'a/b'])(
  'the login %j: only one service restricts characters',
  async (login) => {
    const user = { ...NEW, login };
    expect((await signUp(createTestSandbox(emulator, CUBE), user)).json.user.login).toBe(login);
    expectError(await signUp(createTestSandbox(emulator, BLOX), user), BLOX, 'bad_characters', { field: 'login' });
  },
);

test('a login may contain the characters of addresses and phone numbers', async () => {
  const user = { ...NEW, login: 'New.Bie+1_2-3@x' };
  for (const service of SERVICES) expect((await signUp(createTestSandbox(emulator, service), user)).status).toBe(201);
});

test('without a user object: one service has an error for it, the other treats it as a user without fields', async () => {
  for (const params of [{}, { user: 'x' }, { user: [] }, { login: 'newbie' }]) {
    const cube = createTestSandbox(emulator, CUBE);
    expectError(
      await cube.send('POST /users', { token: await cube.tokenOf(null), params }),
      CUBE,
      'user_params_missing',
    );
    const blox = createTestSandbox(emulator, BLOX);
    const { status, json } = await blox.send('POST /users', { token: await blox.tokenOf(null), params });
    expect([status, Object.keys(json.errors)]).toEqual([422, ['password', 'base']]);
  }
});
