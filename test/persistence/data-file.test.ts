import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createEmulator, type EmulatorOptions } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';

const folder = temporaryFolder();
let made = 0;

/** A data file in a folder of its own, and emulators on it. */
function place() {
  const own = join(folder, String(made++));
  mkdirSync(own);
  const file = join(own, 'state.json');
  return {
    file,
    list: () => readdirSync(own).sort(),
    text: () => readFileSync(file, 'utf8'),
    start: async (options: EmulatorOptions = {}) => {
      const emulator = await createEmulator({ data: file, ...options });
      return { emulator, send: sender(emulator.url) };
    },
    /** The state that a server would load if this one were killed now. */
    found: async () => {
      const copy = join(folder, `copy${made++}`);
      cpSync(own, copy, { recursive: true, filter: (from) => !from.endsWith('.lock') });
      const emulator = await createEmulator({ data: join(copy, 'state.json') });
      const found = { ...(await emulator.export()), snapshots: await emulator.snapshots.list() };
      await emulator.close();
      return found;
    },
  };
}

/** The parameters of a session for Dacia, a user of the document. */
const DACIA = {
  application_id: 230,
  auth_key: '29WfrNWdvkhmX6V',
  user: { login: 'Dacia', password: 'petU4or!' },
};

test('users, sessions, settings, applications, mails and snapshots survive', async () => {
  const { start, found } = place();
  const { emulator, send } = await start({ seed: true });
  const signIn = await send('POST /session', { body: DACIA });
  expect(signIn.status).toBe(201);
  const { token } = signIn.json.session;
  const body = { user: { login: 'mia', password: 'secret123', tag_list: 'a, b', custom_data: '{"line":\n"ü €"}' } };
  const mia = await send('POST /users', { token, body });
  expect(mia.status).toBe(201);
  await emulator.settings.set({ session_ttl: 600 });
  await emulator.apps.add({ id: 777, auth_key: 'seven', auth_secret: 's' });
  await emulator.snapshot('one');
  await emulator.users.delete(51943);
  expect((await send('GET /users/password/reset?email=dacia_k@domain.com', { token })).status).toBe(200);
  await emulator.sandbox('w1').users.create({ login: 'boxed', password: 'secret123' });
  const before = await emulator.export();

  const killed = await found();
  expect(killed).toMatchObject({ applications: before.applications, outbox: before.outbox!, snapshots: ['one'] });
  await emulator.close();

  const again = await start();
  expect(await again.emulator.export()).toEqual(before);
  expect((await again.send(`GET /users/${mia.json.user.id}`, { token })).json.user).toMatchObject({
    login: 'mia',
    user_tags: 'a,b',
    custom_data: '{"line":\n"ü €"}',
  });
  expect((await again.send('POST /session', { body: DACIA })).status).toBe(201);
  expect((await again.emulator.settings.get()).session_ttl).toBe(600);
  expect((await again.emulator.settings.get({ app: 22 })).session_ttl).toBe(600);
  expect((await again.emulator.outbox.list())[0]).toMatchObject({ to: 'dacia_k@domain.com' });
  expect(await again.emulator.sandboxes.list()).toEqual(['w1']);
  expect((await again.emulator.sandbox('w1').users.list()).users.map(({ login }) => login)).toContain('boxed');
  await again.emulator.restore('one');
  expect((await again.emulator.users.get(51943)).login).toBe('ppavalli');
  await again.emulator.close();
});

test('an answer means that the change is on disk, for every kind of change', async () => {
  const { start, found } = place();
  const { emulator, send } = await start({ seed: true });
  const usersOf = async () =>
    (await found()).applications.find(({ id }) => id === 230)!.users!.map(({ login }) => login);
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  expect((await found()).sessions!.map((session) => session.token)).toContain(token);
  await send('POST /users', { token, body: { user: { login: 'one', password: 'secret123' } } });
  expect(await usersOf()).toContain('one');
  await send('PUT /users/51941', { token, body: { user: { login: 'Renamed' } } });
  expect(await usersOf()).toContain('Renamed');
  // more than the change log takes
  await emulator.users.generate(10_500);
  expect((await usersOf()).length).toBe(10_504);
  await emulator.snapshot('many');
  expect((await found()).snapshots).toEqual(['many']);
  await emulator.reset();
  expect(await usersOf()).toEqual(['Dacia', 'ppavalli', 'gabby']);
  await emulator.restore('many');
  expect((await usersOf()).length).toBe(10_504);
  await emulator.import({ applications: [{ id: 230, auth_key: 'k', users: [{ id: 1, login: 'only' }] }] });
  expect(await usersOf()).toEqual(['only']);
  await emulator.snapshots.delete('many');
  expect((await found()).snapshots).toEqual([]);
  await emulator.close();
});

