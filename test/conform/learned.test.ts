import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEmulator, type EmulatorOptions } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';

const LEARNED = {
  service: 'connectycube',
  date: '2026-11-25',
  errors: {
    not_owner: { status: 404, shape: 'list', text: 'Not yours' },
    too_short: { status: 422, shape: 'field', text: 'needs {limit} characters' },
  },
  settings: { password_min_length: 8 },
  keys: { user: { 'users.show': ['login', 'id', 'is_new'] }, session: ['token', 'id'] },
  confirmed: ['bad_email'],
};
const folder = temporaryFolder();
const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };

/** An emulator with the example users, for the time of a test. */
async function learning(learned: NonNullable<EmulatorOptions['learned']>) {
  const emulator = await createEmulator({ seed: true, learned });
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  return { emulator, token, send: sender(emulator.url), [Symbol.asyncDispose]: () => emulator.close() };
}

test('errors, settings and keys replace those of the tables', async () => {
  await using world = await learning(LEARNED);
  const { token, send } = world;
  const refused = await send('PUT /users/51946', { token, body: { user: { full_name: 'x' } } });
  expect([refused.status, refused.text]).toEqual([404, '{"errors":["Not yours"]}']);
  const short = await send('POST /users', { headers: KEY, body: { user: { login: 'mia', password: '1234567' } } });
  expect([short.status, short.text]).toEqual([422, '{"errors":{"password":["needs 8 characters"]}}']);
  // the OpenAPI document describes the tables, which it no longer follows
  expect((await send('GET /users/51941', { token, stubbed: true })).text).toBe(
    '{"user":{"login":"Dacia","id":51941,"is_new":null}}',
  );
  expect(Object.keys((await send('GET /session', { token, stubbed: true })).json.session)).toEqual([
    'token',
    'id',
    'user',
  ]);
});

test('the evidence of learned and confirmed errors is the query of the service', async () => {
  await using world = await learning([LEARNED]);
  const { emulator, token, send } = world;
  await send('PUT /users/51946', { token, body: { user: { full_name: 'x' } } });
  await send('POST /users', { headers: KEY, body: { user: { login: 'mia', password: 'secret123', email: 'x' } } });
  const items = (await emulator.evidence()).items.filter(({ of }) => of.startsWith('error:'));
  expect(items.map(({ of, level, note }) => [of, level, note])).toEqual([
    ['error:not_owner', 'log', 'conform 2026-11-25'],
    ['error:bad_email', 'log', 'conform 2026-11-25'],
  ]);
  const { errors } = await emulator.coverage();
  expect(errors.find(({ key, dialect }) => key === 'not_owner' && dialect === 'connectycube')).toMatchObject({
    status: 404,
    evidence: { rule: [{ source: 'log', note: 'conform 2026-11-25' }] },
  });
});

test('the other service, other emulators and settings of options stay what they are', async () => {
  await using world = await learning({ ...LEARNED, settings: { session_ttl: 60 } });
  await using other = await createEmulator({ seed: true, learned: LEARNED, settings: { password_min_length: 4 } });
  const { token } = await world.emulator.sessions.create({ app: 22, user: 'Lena' });
  const body = { user: { full_name: 'x' } };
  expect((await world.send('PUT /users/87', { headers: { 'QB-Token': token }, body })).status).toBe(403);
  expect(await world.emulator.settings.get()).toMatchObject({ session_ttl: 60, password_min_length: 6 });
  expect(await other.settings.get()).toMatchObject({ password_min_length: 4 });
});

test.each([
  [{ ...LEARNED, service: 'acme' }, "service: must be 'connectycube' or 'quickblox'"],
  [{ ...LEARNED, date: 'today' }, 'date: must be a date such as 2026-11-25'],
  [
    { ...LEARNED, errors: { no_owner: LEARNED.errors.not_owner } },
    'errors.no_owner: is not an error of the catalogue; did you mean not_owner?',
  ],
  [
    { ...LEARNED, errors: { not_owner: { status: 403, shape: 'text', text: 'x' } } },
    "errors.not_owner.shape: must be 'list', 'base', 'field' or 'message'",
  ],
  [
    { ...LEARNED, errors: { not_owner: { status: 200, shape: 'list', text: '' } } },
    'errors.not_owner.status: must be an HTTP status from 400 to 599; errors.not_owner.text: must not be empty',
  ],
  [{ ...LEARNED, settings: { session_tll: 60 } }, "settings: unknown setting 'session_tll'"],
  [
    { ...LEARNED, keys: { user: { 'users.shown': ['id'] } } },
    'keys.user.users.shown: is not an operation; did you mean users.show',
  ],
  [{ ...LEARNED, confirmed: ['x'] }, 'confirmed.0: is not an error of the catalogue'],
])('a file with a mistake is refused with its place: %#', async (learned, message) => {
  const file = join(folder, 'learned.json');
  writeFileSync(file, JSON.stringify(learned));
  await expect(createEmulator({ learned: file })).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining(`learned: ${file}: ${message}`),
  });
});

test('a missing file: exit code 4', async () => {
  await expect(createEmulator({ learned: 'no-such.json' })).rejects.toMatchObject({
    exitCode: 4,
    message: expect.stringContaining("no-such.json: can't be read: no such file or directory"),
  });
});
