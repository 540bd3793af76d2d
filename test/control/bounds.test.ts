import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { requestLog, warningSummary } from '../../src/cli/log.ts';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { runInProcess } from '../support/in-process.ts';

/** Input that a client may send, and that must never be recorded, repeated or printed unescaped. */
const NASTY = '\u001b[31m\n200 GET /forged\u0000\u202e';
const LARGE = 'x'.repeat(900_000);
const AUTH = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };

let emulator: Emulator;
const log: string[] = [];
const warnings: string[] = [];
beforeAll(async () => {
  emulator = await createEmulator({
    seed: true,
    warn: (text) => warnings.push(text),
    log: (entry) => requestLog('pretty', { write: (text: string) => log.push(text) } as never)?.(entry),
  });
});
beforeEach(async () => {
  await emulator.reset();
  log.length = 0;
});
afterAll(() => emulator.close());

async function post(path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  const answer = await fetch(emulator.url + path, { method: 'POST', headers, body });
  const text = await answer.text();
  return { status: answer.status, text, json: JSON.parse(text) };
}

/** The journal, the warnings and the summary at the end: all that is recorded of requests. */
async function recorded(): Promise<string> {
  const found = await emulator.warnings();
  return JSON.stringify([await emulator.requests.list(), found]) + warningSummary(found, 'pretty') + log.join('');
}

describe('recorded input is bounded', () => {
  const CASES: readonly (readonly [what: string, path: string, body: string, type: string])[] = [
    ['the operator of a filter', '/users', `filter[]=number+id+${LARGE}+1`, 'application/x-www-form-urlencoded'],
    ['the type of a filter', '/users', `filter[]=${LARGE}+id+gt+1`, 'application/x-www-form-urlencoded'],
    ['the name of a parameter', '/users', `${LARGE}=1`, 'application/x-www-form-urlencoded'],
    ['the name of a field', '/users', `user[${LARGE}]=1`, 'application/x-www-form-urlencoded'],
  ];
  test.each(CASES)('%s', async (_what, path, body, type) => {
    for (let round = 0; round < 3; round++) await post(path, body, { ...AUTH, 'Content-Type': type });
    await fetch(`${emulator.url}${path}?${body.slice(0, 4000)}`);
    expect((await recorded()).length).toBeLessThan(20_000);
  });

  test('the tag of a request', async () => {
    await fetch(`${emulator.url}/users`, { headers: { 'X-Emulator-Request-Tag': 'x'.repeat(8000) } });
    expect((await emulator.requests.list())[0]?.tag?.length).toBe(200);
  });
});