test('faults that are added and clocks that are moved while a reset is being stored stay', async () => {
  const { emulator } = await place().start({ seed: true, fault: ['users.create:503'] });
  const old = await emulator.faults.add({ status: 500 });
  const reset = emulator.reset();
  const { id } = await emulator.faults.add({ status: 502 });
  await emulator.clock.freeze('2030-01-01T00:00:00Z');
  expect((await emulator.faults.list()).map((fault) => fault.id)).toContain(old.id);
  await reset;
  expect((await emulator.faults.list()).map((fault) => [fault.id, fault.status])).toEqual([
    [id, 502],
    ['fault-4', 503],
  ]);
  expect((await emulator.faults.add({ status: 504 })).id).toBe('fault-5');
  expect(await emulator.clock.get()).toMatchObject({ frozen: true });
  await emulator.reset();
  expect((await emulator.faults.list()).map((fault) => fault.id)).toEqual(['fault-1']);
  expect(await emulator.clock.get()).toMatchObject({ frozen: false });
  await emulator.close();
});

describe('a start that fails leaves the data file as it was', async () => {
  const taken = await createEmulator();
  afterAll(() => taken.close());
  const port = Number(new URL(taken.url).port);
  const failures: Readonly<Record<string, EmulatorOptions>> = {
    'the port is in use': { port },
    'the port of the chat is in use': { chat: port },
    'the file has no certificate': { cert: __filename, key: __filename },
    '--ca-out can not be written': { caOut: join(folder, 'missing', 'ca.pem') },
  };
  test.each(Object.entries(failures))('%s', async (_, options) => {
    const { start, list, text } = place();
    await expect(start({ seed: true, ...options })).rejects.toThrow();
    expect(list()).toEqual([]);
    const { emulator } = await start({ seed: true });
    expect((await emulator.users.list()).total).toBe(3);
    await emulator.close();
    const before = text();
    await expect(start({ settings: { check_blob_id: true }, ...options })).rejects.toThrow();
    expect(list()).toEqual(['state.json']);
    expect(text()).toBe(before);
  });
});

test('requests that come while a reset is being stored are the first ones after it', async () => {
  const { emulator, send } = await place().start({ seed: true });
  await send('GET /nowhere');
  const reset = emulator.reset();
  const { json } = await send('POST /session', { body: { application_id: 230, auth_key: '29WfrNWdvkhmX6V' } });
  await reset;
  expect((await emulator.requests.list()).map(({ id, operation }) => [id, operation])).toEqual([[1, 'session.create']]);
  expect((await emulator.evidence()).items.map(({ of }) => of)).not.toContain('error:route_unknown');
  expect((await emulator.export()).sessions).toMatchObject([{ token: json.session.token }]);
  await emulator.rewind(1);
  expect((await emulator.export()).sessions ?? []).toEqual([]);
  await emulator.close();
});

test('after a stop there is one readable, private file, identical for the same state, that is also a fixture', async () => {
  const { start, list, text, file } = place();
  const { emulator } = await start({ seed: true });
  await emulator.users.create({ login: 'mia', password: 'secret123' });
  await emulator.snapshot('one');
  const exported = await emulator.export();
  expect(list()).toContain('state.json.lock');
  await emulator.close();

  expect(list()).toEqual(['state.json']);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(text()).toBe(`${JSON.stringify(JSON.parse(text()), null, 2)}\n`);
  expect(JSON.parse(text())).toMatchObject({ version: 1, ...exported, snapshots: [{ name: 'one' }] });
  expect(text()).not.toContain('secret123');
  expect(text()).not.toContain('petU4or!');

  const { mtimeMs } = statSync(file);
  const again = await start();
  await again.emulator.close();
  expect(statSync(file).mtimeMs).toBe(mtimeMs);

  const seeded = await createEmulator({ seed: file });
  expect(await seeded.export()).toEqual(exported);
  await seeded.import(JSON.parse(text()));
  expect(await seeded.export()).toEqual(exported);
  await seeded.close();
});

