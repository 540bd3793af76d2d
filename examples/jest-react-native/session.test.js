const { useEmulator } = require('users-emulator/jest');
const { Session } = require('./session.js');

const emulator = useEmulator();

function storage() {
  const items = new Map();
  return { getItem: async (key) => items.get(key) ?? null, setItem: async (key, value) => void items.set(key, value) };
}

test('a session that has ended is renewed, without a word to the user', async () => {
  const session = new Session(emulator.url, storage());
  await session.logIn('Dacia', 'petU4or!');
  await emulator.clock.advance('3h');
  expect(await session.nameOf(51946)).toBe('Gabrielle Corcoran');
  await emulator.requests.verify({ match: { operation: 'session.create' }, times: 2 });
});

test('an outage is an error, and not a reason to log in again', async () => {
  const session = new Session(emulator.url, storage());
  await session.logIn('Dacia', 'petU4or!');
  await emulator.faults.add({ match: { operation: 'users.show' }, status: 503 });
  await expect(session.nameOf(51946)).rejects.toThrow('GET /users/51946: 503');
  await emulator.requests.verify({ match: { operation: 'session.create' }, times: 1 });
});
