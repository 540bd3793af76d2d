import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulator, type Fixture } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';

const application = (id: number) => ({
  id,
  auth_key: `key-of-${id}`,
  users: [{ login: `user-of-${id}`, password: 'secret123' }],
});

/** The logins of the application that calls address when they name none. */
async function defaultLogins(seed: Fixture | string): Promise<(string | undefined)[]> {
  const emulator = await createEmulator({ seed, listen: false });
  const { users } = await emulator.users.list();
  const sandboxed = await emulator.sandbox('some').users.list();
  expect(sandboxed.users.map(({ login }) => login)).toEqual(users.map(({ login }) => login));
  await emulator.close();
  return users.map(({ login }) => login);
}

test('the only application of a seed is the default', async () => {
  const seed = { applications: [application(4321)] };
  expect(await defaultLogins(seed)).toEqual(['user-of-4321']);
  const file = join(temporaryFolder(), 'seed.json');
  writeFileSync(file, JSON.stringify(seed));
  expect(await defaultLogins(file)).toEqual(['user-of-4321']);
});

test('with several applications in the seed, the built-in one stays the default', async () => {
  expect(await defaultLogins({ applications: [application(4321), application(230)] })).toEqual(['user-of-230']);
  expect(await defaultLogins({ applications: [application(4321), application(4322)] })).toEqual([]);
});