test('the seed applies to a new file and to a reset; options win over stored values', async () => {
  const { start } = place();
  const first = await start({ seed: true });
  await first.emulator.users.delete(51941);
  await first.emulator.close();

  const options = { seed: true, app: '230:otherkey', settings: { session_ttl: 60, disable_list_users_v1: false } };
  const second = await start(options);
  expect((await second.emulator.users.list()).total).toBe(2);
  expect((await second.emulator.settings.get()).session_ttl).toBe(60);
  expect((await second.emulator.apps.list()).find(({ id }) => id === 230)).toMatchObject({ auth_key: 'otherkey' });
  await second.emulator.close();

  const third = await start({ seed: true });
  expect((await third.emulator.settings.get()).session_ttl).toBe(60);
  await third.emulator.reset();
  expect((await third.emulator.users.list()).total).toBe(3);
  await third.emulator.close();
});

test('a handwritten file is accepted: a bare list of users, plain passwords', async () => {
  const { start, file, text } = place();
  writeFileSync(file, '[{ "login": "zoe", "password": "secret123" }]');
  const { emulator, send } = await start();
  const signIn = (user: object) => send('POST /session', { body: { ...DACIA, user } });
  expect((await signIn({ login: 'zoe', password: 'secret123' })).status).toBe(201);
  expect((await signIn({ login: 'zoe', password: 'secret124' })).status).toBe(401);
  await emulator.close();
  expect(text()).not.toContain('secret123');
  expect(JSON.parse(text()).applications.map(({ id }: { id: number }) => id)).toEqual([230]);
});

test('a restart hashes no passwords again', async () => {
  const { start, text } = place();
  const first = await start({ seed: true });
  await first.emulator.close();
  const hashes = text().match(/"password_hash": ".*"/g);
  expect(hashes?.length).toBe(9);
  const second = await start();
  await second.emulator.users.create({ login: 'mia', password: 'secret123' });
  await second.emulator.close();
  expect(text().match(/"password_hash": ".*"/g)).toEqual(expect.arrayContaining(hashes!));
});

test('reading does not wait for the disk: the use of a session is written with the next change, after a second, or at the stop', async () => {
  const { start, file, found, list } = place();
  const { emulator, send } = await start({ seed: true, settings: { session_ttl: 1000 } });
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  const kept = async () => (await found()).applications.find(({ id }) => id === 230)!.users![0]!.last_request_at;
  const before = readFileSync(`${file}.changes`);
  expect((await send('GET /users/51941', { token })).status).toBe(200);
  expect(readFileSync(`${file}.changes`)).toEqual(before);
  expect(await kept()).toBeUndefined();
  await emulator.users.create({ login: 'mia', password: 'secret123' });
  const first = await kept();
  expect(first).toMatch(/^\d{4}-/);

  await emulator.clock.advance('10m');
  const { token: other } = await emulator.sessions.create({ user: 'Dacia' });
  await send('GET /users/51941', { token: other });
  await expect.poll(kept, { timeout: 10_000, interval: 300 }).not.toBe(first);
  await emulator.clock.advance('900s');
  await send('GET /users/51941', { token: other });
  const { expires_at } = (await emulator.export()).sessions!.find((session) => session.token === other)!;
  await emulator.close();
  expect(list()).toEqual(['state.json']);
  const session = JSON.parse(readFileSync(file, 'utf8')).sessions.find(
    (each: { token: string }) => each.token === other,
  );
  expect(session.expires_at).toBe(expires_at);
});

test('with a seed for ids, a restart never repeats stored ones', async () => {
  const { start } = place();
  const tokens: string[] = [];
  for (let run = 0; run < 3; run++) {
    const { emulator } = await start({ seed: true, deterministic: true, freezeTime: '2026-01-01T00:00:00Z' });
    tokens.push((await emulator.sessions.create()).token);
    await emulator.close();
  }
  expect(new Set(tokens).size).toBe(3);
});

