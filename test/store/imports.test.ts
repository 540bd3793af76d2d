import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { type Send, sender } from '../support/http.ts';

/** What an import refuses and takes; `refused-files.test.ts` has the same of data files. */

const folder = temporaryFolder();
const KEY = '29WfrNWdvkhmX6V';
const SAFE = Number.MAX_SAFE_INTEGER;
const HIGHEST = 2 ** 52;
const LAST_TIME = 253_402_300_799_999;
let emulator: Emulator;
let send: Send;
beforeEach(async () => {
  emulator = await createEmulator({ seed: true });
  send = sender(emulator.url);
});
afterEach(() => emulator.close());

/** An import over HTTP, of JSON as it is written. */
const post = (json: string, mode = 'replace') => send(`POST /_emulator/import?mode=${mode}`, { body: json });
const problemsOf = async (fixture: unknown, mode?: string) => {
  const { status, json } = await post(typeof fixture === 'string' ? fixture : JSON.stringify(fixture), mode);
  expect(status).toBe(422);
  return json.problems;
};
const logins = async () => (await emulator.users.list()).users.map(({ id, login }) => `${id} ${login}`);
const exported = async () => JSON.parse(JSON.stringify(await emulator.export()));

const session = (more: object = {}) => ({
  token: 't',
  id: 1,
  application_id: 230,
  ts: 1,
  created_at: 1,
  updated_at: 1,
  expires_at: LAST_TIME,
  ...more,
});
const mail = (more: object = {}) => ({
  id: 'mail-000001',
  type: 'password_reset',
  to: 'a@b.c',
  subject: '',
  text: '',
  html: '',
  link: '',
  created_at: '2026-01-01T00:00:00Z',
  application_id: 230,
  user_id: 1,
  reset_token: 'x',
  used: false,
  expires_at: LAST_TIME,
  ...more,
});
const application = (more: object = {}) => ({ id: 230, auth_key: KEY, ...more });

describe('ids', () => {
  test.each([SAFE, SAFE - 1, 2 ** 53 - 2 ** 50])('%d is refused: the ids after it would run out', async (id) => {
    const where = 'applications[0].users[0].id: must be 4503599627370496 or less';
    expect(await problemsOf({ applications: [application({ users: [{ id }] })] })).toEqual([where]);
    const next = 'applications[0].next_user_id: must be 4503599627370496 or less';
    expect(await problemsOf({ applications: [application({ next_user_id: id })] })).toEqual([next]);
    await expect(createEmulator({ seed: [{ id }] as never })).rejects.toMatchObject({ exitCode: 4 });
    const file = join(folder, `${id}.json`);
    writeFileSync(file, JSON.stringify([{ id }]));
    await expect(createEmulator({ data: file })).rejects.toMatchObject({ exitCode: 5 });
  });

  test('after the highest there are more, and what they make can be imported again', async () => {
    await emulator.import([{ id: HIGHEST, login: 'highest' }]);
    for (const login of ['one', 'two', 'three']) await emulator.users.create({ login, password: 'secret123' });
    expect(await logins()).toEqual([
      `${HIGHEST} highest`,
      `${HIGHEST + 1} one`,
      `${HIGHEST + 2} two`,
      `${HIGHEST + 3} three`,
    ]);
    const before = await exported();
    await emulator.import(before);
    expect(await exported()).toEqual(before);
  });
});

