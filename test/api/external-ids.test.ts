import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { CUBE } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

/** Signs a user up. @returns the id and a token */
async function signUp(sandbox: TestSandbox, login: string, more: object): Promise<{ id: number; token: string }> {
  const params = { user: { login, password: 'secret123', ...more } };
  const { id } = (await sandbox.send('POST /users', { token: await sandbox.tokenOf(null), params })).json.user;
  return { id, token: await sandbox.tokenOf(id) };
}

test.each(['a/b', 'a%2Fb', 'a%b', 'a b', 'ü', '../users/101'])('the external id %j, encoded', async (external_id) => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const { id, token } = await signUp(sandbox, 'slash', { external_id });
  const path = `/users/external/${encodeURIComponent(external_id)}`;
  expect((await sandbox.send(`GET ${path}`, { token })).json.user.id).toBe(id);
  expect((await sandbox.send(`DELETE ${path}`, { token })).status).toBe(200);
});

test('a number and a text that look alike: the caller means its own, others get the number', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const number = await signUp(sandbox, 'number', { external_user_id: 7 });
  const text = await signUp(sandbox, 'text', { external_id: '7' });
  const zeros = await signUp(sandbox, 'zeros', { external_id: '007' });
  const asked = async (token: string, id: string) =>
    (await sandbox.send(`GET /users/external/${id}`, { token })).json.user.id;
  expect(await asked(await sandbox.tokenOf(null), '7')).toBe(number.id);
  expect(await asked(number.token, '7')).toBe(number.id);
  expect(await asked(text.token, '7')).toBe(text.id);
  expect(await asked(number.token, '007')).toBe(zeros.id);
  expect((await sandbox.send('DELETE /users/external/7', { token: text.token })).status).toBe(200);
  expectError(await sandbox.send('DELETE /users/external/7', { token: zeros.token }), CUBE, 'not_owner');
});
