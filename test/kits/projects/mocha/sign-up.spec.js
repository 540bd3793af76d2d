const assert = require('node:assert/strict');
const { useEmulator } = require('users-emulator/node');
const { signUp } = require('../sign-up.js');

describe('sign-up', () => {
  const emulator = useEmulator();

  it('takes a login once', async () => {
    await signUp(emulator.url, 'mia');
    await assert.rejects(signUp(emulator.url, 'mia'), /login must be unique/);
    await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
  });

  it('begins with the seed', async () => {
    assert.equal((await emulator.users.list()).total, 3);
  });
});
