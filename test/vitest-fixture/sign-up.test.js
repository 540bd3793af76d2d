import { test } from 'users-emulator/vitest';
import { expect } from 'vitest';

// the code under test
async function signUp(api, login, password) {
  const response = await fetch(`${api}/users`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CB-AuthKey': '29WfrNWdvkhmX6V' },
    body: JSON.stringify({ user: { login, password } }),
  });
  const { user, errors } = await response.json();
  if (errors) throw new Error(errors.base[0]);
  return user;
}

test('a login can be taken once', async ({ emulator }) => {
  await signUp(emulator.url, 'mia', 'secret123');
  await expect(signUp(emulator.url, 'mia', 'secret123')).rejects.toThrow('login must be unique');
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('each test begins with the seed', async ({ emulator }) => {
  expect((await emulator.users.list()).total).toBe(3);
});