describe('times', () => {
  const WRONG = ['1e400', '-1e400', '-1', String(1e16)];
  const state = (session: string, user = '{}', mail = '') =>
    `{"applications":[{"id":230,"auth_key":"${KEY}","users":[${user}]}],"sessions":[${session}],"outbox":[${mail}]}`;
  /** JSON with a number in it as it is written. */
  const withTime = (record: object, name: string, time: string) =>
    JSON.stringify({ ...record, [name]: 'TIME' }).replace('"TIME"', time);

  test.each(WRONG)('%s is none', async (time) => {
    for (const name of ['created_at', 'updated_at', 'expires_at'])
      expect(await problemsOf(state(withTime(session(), name, time)))).toEqual([
        `sessions[0].${name}: must be a time in ms, of the years 1970 to 9999`,
      ]);
    expect(await problemsOf(state('', withTime({}, 'guest_until', time)))).toEqual([
      'applications[0].users[0].guest_until: must be a time in ms, of the years 1970 to 9999',
    ]);
    expect(await problemsOf(state('', '{}', withTime(mail(), 'expires_at', time)))).toEqual([
      'outbox[0].expires_at: must be a time in ms, of the years 1970 to 9999',
    ]);
  });

  test.each([0, 0.5, LAST_TIME])('%d is one', async (time) => {
    const own = session({ created_at: time, updated_at: time });
    const users = [{ id: 1, guest_until: LAST_TIME }];
    await emulator.import({ applications: [application({ users })], sessions: [own] } as never);
    expect((await exported()).sessions).toMatchObject([own]);
  });
});

test('a session or a mail of an application that is not there is refused; without its user it is none of a user', async () => {
  const applications = [application()];
  const sessions = [session(), session({ token: 'u', application_id: 5 })];
  expect(await problemsOf({ applications, sessions, outbox: [mail({ application_id: 6 })] })).toEqual([
    'sessions[1].application_id: there is no application 5',
    'outbox[0].application_id: there is no application 6',
  ]);
  const file = join(folder, 'snapshots.json');
  writeFileSync(file, JSON.stringify({ applications, snapshots: [{ name: 'a', applications, sessions }] }));
  await expect(createEmulator({ data: file })).rejects.toThrow(
    'snapshots[0].sessions[1].application_id: there is no application 5',
  );

  await emulator.import({ applications: [], sessions: [session({ user_id: 4711 })] } as never, 'merge');
  expect((await send('GET /users/51941', { token: 't' })).status).toBe(200);
  const body = { user: { full_name: 'x' } };
  expect((await send('PUT /users/51941', { token: 't', body })).status).toBeLessThan(500);
});

test('values nested so deep that they can not be shown are refused like others', async () => {
  const deep = '['.repeat(20_000) + ']'.repeat(20_000);
  const inProcess = async (json: string) => emulator.import(JSON.parse(json)).catch(({ more }) => more.problems);
  expect(await inProcess(`{"version":${deep}}`)).toEqual([
    'version: a list or an object is not known; this users-emulator reads version 1: use a newer one',
  ]);
  expect(await problemsOf(`{"version":"${'1'.repeat(3)}","applications":[]}`)).toEqual([
    'version: "111" is not known; this users-emulator reads version 1: use a newer one',
  ]);
  const settings = `{"applications":[{"id":230,"auth_key":"k","settings":{"session_ttl":${deep}}}]}`;
  expect(await inProcess(settings)).toEqual([
    'applications[0].settings.session_ttl: must be true, false, a number or a text',
  ]);
});

