import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';
import { BLOX, CUBE, SERVICES, type Service } from '../support/services.ts';
import { signed } from '../support/world.ts';

/** Whatever the emulator takes from anybody, it can read again from its own file and from its own export. */

const PEOPLE = `${import.meta.dirname}/../support/people.json`;
const folder = temporaryFolder();
let made = 0;

const ODD_VALUES = [
  '',
  ' ',
  'x',
  'plain text',
  'ü€😀',
  '\ud800',
  'a\u0000b\n"\\',
  'x'.repeat(2000),
  '__proto__',
  '2018-02-30',
  'null',
  '-0',
  0,
  -1,
  1.5,
  1e20,
  999_999_999_999_999,
  123_456_789_012_345_680,
  true,
  null,
  ['a', 'b,c', ' '],
  [null],
  { a: 1 },
  [],
];
const PARAMS = [
  'login',
  'email',
  'password',
  'external_user_id',
  'external_id',
  'facebook_id',
  'twitter_id',
  'full_name',
  'phone',
  'website',
  'custom_data',
  'timezone',
  'tag_list',
  'avatar',
  'blob_id',
  'id',
  'created_at',
  'user_tags',
  'guest_until',
];

async function expectReadable(emulator: Emulator, file: string): Promise<void> {
  // the file and the answers are JSON, which knows no -0
  const exported = JSON.parse(JSON.stringify(await emulator.export()));
  const other = await createEmulator();
  await other.import(exported);
  expect(await other.export()).toEqual(exported);
  await other.close();
  await emulator.close();
  const again = await createEmulator({ data: file });
  expect(await again.export()).toEqual(exported);
  await again.close();
}

test.each(SERVICES)('$name: odd values of every field', async (service) => {
  const file = join(folder, `${made++}.json`);
  const emulator = await createEmulator({ data: file, seed: PEOPLE });
  const send = sender(emulator.url);
  const { token } = await emulator.sessions.create({ app: service.app.id });
  const headers = { ...service.headers, [service.tokenHeader]: token };
  let taken = 0;
  for (const [index, param] of PARAMS.entries()) {
    for (const [number, value] of ODD_VALUES.entries()) {
      const user = { login: `user_${index}_${number}`, password: 'secret123', [param]: value };
      const { status } = await send('POST /users', { headers, body: { user } });
      expect([201, 422], `${param}: ${JSON.stringify(value)}`).toContain(status);
      if (status === 201) taken++;
    }
  }
  expect(taken).toBeGreaterThan(PARAMS.length * 5);
  await expectReadable(emulator, file);
});

test('odd sessions, times, settings and applications', async () => {
  const file = join(folder, `${made++}.json`);
  const emulator = await createEmulator({ data: file, seed: PEOPLE, anyApp: true });
  const send = sender(emulator.url);
  const open = async (service: Service, params: object) => {
    const now = Math.floor(Date.parse(await emulator.clock.now()) / 1000);
    const { id, auth_key } = service.app;
    const given = { application_id: id, auth_key, nonce: 1, timestamp: now, ...params };
    const body = service.signed ? signed(given, service.app.auth_secret) : given;
    return (await send('POST /session', { body, headers: service.headers })).status;
  };
  for (const ttl of [1, 1_000_000_000]) {
    await emulator.settings.set({ session_ttl: ttl });
    expect(await open(CUBE, {})).toBe(201);
  }
  await expect(emulator.settings.set({ session_ttl: 1_000_000_001 })).rejects.toMatchObject({ status: 422 });
  await emulator.clock.freeze(1_500_000_000_000.25);
  for (const nonce of ['x', '', -1, 1.5, '999999999999999', '9'.repeat(30), 'ü€'])
    expect(await open(BLOX, { nonce }), String(nonce)).toBeLessThan(500);
  expect(await open(CUBE, { user: { guest: '1', full_name: '\ud800' } })).toBe(201);
  expect(await open(CUBE, { provider: 'facebook', keys: { token: 'x' } })).toBe(201);
  const { token } = await emulator.sessions.create({ app: CUBE.app.id });
  const { email } = (await emulator.users.list({ app: CUBE.app.id })).users[0]!;
  await send(`GET /users/password/reset?email=${email}`, { token });
  expect((await emulator.outbox.list()).length).toBe(1);
  await emulator.clock.advance(Date.UTC(9900, 0, 1) - 1 - 1_500_000_000_001);
  await emulator.users.create({ login: 'last', password: 'secret123' });
  await emulator.sessions.create({ user: 'last' });
  await emulator.settings.set({ session_ttl: 1_000_000_000 });
  await emulator.sessions.create({ user: 'last' });
  expect(await open(CUBE, { user: { guest: '1', full_name: 'last' } })).toBe(201);

  const unknown = async (application_id: unknown, auth_key: unknown) =>
    (await send('POST /session', { body: { application_id, auth_key } })).status;
  expect(await unknown(4711, 'new key')).toBe(201);
  expect(await unknown(4712, 'new key')).toBe(404);
  expect(await unknown(4713, CUBE.app.auth_key)).toBe(404);
  for (const key of ['', ' ', 7, ['k'], { k: 1 }])
    expect(await unknown(4714, key), JSON.stringify(key)).toBeLessThan(500);
  await expectReadable(emulator, file);
});

test('made-up users beside others that have their names', async () => {
  const file = join(folder, `${made++}.json`);
  const emulator = await createEmulator({ data: file });
  await emulator.users.create({ login: 'other', email: 'USER3@example.com', password: 'secret123' });
  await expect(emulator.users.generate(5)).rejects.toMatchObject({ status: 409 });
  await expectReadable(emulator, file);
});

test('two applications can not have one key', async () => {
  const auth_key = '29WfrNWdvkhmX6V';
  await expect(createEmulator({ app: `231:${auth_key}` })).rejects.toMatchObject({
    exitCode: 2,
    message: `createEmulator: app: application 230 has the auth key ${auth_key} already`,
  });
});

test('a merge keeps what the file says nothing of; a bare list needs an application', async () => {
  const emulator = await createEmulator({ seed: true });
  await emulator.settings.set({ session_ttl: 60 });
  const auth_key = '29WfrNWdvkhmX6V';
  await emulator.import({ applications: [{ id: 230, auth_key, users: [{ id: 9, login: 'nine' }] }] }, 'merge');
  expect((await emulator.settings.get()).session_ttl).toBe(60);
  await emulator.import({ applications: [{ id: 230, auth_key, settings: {} }] }, 'merge');
  expect((await emulator.settings.get()).session_ttl).toBe(7200);
  expect((await emulator.users.list()).total).toBe(4);
  await emulator.import({ applications: [] });
  await expect(emulator.import([{ login: 'nine' }])).rejects.toMatchObject({ status: 404 });
  await emulator.import({ applications: [{ id: 1, auth_key: 'k' }] });
  await emulator.import([{ login: 'nine' }]);
  expect((await emulator.users.list({ app: 1 })).total).toBe(1);
  await emulator.close();
});
