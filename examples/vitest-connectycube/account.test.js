import { test } from 'users-emulator/vitest';
import { expect } from 'vitest';
import { connect, register } from './account.js';

test('a login can be taken once', async ({ emulator }) => {
  await connect(emulator.url);
  expect(await register('mia', 'secret123')).toBe('Welcome, mia');
  expect(await register('mia', 'secret123')).toBe('login must be unique');
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('the user is asked to come back while the service is down', async ({ emulator }) => {
  await connect(emulator.url);
  await emulator.faults.add({ match: { operation: 'users.create' }, status: 503 });
  expect(await register('mia', 'secret123')).toBe('Please try again later');
});
