import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimNamed } from '../../src/conform/claim.ts';
import { claimsOf } from '../../src/conform/claims.ts';
import { conform as compareWithService, plannedCalls } from '../../src/conform/conform.ts';
import { NEVER_ASKED, NEVER_SETTLED, PROBES } from '../../src/conform/probes.ts';
import { SETTING_PROBES } from '../../src/conform/setting-probes.ts';
import { sign } from '../../src/core/signature.ts';
import { DIALECTS } from '../../src/dialects/index.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { ERRORS } from '../../src/model/error-catalogue.ts';
import { temporaryFolder } from '../support/folder.ts';
import { runInProcess } from '../support/in-process.ts';

const folder = temporaryFolder();
const APP = '777:conform-key:conform-secret';

/** Compares an emulator that plays the real service. */
function conform(upstream: Emulator, options: readonly string[] = [], app = APP) {
  const args = ['--upstream', upstream.url, '--app', app, '--self', '--yes', '--rate', '100000', ...options];
  return runInProcess(['conform', ...args]);
}

/** The lines that begin with one of these words. */
const lines = (out: string, ...words: readonly string[]) =>
  out.split('\n').filter((line) => words.some((word) => line.startsWith(word)));
/** Names of the rows that differ, each once. */
const differing = (out: string) => [
  ...new Set(lines(out, 'differs', 'refuted').map((line) => /^\w+ +(\w+:[\w.]+)/.exec(line)![1]!)),
];
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const users = async (upstream: Emulator) => (await upstream.users.list({ app: 777 })).total;

describe.each(DIALECTS)('$name', (dialect) => {
  const app = `${APP}:${dialect.name}`;

  // where the list is allowed by default, a second run would ask nothing else
  test.each(dialect.settings.disable_list_users_v1 ? [{}, { disable_list_users_v1: false }] : [{}])(
    'every question is about the row that it names, and the emulator agrees with itself: %o',
    async (settings) => {
      await using upstream = await createEmulator({ app, settings });
      const { code, out, err } = await conform(upstream, ['--account-key', 'ours'], app);
      expect(err).toBe('');
      expect(out).not.toContain('the emulator itself answers');
      expect(lines(out, 'differs', 'refuted')).toEqual(
        'disable_list_users_v1' in settings
          ? ['differs    setting:disable_list_users_v1: the service has false, the default is true']
          : [],
      );
      expect(code).toBe('disable_list_users_v1' in settings ? 7 : 0);
      expect(lines(out, 'agrees', 'confirmed').length).toBeGreaterThan(100);
      expect(await users(upstream)).toBe(0);
    },
  );

  test('every row of the tables has a question, or a reason why not', () => {
    const claims = claimsOf(dialect);
    const asked = new Set([
      ...PROBES.map(({ of }) => claimNamed(claims, of)?.of),
      ...SETTING_PROBES.map(({ setting }) => `setting:${setting}`),
    ]);
    expect([...claims.keys()].filter((of) => !asked.has(of))).toEqual(Object.keys(NEVER_ASKED));
  });
});

test('every question is about a row of the tables, and every reason about a guess of theirs', () => {
  const claims = DIALECTS.map(claimsOf);
  expect(PROBES.filter(({ of }) => claims.every((each) => !claimNamed(each, of)))).toEqual([]);
  const notes = claims.flatMap((each) =>
    [...each.values()].flatMap(({ rule, wording }) => [...rule, ...wording].map(({ note }) => note)),
  );
  expect(Object.keys(NEVER_SETTLED).filter((note) => !notes.includes(note))).toEqual([]);
});

test('no two sign-ups have the same login: the first would make the others fail', () => {
  const calls = plannedCalls({
    dialect: DIALECTS[0],
    app: DIALECTS[0].application,
    sign,
    random: 'abcdef',
    now: () => 0,
    readOnly: false,
  });
  const logins = calls.flatMap(
    ({ call }) =>
      /"login":"(ue-conform-abcdef-[^"]+)"/.exec(call.path === '/users' ? JSON.stringify(call.params) : '')?.[1] ?? [],
  );
  expect(logins.length).toBeGreaterThan(15);
  expect(new Set(logins).size).toBe(logins.length);
});

