const { useEmulator } = require('users-emulator/jest');
const { signUp } = require('../sign-up.js');

const emulator = useEmulator();

test('a login can be taken once', async () => {
  await signUp(emulator.url, 'mia');
  await expect(signUp(emulator.url, 'mia')).rejects.toThrow('login must be unique');
  await emulator.requests.verify({ match: { operation: 'users.create' }, times: 2 });
});

test('each test begins with the seed', async () => {
  expect((await emulator.users.list()).total).toBe(3);
});
