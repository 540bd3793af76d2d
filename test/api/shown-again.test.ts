import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { BLOX, CUBE } from '../support/services.ts';
import { createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';

const ANCESTORS = [5, 6].map((id) => ({
  id,
  dialect: 'quickblox' as const,
  auth_key: `key-${id}`,
  owner_id: id * 100,
  users: [{ id: 7, login: `user-of-${id}` }],
}));
const USERS = [1, 1025].map((id) => ({ id, login: `user${id}`, full_name: `first ${id}` }));

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: { applications: [{ ...CUBE.app, users: USERS }, ...ANCESTORS] } });
});
afterAll(() => emulator.close());

/** The full names in a list, after it was requested a few times. */
async function fullNames(sandbox: TestSandbox, token: string): Promise<string[]> {
  const request = () => sandbox.send('GET /users/v2?id[in][]=1&id[in][]=1025', { token });
  for (let time = 0; time < 3; time++) await request();
  const { json } = await request();
  return json.items.map((user: { full_name: string }) => user.full_name);
}

test('a list that was shown before shows what has changed since, in its own sandbox alone', async () => {
  const [changed, unchanged] = [createTestSandbox(emulator, CUBE), createTestSandbox(emulator, CUBE)];
  const token = await changed.tokenOf(null);
  expect(await fullNames(changed, token)).toEqual(['first 1', 'first 1025']);
  await changed.control.snapshot('first');
  await changed.control.users.update(1025, { full_name: 'second 1025' }, { app: CUBE.app.id });
  expect(await fullNames(changed, token)).toEqual(['first 1', 'second 1025']);
  await changed.control.users.delete(1, { app: CUBE.app.id });
  expect(await fullNames(changed, token)).toEqual(['second 1025']);
  expect(await fullNames(unchanged, await unchanged.tokenOf(null))).toEqual(['first 1', 'first 1025']);
  await changed.control.restore('first');
  expect(await fullNames(changed, await changed.tokenOf(null))).toEqual(['first 1', 'first 1025']);
});

test('users of one id in two applications are shown as who they are, again and again', async () => {
  const { control, send } = createTestSandbox(emulator, BLOX);
  for (let time = 0; time < 4; time++) {
    for (const { id, owner_id, users } of ANCESTORS) {
      const { token } = await control.sessions.create({ app: id, user: 7 });
      const { json } = await send('GET /users/7.json', { token });
      expect(json.user).toMatchObject({ ...users[0], owner_id });
    }
  }
});