/** What the service of the proof does otherwise: ten errors, two settings, and the order of keys. */
const SERVICE = {
  service: 'connectycube',
  date: '2020-01-01',
  errors: {
    token_required: { status: 401, shape: 'list', text: 'Token is required' },
    session_missing: { status: 401, shape: 'list', text: 'Required session does not exist' },
    not_owner: { status: 403, shape: 'base', text: 'You are not owner' },
    login_unknown: { status: 401, shape: 'base', text: 'Unauthorized' },
    user_not_found: { status: 404, shape: 'message', text: 'Not found' },
    taken: { status: 409, shape: 'base', text: "'{field}' exists" },
    too_short: { status: 422, shape: 'field', text: ['is short', 'takes {limit} characters'] },
    bad_email: { status: 422, shape: 'base', text: 'bad email' },
    old_password_wrong: { status: 403, shape: 'list', text: 'Wrong old password' },
    route_unknown: { status: 404, shape: 'base', text: 'No {method} at {path}' },
  },
  settings: { password_min_length: 8, create_user_on_session: false },
  keys: { user: { 'users.update': ['login', 'id', 'full_name', 'email', '_id'] } },
};

describe('proof: a service with other rows', () => {
  const learned = join(folder, 'learned.json');
  const options = { app: APP, learned: SERVICE };

  test('exactly these are found and written, and an emulator that learns them agrees in full', async () => {
    await using upstream = await createEmulator(options);
    const first = await conform(upstream, ['--write', learned]);
    expect([first.code, first.err]).toEqual([7, '']);
    const expected = [
      ...Object.keys(SERVICE.errors).map((key) => `error:${key}`),
      ...Object.keys(SERVICE.settings).map((name) => `setting:${name}`),
      'operation:users.update',
    ];
    expect(differing(first.out).sort()).toEqual(expected.sort());

    const { date, confirmed, differences, guesses, ...rows } = readJson(learned);
    const { date: _, ...given } = SERVICE;
    expect(rows).toEqual(given);
    expect([date, differences]).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d$/), []]);
    expect(confirmed).toContain('wrong_password');
    expect(guesses.confirmed).toContain('error:not_a_text: unrecorded');
    expect(guesses.refuted).toEqual([
      "error:not_owner: wording: the ancestor's, of its documents",
      'error:user_not_found: the shape, as of an unknown login',
      'error:taken: all other fields',
      "error:too_short:password: wording: the ancestor's",
      "error:too_short: wording: the ancestor's",
      "error:bad_email: in the ancestor's style",
      'error:old_password_wrong: status and shape',
      'error:old_password_wrong: wording: unrecorded',
      'error:route_unknown: wording: unrecorded',
    ]);

    const again = await conform(upstream, ['--learned', learned]);
    expect([again.code, again.err, lines(again.out, 'differs', 'refuted')]).toEqual([0, '', []]);
    expect(await users(upstream)).toBe(0);
  });

  test('what was written has no values of the service: statuses, keys and the texts of errors alone', () => {
    const text = readFileSync(learned, 'utf8');
    expect(text).not.toMatch(/ue-conform|conform-key|conform-secret|777|127\.0\.0\.1/);
  });
});

describe('settings', () => {
  const OTHER = {
    allow_online_users: false,
    check_blob_id: true,
    check_nonce: true,
    create_user_on_session: false,
    disable_list_users_v1: false,
    disable_lookups_v1: true,
    password_min_length: 9,
    require_signature: true,
    reset_password_by_email: false,
    session_ttl: 600,
    unique_phone: true,
    providers: 'facebook,firebase_email',
  };

  test('each that can be seen from outside is found, and what depends on it is asked', async () => {
    await using upstream = await createEmulator({ app: APP, settings: OTHER });
    const file = join(folder, 'settings.json');
    const { code, out, err } = await conform(upstream, ['--write', file]);
    expect([code, err]).toEqual([7, '']);
    expect(out).not.toContain('the emulator itself answers');
    expect(readJson(file)).toMatchObject({ errors: {}, settings: OTHER, differences: [] });
    const asked = readJson(file).confirmed;
    for (const key of ['blob_unknown', 'nonce_taken', 'online_disabled', 'password_reset_disabled', 'filter_field'])
      expect(asked).toContain(key);
  });

  test("the ancestor's null bodies", async () => {
    const app = `${APP}:quickblox`;
    await using upstream = await createEmulator({ app, settings: { null_bodies: false, require_signature: false } });
    const { out } = await conform(upstream, [], app);
    expect(lines(out, 'differs')).toEqual([
      'differs    setting:require_signature: the service has false, the default is true',
      'differs    setting:null_bodies: the service has false, the default is true',
    ]);
  });
});

