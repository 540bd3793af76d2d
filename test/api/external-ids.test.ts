import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { CUBE } from '../support/services.ts';
import { peopled, type World, worldOf } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await peopled();
});
afterAll(() => emulator.close());

/** Signs someone up. @returns the id and a token */
async function signUp(world: World, login: string, more: object): Promise<{ id: number; token: string }> {
  const params = { user: { login, password: 'secret123', ...more } };
  const { id } = (await world.send('POST /users', { token: await world.tokenOf(null), params })).json.user;
  return { id, token: await world.tokenOf(id) };
}

test.each(['a/b', 'a%2Fb', 'a%b', 'a b', 'ü', '../users/101'])('the external id %j, encoded', async (external_id) => {
  const world = worldOf(emulator, CUBE);
  const { id, token } = await signUp(world, 'slash', { external_id });
  const path = `/users/external/${encodeURIComponent(external_id)}`;
  expect((await world.send(`GET ${path}`, { token })).json.user.id).toBe(id);
  expect((await world.send(`DELETE ${path}`, { token })).status).toBe(200);
});

test('a number and a text that look alike: the caller means its own, others get the number', async () => {
  const world = worldOf(emulator, CUBE);
  const number = await signUp(world, 'number', { external_user_id: 7 });
  const text = await signUp(world, 'text', { external_id: '7' });
  const zeros = await signUp(world, 'zeros', { external_id: '007' });
  const asked = async (token: string, id: string) =>
    (await world.send(`GET /users/external/${id}`, { token })).json.user.id;
  expect(await asked(await world.tokenOf(null), '7')).toBe(number.id);
  expect(await asked(number.token, '7')).toBe(number.id);
  expect(await asked(text.token, '7')).toBe(text.id);
  expect(await asked(number.token, '007')).toBe(zeros.id);
  expect((await world.send('DELETE /users/external/7', { token: text.token })).status).toBe(200);
  expectError(await world.send('DELETE /users/external/7', { token: zeros.token }), CUBE, 'not_owner');
});