describe('what must be unique', () => {
  beforeEach(() =>
    emulator.import({
      applications: [
        application({
          users: [
            { id: 1, login: 'aaa' },
            { id: 2, login: 'bbb', email: 'B@b.b' },
          ],
        }),
        { id: 22, dialect: 'quickblox', auth_key: 'k22' },
      ],
    }),
  );
  const merge = (...users: object[]) => ({ applications: [application({ users })] });

  test.each<[what: string, users: object[], after: string[]]>([
    [
      'moves on',
      [
        { id: 1, login: 'bbb' },
        { id: 2, login: 'ccc' },
      ],
      ['1 bbb', '2 ccc'],
    ],
    [
      'is swapped',
      [
        { id: 1, login: 'bbb' },
        { id: 2, login: 'aaa' },
      ],
      ['1 bbb', '2 aaa'],
    ],
    [
      'is let go of',
      [
        { id: 3, login: 'bbb' },
        { id: 2, login: null },
      ],
      ['1 aaa', '2 undefined', '3 bbb'],
    ],
  ])('%s in a merge', async (_, users, after) => {
    await emulator.import(merge(...users) as never, 'merge');
    expect(await logins()).toEqual(after);
  });

  test('the keys of applications are swapped, too', async () => {
    const applications = [application({ auth_key: 'k22' }), { id: 22, auth_key: KEY }];
    await emulator.import({ applications } as never, 'merge');
    expect((await emulator.apps.list()).map(({ id, auth_key }) => [id, auth_key])).toEqual([
      [22, KEY],
      [230, 'k22'],
    ]);
  });

  test('is told by the place of the other one: in the file, or the user that was there', async () => {
    const at = 'applications[0].users';
    expect(await problemsOf(merge({ id: 3, login: 'bbb' }, { id: 4, email: 'b@B.b' }), 'merge')).toEqual([
      `${at}[0].login: user 2 has the same`,
      `${at}[1].email: user 2 has the same`,
    ]);
    const three = [{ login: 'x' }, { login: 'x' }, { login: 'x' }];
    expect(await problemsOf(merge(...three))).toEqual([
      `${at}[1].login: ${at}[0] has the same`,
      `${at}[2].login: ${at}[0] has the same`,
    ]);
    expect(await problemsOf(three)).toEqual(['[1].login: [0] has the same', '[2].login: [0] has the same']);
    expect(await problemsOf([{ id: 8 }, { id: 8 }])).toEqual(['[1].id: [0] has the same']);
    expect(
      await problemsOf([
        { id: 9, login: 'x' },
        { id: 8, login: 'x' },
      ]),
    ).toEqual(['[1].login: [0] has the same']);
    const applications = [application(), { id: 231, auth_key: KEY }, { id: 230, auth_key: 'k' }];
    expect(await problemsOf({ applications })).toEqual(['applications[2].id: applications[0] has the same']);
    expect(await problemsOf({ applications: applications.slice(0, 2) })).toEqual([
      'applications[1].auth_key: applications[0] has the same',
    ]);
    expect(await problemsOf({ applications: [{ id: 231, auth_key: KEY }] }, 'merge')).toEqual([
      'applications[0].auth_key: application 230 has the same',
    ]);
    expect(await logins()).toEqual(['1 aaa', '2 bbb']);
  });
});

describe('what is said of an application that is there', () => {
  const quickblox = (apps: readonly { readonly id?: unknown }[]) => apps.find(({ id }) => id === 22);
  const users = [{ id: 1, login: 'one' }];

  test('leaves the rest as it was', async () => {
    await emulator.settings.set({ session_ttl: 60 }, { app: 22 });
    const before = quickblox((await exported()).applications)!;
    const auth_key = 'another';
    await emulator.import({ applications: [{ id: 22, auth_key, users }] }, 'merge');
    const after = quickblox((await exported()).applications)!;
    expect({ ...after, users: [] }).toEqual({ ...before, auth_key, users: [] });
    await emulator.import({ applications: [{ id: 22, auth_key, auth_secret: null, owner_id: null }] }, 'merge');
    expect(quickblox(await emulator.apps.list())).toMatchObject({
      dialect: 'quickblox',
      auth_secret: null,
      owner_id: null,
    });
  });

  test('in a seed, too, of one that is known without configuration', async () => {
    const known = quickblox(await emulator.apps.list());
    const seeded = await createEmulator({ seed: { applications: [{ id: 22, auth_key: 'wJHd4cQSxpQGWx5', users }] } });
    expect(quickblox(await seeded.apps.list())).toEqual({ ...known, users: 1 });
    await seeded.close();
  });
});

test('export, import, export: the same text, in whatever order an import had it', async () => {
  const text = async () => (await send('GET /_emulator/export')).text;
  await emulator.apps.add({ auth_key: 'k', owner_id: 7, dialect: 'quickblox', auth_secret: 's', id: 777 });
  await emulator.settings.set({ session_ttl: 60 });
  const first = await text();
  const { applications } = JSON.parse(first);
  const turned = applications.map((each: object) => Object.fromEntries(Object.entries(each).reverse()));
  await emulator.import({ ...JSON.parse(first), applications: turned });
  expect(await text()).toBe(first);
});