test('a difference that no row can hold is written for people', async () => {
  await using upstream = await createEmulator({ app: APP });
  await upstream.stubs.add({ match: 'GET /session', override: true, status: 200, json: { session: { token: 7 } } });
  await upstream.stubs.add({ match: 'GET /ue-conform', status: 404, text: '<h1>Not Found</h1>' });
  const file = join(folder, 'people.json');
  expect((await conform(upstream, ['--write', file])).code).toBe(7);
  expect(readJson(file)).toMatchObject({
    errors: {},
    keys: { session: ['token'] },
    differences: expect.arrayContaining([
      'operation:session.show: type of session.token',
      'error:route_unknown: content type',
      'error:route_unknown: body',
    ]),
  });
});

describe('users of the run', () => {
  test('are deleted even where the service has accepted what it should refuse', async () => {
    const settings = { password_min_length: 1, unique_phone: false };
    await using upstream = await createEmulator({ app: APP, settings });
    expect((await conform(upstream)).code).toBe(7);
    expect(await users(upstream)).toBe(0);
  });

  test('that cannot be deleted are named, and the exit code is 1', async () => {
    await using upstream = await createEmulator({ app: APP });
    await upstream.faults.add({ match: { operation: 'users.destroy' }, status: 503 });
    const { code, err } = await conform(upstream);
    expect(code).toBe(1);
    expect(err).toMatch(/these users could not be deleted: .*ue-conform-\w{6}-a/);
    expect(await users(upstream)).toBeGreaterThan(0);
  });

  test('--read-only signs up nobody', async () => {
    await using upstream = await createEmulator({ app: APP });
    const { code, out } = await conform(upstream, ['--read-only']);
    expect(code).toBe(0);
    expect(lines(out, 'agrees', 'confirmed').length).toBeGreaterThan(40);
    expect(out).toContain('not asked  error:not_owner: the run only reads');
    const created = (await upstream.requests.list()).flatMap(({ changes }) => changes).filter((each) => 'user' in each);
    expect(created).toEqual([]);
  });
});

