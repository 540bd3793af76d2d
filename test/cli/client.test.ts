import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { temporaryWorkingFolder } from '../support/folder.ts';
import { NOW, sender } from '../support/http.ts';
import { runInProcess, startInProcess } from '../support/in-process.ts';

let emulator: Emulator;
const folder = temporaryWorkingFolder();

beforeAll(async () => {
  emulator = await createEmulator({ seed: true, freezeTime: NOW });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());

/** Runs `users-emulator <line>` against the emulator; blanks separate arguments. */
const run = (line: string, url = emulator.url) => runInProcess(line.split(' '), { USERS_EMULATOR_URL: url });

/** The stdout of a command, which must succeed. */
async function output(line: string): Promise<string> {
  const { code, out, err } = await run(line);
  expect({ line, code, err }).toEqual({ line, code: 0, err: '' });
  return out;
}

async function asJson(line: string): Promise<unknown> {
  const out = await output(`${line} --json`);
  expect(out.trimEnd()).not.toContain('\n');
  return JSON.parse(out);
}

const total = async () => (await emulator.users.list()).total;
const requestMail = async () => {
  const { token } = await emulator.sessions.create();
  await sender(emulator.url)('GET /users/password/reset?email=dacia_k@domain.com', { token });
};

describe('the state', () => {
  test('reset goes back to the seed, or to no users', async () => {
    await emulator.users.create({ login: 'mia', password: 'secret123' });
    expect(await output('reset')).toBe('reset to the seed\n');
    expect(await total()).toBe(3);
    expect(await asJson('reset --to empty')).toEqual({ reset: 'empty' });
    expect(await total()).toBe(0);
  });

  test('an export can be imported, replacing the state or merged into it', async () => {
    expect(await output('export state.json')).toBe('state.json: 9 users in 2 applications\n');
    const { applications } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
    expect(applications.find(({ id }: { id: number }) => id === 230).users).toHaveLength(3);
    expect(JSON.parse(await output('export')).applications).toEqual(applications);

    await emulator.users.create({ login: 'mia', password: 'secret123' });
    expect(await output('import state.json --merge')).toBe('now there are 10 users in 2 applications\n');
    expect(await total()).toBe(4);
    await output('import state.json');
    expect(await total()).toBe(3);
  });

  test("a file that can't be imported is reported with the place of the problem, and changes nothing", async () => {
    writeFileSync(join(folder, 'bad.json'), '{"applications":[{"id":230,"auth_key":"k","users":[{"login":7}]}]}');
    const bad = await run('import bad.json');
    expect(bad).toMatchObject({ code: 4, out: '' });
    expect(bad.err).toContain('bad.json');
    expect(bad.err).toContain('applications[0].users[0].login');
    writeFileSync(join(folder, 'worse.json'), '{\n  oops');
    expect(await run('import worse.json')).toMatchObject({
      code: 4,
      err: expect.stringContaining('line 2, column 3'),
    });
    expect(await run('import none.json')).toMatchObject({ code: 4, err: expect.stringContaining('none.json') });
    expect(await total()).toBe(3);
  });

  test('snapshots are saved, listed, restored and deleted', async () => {
    await output('snapshot save a');
    await output('snapshot save b');
    expect(await output('snapshot list')).toBe('a\nb\n');
    await emulator.users.delete(51941);
    await output('snapshot restore a');
    expect(await total()).toBe(3);
    await output('snapshot delete a');
    expect(await asJson('snapshot list')).toEqual(['b']);
    expect(await run('snapshot restore a')).toMatchObject({ code: 1, err: expect.stringContaining("snapshot 'a'") });
  });

  test('settings of one application or of all', async () => {
    expect(await output('settings get')).toMatch(/^disable_list_users_v1 +true$/m);
    const changed = await output('settings set disable_list_users_v1=false session_ttl=60');
    expect(changed).toMatch(/^changed in all applications; the default one now has:\n.*^session_ttl +60$/ms);
    expect(await output('settings set session_ttl=90 --app 22')).toMatch(/^disable_list_users_v1 /);
    expect(await emulator.settings.get()).toMatchObject({ disable_list_users_v1: false, session_ttl: 60 });
    expect(await asJson('settings get --app 22')).toMatchObject({ session_ttl: 90 });
    const wrong = await run('settings set session_ttl=soon colour=red');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toMatch(/'session_ttl' is a whole number.*'colour'/);
    expect(await run('settings set session_ttl')).toMatchObject({
      code: 2,
      err: expect.stringContaining('name=value'),
    });
    expect(await run('settings get --app 7')).toMatchObject({ code: 1, err: expect.stringContaining('application 7') });
  });
});

test('the clock is read, stopped, set, advanced and released', async () => {
  expect(await output('clock now')).toBe('2026-01-01T00:00:00.000Z  frozen\n');
  expect(await output('clock advance 2h1m')).toBe('2026-01-01T02:01:00.000Z  frozen\n');
  expect(await output('clock advance -1d')).toBe('2025-12-31T02:01:00.000Z  frozen\n');
  expect(await asJson('clock set 2030-05-05T05:05:05Z')).toEqual({ now: '2030-05-05T05:05:05.000Z', frozen: true });
  expect(await output('clock resume')).toMatch(/^2030-05-05T05:05:\d\d\.\d{3}Z {2}running\n$/);
  expect(await output('clock freeze 2026-02-02')).toBe('2026-02-02T00:00:00.000Z  frozen\n');
  expect(await run('clock advance soon')).toMatchObject({ code: 2, err: expect.stringContaining("'2h1m'") });
  expect(await run('clock set')).toMatchObject({ code: 2, err: expect.stringContaining("'time'") });
});

describe('faults', () => {
  test('an operation fails a given number of times', async () => {
    expect(await output('fault add users.list_v2:503x2')).toMatch(/^added fault-\d+\n$/);
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const send = sender(emulator.url);
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await send('GET /users/v2?id=51941', { token })).status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  test('every option sets its part of the fault', async () => {
    const options =
      '--error taken --delay 1-5 --times 3 --after 1 --probability 0.5 --method POST --path /u* --user Dacia --app 230';
    expect(await asJson(`fault add users.create ${options}`)).toMatchObject({
      match: { operation: 'users.create', method: 'POST', path: '/u*', user: 'Dacia', app: 230 },
      error: 'taken',
      delay: [1, 5],
      times: 3,
      after: 1,
      probability: 0.5,
    });
    expect(await asJson('fault add any --delay 7 --drop reset')).toMatchObject({ match: {}, delay: 7, drop: 'reset' });
    const lines = (await output('fault list')).split('\n');
    expect(lines[0]).toMatch(/^id +match +effect +when +seen +hits$/);
    expect(lines[1]).toMatch(/operation=users\.create .*error=taken delay=1-5 +times=3 after=1 probability=0.5 +0 +0$/);
    expect(lines[2]).toMatch(/ any +delay=7 drop=reset +always +0 +0$/);
    expect(await asJson('fault add any --status 503')).toMatchObject({ match: {}, status: 503 });
    expect(await asJson('fault add any:503x2')).toMatchObject({ match: {}, status: 503, times: 2 });
    await output('fault clear');
    expect(await asJson('fault list')).toEqual([]);
  });

  test('an invalid fault is a usage error', async () => {
    expect(await run('fault add users.create')).toMatchObject({ code: 2, err: expect.stringContaining('effect') });
    expect(await run('fault add users.create:5')).toMatchObject({ code: 2, err: expect.stringContaining('503x2') });
    expect(await run('fault add users.mend:503')).toMatchObject({
      code: 2,
      err: expect.stringContaining('users.show'),
    });
    expect(await run('fault add any --delay x')).toMatchObject({ code: 2, err: expect.stringContaining('min-max') });
    expect(await run('fault add any:503x2 --times 3')).toMatchObject({ code: 2, err: expect.stringContaining('x2') });
    expect(await run('fault add any:503 --method GTE')).toMatchObject({ code: 2, err: expect.stringContaining('GET') });
  });
});

describe('inspecting', () => {
  test('the outbox waits for a mail, shows it and is cleared', async () => {
    const waiting = output('outbox --to dacia_k@domain.com --wait 10s');
    await requestMail();
    const [mail] = await emulator.outbox.list();
    expect(await waiting).toContain(mail!.link);
    expect(await asJson('outbox --to pallavi@example.com')).toEqual([]);
    expect(await asJson('outbox')).toEqual([mail]);
    expect(await run('outbox --to nobody@example.com --wait 50ms')).toMatchObject({
      code: 1,
      err: expect.stringContaining('nobody@example.com'),
    });
    await output('outbox --clear');
    expect(await output('outbox')).toBe('no mails\n');
  });

  test('requests are filtered by operation, path, tag and status', async () => {
    const send = sender(emulator.url);
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await send('GET /users/51941', { token, headers: { 'X-Emulator-Request-Tag': 'first' } });
    await send('GET /users', { token });
    const paths = async (line: string) => ((await asJson(line)) as { path: string }[]).map(({ path }) => path);
    expect(await paths('requests')).toEqual(['/users/51941', '/users']);
    expect(await paths('requests --operation users.list')).toEqual(['/users']);
    expect(await paths('requests --path /users/*')).toEqual(['/users/51941']);
    expect(await paths('requests --tag first')).toEqual(['/users/51941']);
    expect(await paths('requests --status 403')).toEqual(['/users']);
    const [head, first, second] = (await output('requests')).split('\n');
    expect(head).toMatch(/^id +time +status +request +operation +user +ms +notes$/);
    expect(first).toMatch(/^1 +2026-01-01T00:00:00\.000Z +200 +GET \/users\/51941 +users\.show +51941 .*#first$/);
    expect(second).toMatch(
      / 403 +GET \/users +users\.list .*list_disabled, GET \/users is deprecated, and refused by an application with default permissions$/,
    );
    expect(await output('warnings')).toMatch(/^1 +deprecated +users\.list /m);
  });

  test('requests --id shows a request with its answer, and --curl the command for it', async () => {
    const send = sender(emulator.url);
    const headers = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };
    await send('POST /users?x=1', {
      headers,
      body: { user: { login: 'mia', password: 'secret123' } },
    });
    const shown = await output('requests --id 1');
    expect(shown).toMatch(/^POST http:\/\/\S+\/users\?x=1\n\noperation +users\.create\n/);
    expect(shown).toMatch(/^changes +user \d+ created$/m);
    expect(shown).toMatch(/^evidence +doc: users\/user-sign-up$/m);
    expect(shown).toContain('\n\n201\nContent-Type: application/json; charset=utf-8\n');
    expect(shown).toContain('"login": "mia"');
    expect(shown).not.toContain('secret123');
    expect(await asJson('requests --id 1')).toEqual(await emulator.requests.get(1));
    expect(await output('requests --id 1 --curl')).toBe(`${await emulator.requests.curl(1)}\n`);
    expect(await run('requests --id 2')).toMatchObject({ code: 1, err: expect.stringContaining('holds 1 to 1') });
    // a command that is cut would be none
    await send('POST /users', { headers, body: { user: { login: 'mia', custom_data: 'x'.repeat(50_000) } } });
    expect(await output('requests --id 2 --curl')).toBe(`${await emulator.requests.curl(2)}\n`);
    expect(await run('requests --curl')).toMatchObject({ code: 2, err: expect.stringContaining('--curl: needs --id') });
  });

  test('requests --har writes a file', async () => {
    await sender(emulator.url)('GET /users/51941');
    const file = join(folder, 'requests.har');
    expect(await output(`requests --har ${file}`)).toBe(`${file}: 1 request\n`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(await emulator.requests.har());
  });

  test('requests --follow prints requests as they come, until the emulator stops', async () => {
    const other = await createEmulator({ seed: true });
    const words = ['requests', '--follow', '--path', '/users/*', '--url', other.url];
    const { ended, printed } = startInProcess(words);
    const send = sender(other.url);
    // it begins with the first request after it is connected
    await expect.poll(() => send('GET /users/1').then(printed), { timeout: 20_000 }).not.toBe('');
    await send('GET /users');
    await send('GET /users/51941');
    await send('GET /users/51943', { headers: { 'CB-AuthKey': '29WfrNWdvkhmX6V' } });
    await expect.poll(printed, { timeout: 20_000 }).toContain('/users/51943');
    await other.close();
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toMatch(
      /^(?:\d+ +\S+Z +403 +GET \/users\/1 .*\n)+\d+ +\S+Z +403 +GET \/users\/51941 .*\n\d+ +\S+Z +\d+ +GET \/users\/51943 .*\n$/,
    );
  });

  test('diff shows what changed, and rewind undoes it', async () => {
    await output('snapshot save before');
    const { id } = await emulator.users.create({ login: 'mia', password: 'secret123' });
    await emulator.users.update(51941, { full_name: 'Dacia K' });
    await sender(emulator.url)('DELETE /users/51941', {
      token: (await emulator.sessions.create({ user: 'Dacia' })).token,
    });
    expect(await output('diff before')).toBe(
      `+ user ${id} mia (application 230)\n- user 51941 Dacia (application 230)\n`,
    );
    expect(await output('rewind 1')).toBe('the state is what it was before request 1\n');
    expect(await output('diff before')).toContain(
      '~ user 51941 (application 230)\n    full_name: Dacia Kail → Dacia K\n',
    );
    expect(await run('rewind 7')).toMatchObject({ code: 1 });
    expect(await run('rewind x')).toMatchObject({
      code: 2,
      err: expect.stringContaining('id: must be a whole number'),
    });
    expect(await run('diff none')).toMatchObject({ code: 1 });
  });

  test('coverage lists what is emulated', async () => {
    expect(await output('coverage')).toMatch(/^users\.create +POST \/users +201 +doc: users\/user-sign-up$/m);
    expect(await asJson('coverage')).toHaveProperty('errors');
  });
});

describe('choosing the emulator', () => {
  test('a sandbox is chosen by name or by URL', async () => {
    await output('reset --to empty --sandbox w1');
    expect((await emulator.sandbox('w1').users.list()).total).toBe(0);
    expect(await total()).toBe(3);
    await output(`reset --url ${emulator.url}/sandbox/w1`);
    expect((await emulator.sandbox('w1').users.list()).total).toBe(3);
    expect(await output('sandbox list')).toBe(`w1  ${emulator.url}/sandbox/w1, 9 users, 0 requests\n`);
    expect(await output('sandbox delete w1')).toBe("deleted 'w1'\n");
    await output('reset --sandbox w2');
    expect(await output('sandbox clear')).toBe('deleted all sandboxes\n');
    expect(await output('sandbox list')).toBe('no sandboxes\n');
  });

  test('a sandbox with a port of its own is reached there', async () => {
    const [url = ''] = (await output('sandbox create w1 --port 0')).split('\n');
    await fetch(`${url}/users/1`);
    expect(await output('sandbox list')).toMatch(`w1  ${url}, 9 users, 1 request, last 20`);
    expect(await output('sandbox create w2')).toBe(`${emulator.url}/sandbox/w2\n`);
    const refused = await run('sandbox create w3 --port x', emulator.url);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('--port: ') });
    await output('sandbox clear');
  });

  test('the admin token is an option or a variable', async () => {
    await using guarded = await createEmulator({ adminToken: 'open-sesame' });
    const refused = await run('clock now', guarded.url);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('--admin-token') });
    const wrong = await run('clock now --admin-token sesame', guarded.url);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('rejects this admin token') });
    expect((await run('clock now --admin-token open-sesame', guarded.url)).code).toBe(0);
    const none = { USERS_EMULATOR_URL: guarded.url, USERS_EMULATOR_ADMIN_TOKEN: '' };
    expect((await runInProcess(['clock', 'now'], none)).err).toContain('give --admin-token');
    const env = { USERS_EMULATOR_URL: guarded.url, USERS_EMULATOR_ADMIN_TOKEN: 'open-sesame' };
    expect((await runInProcess(['clock', 'now'], env)).code).toBe(0);
  });

  test('an untrusted certificate is reported as such, not as no answer', async () => {
    await using secure = await createEmulator({ stateDir: join(folder, 'state') });
    const { code, err } = await run('clock now', secure.httpsUrl);
    expect([code, err]).toEqual([1, expect.stringContaining(`NODE_EXTRA_CA_CERTS, or use ${secure.url}\n`)]);
    expect(err).not.toContain('no emulator answers');
  });

  test('if no emulator answers, the error names the address and what to do', async () => {
    const { code, err } = await run('reset', 'http://127.0.0.1:9');
    expect(code).toBe(1);
    expect(err).toMatch(/127\.0\.0\.1:9.*start one/);
  });
});

test('usage errors have exit code 2', async () => {
  await emulator.users.delete(51941);
  const lines = [
    ...['reset --bogus', 'requests extra', 'snapshot save', 'import', 'reset --to nowhere', 'clock', 'snapshot save '],
    ...['clock freeze 5', 'clock set 2026-02-30', 'requests --operation users.creat', 'reset --sandbox a/b'],
    ...['reset --sandbox ', 'reset --sandbox ..', 'requests --tag '],
  ];
  const ended = await Promise.all(lines.map(async (line) => ({ line, ...(await run(line)) })));
  expect(ended.map(({ line, code }) => [line, code])).toEqual(lines.map((line) => [line, 2]));
  expect(ended.map(({ err }) => err)).toContain('users-emulator: --sandbox: needs a value\n');
  for (const { err } of ended.filter(({ line }) => line !== 'clock')) expect(err).toMatch(/^users-emulator: /);
  expect(await total()).toBe(2);
});
