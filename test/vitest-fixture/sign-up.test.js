import { test } from 'users-emulator/vitest';
import { expect } from 'vitest';
import { signUp } from './app.js';

test('a login can be taken once', async ({ emulator }) => {
  await signUp(emulator.url, 'mia', 'secret123');
  await expect(signUp(emulator.url, 'mia', 'secret123')).rejects.toThrow('login has already been taken');
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('each test begins with the seed', async ({ emulator }) => {
  expect((await emulator.users.list()).total).toBe(3);
});