describe('what it refuses', () => {
  const run = (...args: string[]) => runInProcess(['conform', ...args]);

  test('an emulator as the service, unless --self is given', async () => {
    await using upstream = await createEmulator({ app: APP });
    const { code, err } = await run('--upstream', upstream.url, '--app', APP, '--yes');
    expect([code, err]).toEqual([2, expect.stringContaining('is an emulator, not the service')]);
    expect(await upstream.requests.list()).toEqual([]);
  });

  test('to start without --yes where nobody can be asked', async () => {
    await using upstream = await createEmulator({ app: APP });
    const { code, err } = await run('--upstream', upstream.url, '--app', APP, '--self');
    expect([code, err]).toEqual([2, 'users-emulator: nothing was sent: --yes starts without asking\n']);
    expect(await upstream.requests.list()).toEqual([]);
  });

  test.each([
    [['--app', APP], '--upstream'],
    [['--upstream', 'api.example.com', '--app', APP], '--upstream: must be an address such as https://api.example.com'],
    [['--upstream', 'http://127.0.0.1:1', '--app', '1'], '--app: must be id:key[:secret[:dialect]]'],
    [['--upstream', 'http://127.0.0.1:1', '--app', `${APP}:acme`], "--app: 'acme' is not a dialect"],
    [['--upstream', 'http://127.0.0.1:1', '--app', APP, '--rate', '0'], '--rate: must be 1 or more'],
  ])('%j', async (args, message) => {
    const { code, err } = await run(...args);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('what cannot be asked ends with 1', () => {
  test('a service that does not answer', async () => {
    const { code, err } = await runInProcess(['conform', '--upstream', 'http://127.0.0.1:1', '--app', APP, '--yes']);
    expect([code, err]).toEqual([1, expect.stringMatching(/no answer to POST \/session: .*ECONNREFUSED|bad port/)]);
  });

  test('a service that refuses the application', async () => {
    await using upstream = await createEmulator();
    const { code, err } = await conform(upstream);
    expect([code, err]).toEqual([
      1,
      'users-emulator: a session of the application is refused: 404 {"errors":{"base":["No application was found"]}}\n',
    ]);
  });

  test('a service that requires the signature of an application whose secret is not given', async () => {
    await using upstream = await createEmulator({ app: APP, settings: { require_signature: true } });
    const { code, err } = await conform(upstream, [], '777:conform-key');
    expect([code, err]).toEqual([
      1,
      'users-emulator: a session of the application is refused: 422 {"errors":{"signature":["cannot be blank"]}} (it needs the secret: --app id:key:secret)\n',
    ]);
  });

  test('a connection that breaks in the middle, and the users are deleted all the same', async () => {
    await using upstream = await createEmulator({ app: APP });
    await upstream.faults.add({ match: { operation: 'users.show' }, drop: 'reset', times: 1 });
    const file = join(folder, 'broken.json');
    const { code, err } = await conform(upstream, ['--write', file]);
    expect([code, err]).toEqual([1, expect.stringContaining('no answer to GET /users/')]);
    expect(await users(upstream)).toBe(0);
    const { confirmed, open } = readJson(file).guesses;
    expect(confirmed).toContain('operation:users.list_v2 (_=1): a parameter `_` is ignored');
    expect(open).toContain("error:bad_email: in the ancestor's style");
  });
});

test('a service that asks for a pause gets it', async () => {
  await using upstream = await createEmulator({ app: APP });
  await upstream.faults.add({
    match: { operation: 'users.show' },
    status: 429,
    headers: { 'Retry-After': '0' },
    times: 2,
  });
  expect((await conform(upstream, ['--read-only'])).code).toBe(0);
});

test('a pause that a service asks for is a minute at most', async () => {
  const pauses: number[] = [];
  const { stopped } = await compareWithService({
    dialect: DIALECTS[0],
    claims: claimsOf(DIALECTS[0]),
    app: DIALECTS[0].application,
    upstream: {
      url: 'http://localhost',
      send: async () => new Response('', { status: 429, headers: { 'Retry-After': '86400' } }),
    },
    openReference: () => Promise.reject(new Error('the service has no session')),
    sign,
    errorRow: (key) => ERRORS[key],
    random: 'abcdef',
    now: () => 0,
    sleep: async (ms) => void pauses.push(ms),
    rate: 100_000,
    readOnly: true,
    signal: new AbortController().signal,
    onFinding: () => {},
  });
  expect(stopped?.message).toBe('a session of the application is refused: 429 ');
  expect(pauses.filter((ms) => ms >= 1000)).toEqual([60_000, 60_000, 60_000]);
});

test('--dry-run lists the calls and sends nothing', async () => {
  await using upstream = await createEmulator({ app: APP });
  const { code, out } = await conform(upstream, ['--dry-run']);
  expect(code).toBe(0);
  expect(out).not.toMatch(/conform-key|conform-secret/);
  expect(out).toMatch(/^operation:login +POST \/login \{"login":"ue-conform-\w{6}-a",/m);
  expect(await upstream.requests.list()).toEqual([]);
});

test('--write to a file that cannot be written: exit code 1, and nothing is sent', async () => {
  await using upstream = await createEmulator({ app: APP });
  const { code, err } = await conform(upstream, ['--read-only', '--write', join(folder, 'no/such.json')]);
  expect([code, err]).toEqual([1, expect.stringContaining("can't be written: no such file or directory")]);
  expect(await upstream.requests.list()).toEqual([]);
});

test('--learned with a mistake is refused with its place, and nobody stays signed up', async () => {
  await using upstream = await createEmulator({ app: APP });
  const file = join(folder, 'wrong.json');
  writeFileSync(file, '{"service":"connectycube","date":"2026-11-25","errors":{"x":{}}}');
  const { code, err } = await conform(upstream, ['--learned', file]);
  expect([code, err]).toEqual([4, expect.stringContaining('errors.x: is not an error of the catalogue')]);
  expect(await users(upstream)).toBe(0);
});
