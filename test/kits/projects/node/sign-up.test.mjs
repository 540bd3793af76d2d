import assert from 'node:assert/strict';
import test from 'node:test';
import { useEmulator } from 'users-emulator/node';
import { signUp } from '../sign-up.js';

const emulator = useEmulator();

test('a login can be taken once', async () => {
  await signUp(emulator.url, 'mia');
  await assert.rejects(signUp(emulator.url, 'mia'), /login must be unique/);
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('each test begins with the seed', async () => {
  assert.equal((await emulator.users.list()).total, 3);
});
