import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { APP_BOOT } from '../../src/sandbox/app-boot.ts';
import { temporaryWorkingFolder } from '../support/folder.ts';
import { sender } from '../support/http.ts';
import { runInProcess } from '../support/in-process.ts';

let emulator: Emulator;
const folder = temporaryWorkingFolder();
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

const run = (...words: string[]) => runInProcess(words, { USERS_EMULATOR_URL: emulator.url });

test('a stub with the content of a file is added, listed, and removed', async () => {
  writeFileSync(join(folder, 'dialogs.json'), '{ "items": [] }');
  writeFileSync(join(folder, 'page.html'), '<p>{{now}}');
  expect(await run('stub', 'list')).toEqual({ code: 0, out: 'no stubs\n', err: '' });
  const { out } = await run('stub', 'add', 'GET /chat/Dialog', 'dialogs.json', '--access', 'user', '--times', '2');
  expect(out).toBe('added stub 1: GET /chat/Dialog\n');
  await run('stub', 'add', 'GET /pages/:id', 'page.html', '--app', '230', '--delay', '1-2', '--name', 'page');
  await run('stub', 'add', 'GET /users/:id', '--text', 'mine', '--status', '202', '--override');
  expect(await emulator.stubs.list()).toMatchObject([
    { match: 'GET /chat/Dialog', json: { items: [] }, access: 'user', times: 2, application_id: null },
    { match: 'GET /pages/:id', text: '<p>{{now}}', application_id: 230, delay: [1, 2], name: 'page' },
    { match: 'GET /users/:id', text: 'mine', status: 202, override: true },
  ]);
  const { status, text } = await sender(emulator.url)('GET /users/1');
  expect([status, text]).toEqual([202, 'mine']);
  const list = await run('stub', 'list');
  expect(list.out.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['id', 'match', 'name', 'access', 'status', 'application', 'hits'],
    ['1', 'GET /chat/Dialog', 'user', '200', 'all', '0'],
    ['2', 'GET /pages/:id', 'page', 'none', '200', '230', '0'],
    ['3', 'GET /users/:id', 'none', '202', 'all', '1'],
    [''],
  ]);
  expect(await run('stub', 'remove', '2')).toEqual({ code: 0, out: 'removed stub 2\n', err: '' });
  expect(await run('stub', 'clear')).toEqual({ code: 0, out: 'removed all stubs\n', err: '' });
  expect(await emulator.stubs.list()).toEqual([]);
});

test('the ready set', async () => {
  const { out } = await run('stub', 'add', 'app-boot', '--json');
  expect(JSON.parse(out)).toHaveLength(APP_BOOT.length);
  const { token } = await emulator.sessions.create({ user: 'Dacia' });
  expect((await sender(emulator.url)('GET /chat/Dialog', { token })).json.items).toEqual([]);
});

test('faults match a stub by its name', async () => {
  await run('stub', 'add', 'GET /chat/Dialog', '--text', 'x', '--name', 'dialogs');
  await run('fault', 'add', 'stub:dialogs:503x1');
  const send = sender(emulator.url);
  expect((await send('GET /chat/Dialog')).status).toBe(503);
  expect((await send('GET /chat/Dialog')).status).toBe(200);
  await run('fault', 'add', 'stub:dialogs', '--drop', 'reset');
  await expect(send('GET /chat/Dialog')).rejects.toThrow();
});

test('what can not be is refused with its reason', async () => {
  writeFileSync(join(folder, 'broken.json'), '{');
  const refused = async (...words: string[]) => {
    const { code, err } = await run('stub', ...words);
    return [code, err.replace('users-emulator: ', '').trimEnd()];
  };
  expect(await refused('add', 'GET /users', '--text', 'x')).toEqual([
    2,
    'match: GET /users is emulated (users.list): set "override": true to answer in its place',
  ]);
  expect(await refused('add', 'GET /chat', '--access', 'admin')).toEqual([
    2,
    '--access: must be one of none, application, session, user',
  ]);
  expect(await refused('add', 'GET /chat', '--status', 'x')).toEqual([2, "--status: must be a whole number, not 'x'"]);
  expect(await refused('add', 'GET /chat', '--status', '700')).toEqual([
    2,
    '--status: must be an HTTP status up to 599',
  ]);
  expect(await refused('add', 'GET /chat', 'broken.json')).toEqual([4, expect.stringContaining('broken.json: line 1')]);
  expect(await refused('add', 'GET /chat', 'none.json')).toEqual([
    4,
    "none.json can't be read: no such file or directory",
  ]);
  expect(await refused('add', 'GET /chat', 'none.json', '--text', 'x')).toEqual([
    2,
    '--text: give a file or a text, not both',
  ]);
  expect(await refused('remove', 'x')).toEqual([2, "id: must be a whole number, not 'x'"]);
  expect(await refused('remove', '7')).toEqual([1, `${emulator.url}: there is no stub 7`]);
});