test('each sandbox has a file of its own, read on first use and removed with the sandbox', async () => {
  const { start, file, list } = place();
  const files = () => readdirSync(`${file}.sandboxes`).sort();
  const { emulator } = await start({ seed: true });
  for (const name of ['box1', 'Box1', 'a.b-c_d'])
    await emulator.sandbox(name).users.create({ login: name, password: 'secret123' });
  await emulator.sandbox('unchanged').users.list();
  await emulator.close();
  expect(list()).toEqual(['state.json', 'state.json.sandboxes']);
  expect(files().length).toBe(3);

  writeFileSync(join(file, '../victim.json'), '{}');
  const again = await start({ seed: true });
  expect((await again.emulator.sandboxes.list()).sort()).toEqual(['Box1', 'a.b-c_d', 'box1']);
  for (const name of ['box1', 'Box1']) {
    const { users } = await again.emulator.sandbox(name).users.list({ offset: 3 });
    expect(users.map(({ login }) => login)).toEqual([name]);
  }
  await again.emulator.sandboxes.delete('Box1');
  await again.emulator.sandboxes.delete('a.b-c_d');
  await expect(again.emulator.sandboxes.delete('../victim')).rejects.toThrow("there is no sandbox '../victim'");
  expect(await again.emulator.sandboxes.list()).toEqual(['box1']);
  expect(files()).toEqual(['box1.json']);
  expect((await again.emulator.sandbox('Box1').users.list()).total).toBe(3);
  await again.emulator.close();
});

test('requests that are first to use a sandbox, all at once, share one', async () => {
  const { start } = place();
  const first = await start({ seed: true });
  await first.emulator.sandbox('w1').users.create({ login: 'stored', password: 'secret123' });
  await first.emulator.close();

  const { emulator, send } = await start();
  const create = (number: number) =>
    number % 2 === 0
      ? emulator.sandbox('w1').users.create({ login: `user${number}`, password: 'secret123' })
      : send('POST /sandbox/w1/_emulator/users', { body: { login: `user${number}`, password: 'secret123' } });
  await Promise.all([send('GET /sandbox/w1/users'), ...Array.from({ length: 20 }, (_, number) => create(number))]);
  const { users } = await emulator.sandbox('w1').users.list({ offset: 3 });
  expect(users.map(({ login }) => login)).toEqual(
    expect.arrayContaining(['stored', ...Array.from({ length: 20 }, (_, number) => `user${number}`)]),
  );
  await emulator.close();
});

test('without --data nothing is written', async () => {
  const { list } = place();
  const emulator = await createEmulator({ seed: true });
  await emulator.users.create({ login: 'mia', password: 'secret123' });
  await emulator.close();
  expect(list()).toEqual([]);
});

test.each([
  ['a file', 'real.json', '[]'],
  ['a missing file in a missing folder', 'volume/new.json', undefined],
])('a data file that is a link to %s stays a link', async (_, target, content) => {
  const { file, start, list } = place();
  const real = join(folder, target);
  if (content !== undefined) writeFileSync(real, content);
  symlinkSync(join('..', target), file);
  const { emulator } = await start();
  await emulator.users.create({ login: 'mia', password: 'secret123' });
  await expect(createEmulator({ data: real })).rejects.toThrow('in use');
  await emulator.close();
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
  expect(list()).toEqual(['state.json']);
  expect(readFileSync(real, 'utf8')).toContain('mia');
});

test("a killed server's temporary file is removed, and nothing else", async () => {
  const { file, start, list } = place();
  const sandboxes = `${file}.sandboxes`;
  mkdirSync(sandboxes);
  const left = [`${file}.4711-1.tmp`, `${file}.changes.4711.tmp`, `${file}.lock.4711.tmp`];
  const others = ['state.json.notes', 'state.json.tmp', 'other.json.4711-1.tmp'];
  for (const name of [...left, join(sandboxes, 'box.json.4711-1.tmp')]) writeFileSync(name, 'x');
  for (const name of others) writeFileSync(join(file, '..', name), 'x');
  const { emulator } = await start();
  await emulator.close();
  expect(list()).toEqual([...others, 'state.json', 'state.json.sandboxes'].sort());
  expect(readdirSync(sandboxes)).toEqual([]);
});

test("reading does not wait for others' writes", async () => {
  const { start } = place();
  const { emulator, send } = await start({ seed: true });
  await emulator.users.generate(50_000);
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  let saved = false;
  const saving = emulator.snapshot('large').then(() => {
    saved = true;
  });
  const waiting = send('POST /users', { token, body: { user: { login: 'mia', password: 'secret123' } } });
  for (let reads = 0; reads < 10; reads++) {
    expect((await send('GET /users/51941', { token })).status).toBe(200);
    expect(saved).toBe(false);
  }
  await saving;
  expect((await waiting).status).toBe(201);
  await emulator.close();
});