describe('answers that name problems are bounded', () => {
  const limit = 100_000;
  const CASES: readonly (readonly [what: string, method: string, path: string, body: unknown])[] = [
    ['a list of numbers as a fixture', 'POST', '/import', new Array(500_000).fill(0)],
    [
      'a user with unknown fields',
      'POST',
      '/import',
      [Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`f${n}`, 1]))],
    ],
    ['users that share a login', 'POST', '/import', Array.from({ length: 50_000 }, () => ({ login: 'same' }))],
    [
      'unknown settings',
      'PATCH',
      '/settings',
      Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`s${n}`, 1])),
    ],
    ['a long setting', 'PATCH', '/settings', { session_ttl: LARGE }],
    ['an unknown operation in a fault', 'POST', '/faults', { match: { operation: LARGE } }],
    ['an unknown field of a fault', 'POST', '/faults', { [LARGE]: 1 }],
    ['a fixture with a long version', 'POST', '/import', { version: LARGE, applications: [] }],
    ['a long name of a user', 'POST', '/sessions', { user: LARGE }],
  ];
  test.each(CASES)('%s', async (_what, method, path, body) => {
    const answer = await fetch(`${emulator.url}/_emulator${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(text.length).toBeLessThan(limit);
  });

  test('the nearest misses of an expectation', async () => {
    await fetch(`${emulator.url}/users`);
    const params = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`p${n}`, 'x'.repeat(800)]));
    const expectation = JSON.stringify({ match: { params } });
    const answer = await post('/_emulator/requests/verify', expectation, { 'Content-Type': 'application/json' });
    expect(answer.status).toBe(417);
    expect(answer.text.length).toBeLessThan(limit);
  });

  test('a compressed list of ten million zeros is refused quickly', async () => {
    const body = new Uint8Array(gzipSync(`[${'0,'.repeat(9_999_999)}0]`));
    const { status, json } = await post('/_emulator/import', body, {
      'Content-Type': 'application/json',
      'Content-Encoding': 'gzip',
    });
    expect(status).toBe(422);
    expect(json.problems.slice(0, 2)).toEqual(['[0]: must be a user', '[1]: must be a user']);
    expect(json.problems.at(-1)).toBe('… and 1 more');
    expect(json.problems.length).toBe(101);
  });

  test('a long list in a query of V2 is an error of the API', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const { request } = await import('node:http');
    const bodies = [
      { login: { start_with: new Array(145_000).fill('aaaa') } },
      { user_tags: 'x', created_at: { gt: new Array(250_000).fill(1) } },
    ];
    for (const body of bodies) {
      const status = await new Promise((resolve, reject) => {
        const sent = request(`${emulator.url}/users/v2`, {
          method: 'GET',
          headers: { 'Content-Type': 'application/json', 'CB-Token': token },
        });
        sent.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
        sent.end(JSON.stringify(body));
      });
      expect(status).toBe(422);
    }
  });
});

describe('printed input can’t forge lines or control the terminal', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may be printed
  const clean = (text: string) => expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);

  test('paths and parameters in the log and in the summary', async () => {
    await fetch(`${emulator.url}/users/${encodeURIComponent(NASTY)}`);
    await post('/users', `${encodeURIComponent(NASTY)}=1`, {
      ...AUTH,
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    expect(log.length).toBe(2);
    for (const line of log) {
      clean(line);
      expect(line.trimEnd()).not.toContain('\n');
    }
    const summary = warningSummary(await emulator.warnings(), 'pretty');
    clean(summary);
    expect(summary).not.toMatch(/^200 GET \/forged/m);
  });

  test('names in tables and errors of commands', async () => {
    await emulator.users.create({ login: 'mia', password: 'secret123', email: 'mia@x.org', full_name: NASTY });
    await fetch(`${emulator.url}/users/${encodeURIComponent(NASTY)}`);
    for (const words of [['requests'], ['warnings'], ['token', NASTY], ['snapshot', 'restore', NASTY]]) {
      const { out, err } = await runInProcess([...words, '--url', emulator.url]);
      expect(out + err).not.toBe('');
      clean(out + err);
    }
  });
});

describe('secrets are not recorded', () => {
  const SECRET = 'S3cr3tPassw0rd';
  const BODIES: readonly (readonly [what: string, body: string, type: string])[] = [
    [
      'JSON sent as a form, curl’s commonest mistake',
      `{"user":{"login":"mia","password":"${SECRET}"}}`,
      'application/x-www-form-urlencoded',
    ],
    ['a list sent as a form', `[{"password":"${SECRET}"}]`, 'application/x-www-form-urlencoded'],
    ...[
      'auth_secret',
      'authSecret',
      'Password',
      'new_password',
      'password_confirmation',
      'CB-Token',
      'api_key',
      'apiKey',
      'signature',
    ].map((name) => [`a parameter ${name}`, JSON.stringify({ [name]: SECRET }), 'application/json'] as const),
    ['a bracketed name in JSON', JSON.stringify({ 'user[password]': SECRET }), 'application/json'],
    ['a deep one', JSON.stringify({ a: { b: [{ c: { d: { password: SECRET } } }] } }), 'application/json'],
    ['a list of them', JSON.stringify({ passwords: [SECRET] }), 'application/json'],
  ];
  test.each(BODIES)('%s', async (_what, body, type) => {
    await post('/users', body, { ...AUTH, 'Content-Type': type });
    expect(await recorded()).not.toContain(SECRET);
  });

  test('a token in a path', async () => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    await fetch(`${emulator.url}/session/${token}`, { method: 'DELETE', headers: { 'CB-Token': token } });
    expect(await recorded()).not.toContain(token);
    expect((await emulator.requests.list())[0]?.path).toBe('/session/[redacted]');
  });

  test('what helps to find a mistake stays', async () => {
    await post('/users', JSON.stringify({ user: { login: 'mia', email: 'mia@x.org', password: SECRET } }), {
      ...AUTH,
      'Content-Type': 'application/json',
    });
    expect((await emulator.requests.list())[0]?.request.params).toEqual({
      user: { login: 'mia', email: 'mia@x.org', password: '[redacted]' },
    });
    await post('/users', '{"a":1}', { ...AUTH, 'Content-Type': 'application/x-www-form-urlencoded' });
    expect((await emulator.warnings()).map(({ message }) => message)).toContain(
      'POST /users: JSON that was sent as a form: add Content-Type: application/json',
    );
  });
});
