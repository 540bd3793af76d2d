import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { NOW, sender } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createEmulator({ seed: true, freezeTime: NOW });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

/** Runs `users-emulator <words>` against the emulator. */
const run = (...words: string[]) => runInProcess(words, { USERS_EMULATOR_URL: emulator.url });

/** The stdout of a command, which must succeed. */
async function output(...words: string[]): Promise<string> {
  const { code, out, err } = await run(...words);
  expect({ words, code, err }).toEqual({ words, code: 0, err: '' });
  return out;
}

test('users list: all, those with a text, or a part of them', async () => {
  const [head, ...rows] = (await output('users', 'list')).trimEnd().split('\n');
  expect(head).toMatch(/^id +login +email +name +tags +created +last request$/);
  expect(rows.map((row) => row.split(/ +/)[1])).toEqual(['Dacia', 'ppavalli', 'gabby']);
  expect(await output('users', 'list', 'purushottam')).toMatch(/^[^\n]*\n51943 +ppavalli [^\n]*\n$/);
  expect(await output('users', 'list', 'nobody')).toBe('no users\n');
  expect(await output('users', 'list', '--offset', '1', '--limit', '1')).toMatch(
    /^51943 .*\n\n1 of 3: see --limit\n$/m,
  );
  expect(JSON.parse(await output('users', 'list', '--app', '22', '--json'))).toEqual(
    await emulator.users.list({ app: 22 }),
  );
  expect(await run('users', 'list', '--limit', 'x')).toMatchObject({
    code: 2,
    err: 'users-emulator: --limit: must be a whole number\n',
  });
});

test.each(['Dacia', '51941'])('users get %s: the fields of that user', async (user) => {
  expect(await output('users', 'get', user)).toMatch(/^id +51941\nlogin +Dacia\n/);
  expect(JSON.parse(await output('users', 'get', user, '--json'))).toEqual(await emulator.users.get(51941));
});

test('a user of another application: the message says which has it', async () => {
  expect(await run('users', 'get', 'Kitty')).toEqual({
    code: 1,
    out: '',
    err: `users-emulator: ${emulator.url}: application 230 has no user 'Kitty', but application 22 has\n`,
  });
  expect(await output('users', 'get', 'Kitty', '--app', '22')).toMatch(/^login +Kitty$/m);
});

test('a user is created, changed and deleted, by the rules of the API', async () => {
  const fields = ['login=mia', 'password=secret123', 'full_name=Mia = M', 'user_tags=vip,new', 'phone=+49 30 1'];
  const mia = JSON.parse(await output('users', 'create', ...fields, '--json'));
  expect(mia).toMatchObject({ login: 'mia', full_name: 'Mia = M', user_tags: 'vip,new', phone: '+49 30 1' });
  expect(await output('users', 'update', 'mia', 'full_name=M', 'phone=')).toMatch(/^full_name +M$/m);
  const { full_name, phone } = await emulator.users.get('mia');
  expect([full_name, phone]).toEqual(['M', undefined]);
  expect(await output('users', 'delete', 'mia')).toBe("deleted 'mia'\n");
  expect(await run('users', 'get', 'mia')).toMatchObject({ code: 1 });
});

test.each([
  [['create', 'login=Dacia', 'password=secret123'], 2, 'login must be unique'],
  [['create', 'lgin=mia'], 2, 'lgin: unknown; the fields are: '],
  [['create', 'mia'], 2, 'each field: must be name=value'],
  [['create'], 2, "missing required argument 'field=value'"],
  [['generate', 'some'], 2, 'count: must be a whole number'],
  [['generate', '0'], 2, 'count: must be 1 or more'],
  [['generate', '1000001'], 2, 'count: must be 1000000 or less'],
  [['delete', '7'], 1, 'application 230 has no user 7'],
])('users %j: %i, %s', async (words, code, message) => {
  const ended = await run('users', ...words);
  expect([ended.code, ended.out]).toEqual([code, '']);
  expect(ended.err).toContain(message);
  expect((await emulator.users.list()).total).toBe(3);
});

test('users generate: so many users, who can log in', async () => {
  expect(await output('users', 'generate', '2')).toBe('created 2 users, with the ids 51947 to 51948\n');
  const body = { application_id: 230, auth_key: '29WfrNWdvkhmX6V', user: { login: 'user51948', password: 'password' } };
  expect((await sender(emulator.url)('POST /session', { body })).status).toBe(201);
});

test('sessions are listed, and end: one, those of a user, or all', async () => {
  expect(await output('sessions', 'list')).toBe('no sessions\n');
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  await emulator.sessions.create({ user: 'gabby' });
  await emulator.sessions.create();
  expect(await output('sessions', 'list', 'Dacia')).toMatch(
    new RegExp(
      `^token +user +login +created +expires\\n${token} +51941 +Dacia +2026-01-01T00:00:00.000Z +2026-01-01T02:00:00.000Z\\n$`,
    ),
  );
  expect(await output('sessions', 'list', '--limit', '2')).toMatch(/\n\n2 of 3: see --limit\n$/);
  expect(await output('sessions', 'expire', token)).toBe('ended 1 session\n');
  expect((await sender(emulator.url)('GET /session', { token })).status).toBe(401);
  expect(await output('sessions', 'expire', '--user', 'gabby')).toBe('ended 1 session\n');
  expect(JSON.parse(await output('sessions', 'expire', '--all', '--json'))).toEqual({ expired: 1 });
  expect(await output('sessions', 'expire', '--all')).toBe('ended 0 sessions\n');
  for (const words of [[], [token, '--all'], ['--all', '--user', 'gabby']])
    expect(await run('sessions', 'expire', ...words)).toMatchObject({
      code: 2,
      err: 'users-emulator: give a token, --user or --all: one of them\n',
    });
});
