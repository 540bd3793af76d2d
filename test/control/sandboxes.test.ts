import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { EmulatorServer } from '../../src/emulator/server.ts';
import { connect, createEmulator, type Emulator } from '../../src/index.ts';
import { NOW, sender } from '../support/http.ts';
import { rejectionOf, type TransportClient } from './each-transport.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
beforeEach(async () => {
  await emulator.reset();
  for (const name of await emulator.sandboxes.list()) await emulator.sandboxes.delete(name);
});
afterAll(() => emulator.close());

/** Everything visible of a sandbox. */
async function seen(sandbox: TransportClient) {
  const [users, settings, faults, mails, requests, warnings, snapshots] = await Promise.all([
    sandbox.users.list(),
    sandbox.settings.get(),
    sandbox.faults.list(),
    sandbox.outbox.list(),
    sandbox.requests.list(),
    sandbox.warnings(),
    sandbox.snapshots.list(),
  ]);
  const { frozen } = await sandbox.clock.get();
  return { users, settings, faults, mails, requests, warnings, snapshots, frozen };
}

test('changes in one sandbox are invisible in others', async () => {
  const sandboxes = [emulator, emulator.sandbox('a'), emulator.sandbox('b')];
  const untouched = await seen(emulator);
  for (const busy of sandboxes) {
    const { token } = await busy.sessions.create({ user: 'Dacia' });
    const send = sender(busy.url);
    await send('GET /users/51941', { token });
    await send('GET /users/password/reset?email=dacia_k@domain.com', { token });
    await busy.users.create({ login: 'mia', password: 'secret123' });
    await busy.settings.set({ session_ttl: 60 });
    await busy.snapshot('a');
    await busy.faults.add({ status: 503 });
    await busy.clock.freeze(NOW);
    for (const other of sandboxes) {
      if (other === busy) continue;
      expect(await seen(other)).toEqual(untouched);
      // a token is valid only in the sandbox that created it
      expect((await sender(other.url)('GET /users/v2?id=51941', { token })).status).toBe(401);
      await other.requests.clear();
      await other.reset();
    }
    const { users, settings, faults, mails, requests, warnings, snapshots, frozen } = await seen(busy);
    expect([users.total, settings.session_ttl, faults.length, mails.length]).toEqual([4, 60, 1, 1]);
    expect([requests.length, warnings.length, snapshots.length, frozen]).toEqual([2, 1, 1, true]);
    await busy.reset();
    await busy.snapshots.delete('a');
  }
});

test("a sandbox starts from the seed, not from the server's current state", async () => {
  await emulator.users.create({ login: 'mia', password: 'secret123' });
  await emulator.clock.freeze(NOW);
  expect((await emulator.sandbox('new').users.list()).total).toBe(3);
  expect((await emulator.sandbox('new').clock.get()).frozen).toBe(false);
});

test('a sandbox is the same by name, by address and through connect', async () => {
  const names = [
    emulator.sandbox('a'),
    connect(`${emulator.url}/`).sandbox('a'),
    connect(`${emulator.url}/sandbox/a/`),
    connect(`${emulator.url}/sandbox/b`).sandbox('a'),
  ];
  for (const { users } of names) {
    const { total } = await users.list();
    await users.create({ login: `user-${total}`, password: 'secret123' });
  }
  expect((await emulator.sandbox('a').users.list()).total).toBe(7);
  expect(new Set(names.map(({ url }) => url))).toEqual(new Set([`${emulator.url}/sandbox/a`]));
});

test('connect reports an address without an emulator', async () => {
  const other = await createEmulator();
  await other.close();
  await expect(connect(other.url).info()).rejects.toThrow(`no emulator answers at ${other.url} (connect ECONNREFUSED`);
});

test('the number of sandboxes is limited, with an error that says what to do', async () => {
  await using emulator = await createEmulator({ seed: true });
  await Promise.all(Array.from({ length: 10_000 }, (_, index) => emulator.sandbox(`s${index}`).clock.now()));
  const over = await rejectionOf(emulator.sandbox('one-more').clock.now());
  expect(over).toMatchObject({ status: 429, message: expect.stringContaining('DELETE /_emulator/sandboxes/') });
  expect(await rejectionOf(connect(emulator.url).sandbox('one-more').clock.now())).toEqual(over);
  const { status, json } = await sender(`${emulator.url}/sandbox/one-more`)('GET /users');
  expect({ status, json }).toEqual({ status: 429, json: { errors: { base: [over.message] } } });
  // existing ones go on
  expect((await sender(`${emulator.url}/sandbox/s1`)('GET /users')).status).toBe(403);
  await emulator.sandboxes.delete('s1');
  expect(await emulator.sandbox('one-more').clock.now()).toBeTruthy();
});

test.each(['a b', 'a%2Fb', 'ü', 'x'.repeat(65)])('%s is not a valid name of a sandbox', async (name) => {
  const path = `/sandbox/${encodeURI(name)}`;
  expect((await fetch(`${emulator.url}${path}/_emulator`)).status).toBe(400);
  expect(await sender(emulator.url)(`GET ${path}/users`)).toMatchObject({
    status: 400,
    json: { errors: { base: [expect.stringContaining('1 to 64 letters')] } },
  });
});

test('two deletions of a sandbox at once: one succeeds, and its evidence counts once', async () => {
  const server = new EmulatorServer(readConfig({}));
  await server.start(false);
  await server.fetch(new Request('http://localhost/sandbox/w1/users/1'));
  const { sandboxes } = server.controlClient('');
  const deletions = await Promise.allSettled([sandboxes.delete('w1'), sandboxes.delete('w1')]);
  expect(deletions.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(server.evidence().items.map(({ of, count }) => [of, count])).toEqual([
    ['error:token_required', 1],
    ['operation:users.show', 1],
  ]);
  await server.stop(0);
});
