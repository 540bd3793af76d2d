import assert from 'node:assert/strict';
import test from 'node:test';
import { useEmulator } from 'users-emulator/node';
import { connect, register } from './account.js';

const emulator = useEmulator();
/** The SDK adds https:// itself; `users-emulator exec` lets this process trust the certificate. */
const api = () => emulator.url.replace('http://', '');

test('a login can be taken once', async () => {
  await connect(api());
  assert.equal(await register('mia', 'secret123'), 'Welcome, mia');
  assert.equal(await register('mia', 'secret123'), 'has already been taken');
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('the user is asked to come back while the service is down', async () => {
  await connect(api());
  await emulator.faults.add({ match: { operation: 'users.create' }, status: 503 });
  assert.equal(await register('mia', 'secret123'), 'Please try again later');
});
