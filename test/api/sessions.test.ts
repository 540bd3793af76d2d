import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { BLOX, CUBE, person, SERVICES, shown } from '../support/services.ts';
import { createPopulated, createTestSandbox, signed } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

/** 2026-01-01T00:00:00Z, the frozen time. */
const TS = 1_767_225_600;
const ANNA = { login: 'anna', password: 'annaSecret1' };

describe('the body of a session', () => {
  test('connectycube: keys in the logged order, time stamp in milliseconds, no nonce if none was sent', async () => {
    const { status, json, headers } = await createTestSandbox(emulator, CUBE).openSession();
    expect(status).toBe(201);
    expect(Object.keys(json.session)).toEqual('created_at updated_at application_id token ts user_id id'.split(' '));
    expect(json.session).toEqual({
      created_at: '2026-01-01T00:00:00.000Z',
      updated_at: '2026-01-01T00:00:00.000Z',
      application_id: 230,
      token: expect.stringMatching(CUBE.token),
      ts: TS,
      user_id: null,
      id: expect.any(Number),
    });
    expect(headers.get('CB-Token-ExpirationDate')).toBe('2026-01-01 02:00:00 UTC');
    expect(headers.get('Access-Control-Expose-Headers')).toBe('CB-Token-ExpirationDate, Date');
  });

  test('connectycube: a user’s session contains the user’s id and the user', async () => {
    const { json } = await createTestSandbox(emulator, CUBE).openSession({
      user: ANNA,
      nonce: '265071',
      timestamp: String(TS - 5),
    });
    const { session } = json;
    expect(Object.keys(session)).toEqual(
      'created_at updated_at application_id token nonce ts user_id id user'.split(' '),
    );
    // sent as texts, answered as numbers
    expect([session.nonce, session.ts, session.user_id, session.id]).toEqual([265071, TS - 5, 101, 101]);
    expect(JSON.stringify(session.user)).toBe(
      JSON.stringify(
        shown(CUBE, 'session.create', { ...person(CUBE, 'anna'), last_request_at: '2026-01-01T00:00:00Z' }),
      ),
    );
  });

  test('quickblox: keys in the logged order, time stamp in seconds, no user', async () => {
    const { status, json, headers } = await createTestSandbox(emulator, BLOX).openSession({
      user: ANNA,
      nonce: '33432',
    });
    expect(status).toBe(201);
    expect(Object.keys(json.session)).toEqual(
      '_id application_id created_at device_id nonce token ts updated_at user_id id'.split(' '),
    );
    expect(json.session).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      application_id: 22,
      created_at: '2026-01-01T00:00:00Z',
      device_id: 0,
      nonce: 33432,
      token: expect.stringMatching(BLOX.token),
      ts: TS,
      updated_at: '2026-01-01T00:00:00Z',
      user_id: 1101,
      id: expect.any(Number),
    });
    expect(json.session.id).not.toBe(1101);
    expect(Object.fromEntries(headers)).toMatchObject({
      status: '201 Created',
      'quickblox-rest-api-version': '0.1.1',
      'qb-token-expirationdate': '2026-01-01 02:00:00 UTC',
      'cache-control': 'no-cache',
    });
    const app = (await createTestSandbox(emulator, BLOX).openSession()).json.session;
    expect(app.user_id).toBe(0);
  });

  test("quickblox in XML: alphabetical and typed, without the store's id", async () => {
    const { text } = await createTestSandbox(emulator, BLOX, '.xml').openSession();
    expect(text.replace(/<(token|id type="integer")>[^<]+/g, '<$1>…')).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<session>
  <application-id type="integer">22</application-id>
  <created-at type="datetime">2026-01-01T00:00:00Z</created-at>
  <device-id type="integer">0</device-id>
  <id type="integer">…</id>
  <nonce type="integer">33432</nonce>
  <token>…</token>
  <ts type="integer">${TS}</ts>
  <updated-at type="datetime">2026-01-01T00:00:00Z</updated-at>
  <user-id type="integer">0</user-id>
</session>
`);
  });
});

describe.each(SERVICES)('sessions of $name', (service) => {
  const anna = person(service, 'anna');

  test.each<[string, object]>([
    ['login', { login: 'anna', password: 'annaSecret1' }],
    ['email', { email: anna.email, password: 'annaSecret1' }],
    ['email in another case', { email: String(anna.email).toUpperCase(), password: 'annaSecret1' }],
    ['login and email', { login: 'anna', email: 'x@example.com', password: 'annaSecret1' }],
    // a sign-up trims them, so the same untrimmed login finds the user again
    ['login with a blank behind it', { login: 'anna ', password: 'annaSecret1' }],
    ['email with a blank behind it', { email: `${anna.email} `, password: 'annaSecret1' }],
  ])('a session of a user by %s', async (_name, user) => {
    const sandbox = createTestSandbox(emulator, service);
    const { status, json } = await sandbox.openSession({ user });
    expect([status, json.session.user_id]).toEqual([201, anna.id]);
    expect((await sandbox.send('GET /session', { token: json.session.token })).json.session).toMatchObject({
      token: json.session.token,
      user_id: anna.id,
    });
  });

  test('a session of the application: parameters as strings, and an old token is ignored', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const { app } = service;
    const answer = await sandbox.openSession({ application_id: String(app.id) });
    expect([answer.status, answer.json.session.application_id]).toEqual([201, app.id]);
    const timestamp = TS;
    for (const token of ['', 'expired', answer.json.session.token]) {
      const params = { application_id: app.id, auth_key: app.auth_key, nonce: 1, timestamp };
      await sandbox.control.settings.set({ require_signature: false });
      expect((await sandbox.send('POST /session', { token, params })).status).toBe(201);
    }
  });

  // sdk: a Laravel application of the ancestor signs `nonce=`
  test('an empty nonce is one', async () => {
    const answer = await createTestSandbox(emulator, service).openSession({ nonce: '' });
    expect([answer.status, answer.json.session.nonce ?? null]).toEqual([201, null]);
  });

  test.each<[string, object, string[]]>([
    [
      'nothing',
      {},
      service.signed
        ? ['application_id', 'auth_key', 'nonce', 'signature', 'timestamp']
        : ['application_id', 'auth_key'],
    ],
    [
      'empty values',
      { application_id: '', auth_key: '', nonce: 1, signature: 'x', timestamp: 1 },
      ['application_id', 'auth_key'],
    ],
    [
      'a list and an object',
      { application_id: [1], auth_key: { a: 1 }, nonce: 1, signature: 'x', timestamp: 1 },
      ['application_id', 'auth_key'],
    ],
  ])('all missing parameters are reported at once: %s', async (_name, params, fields) => {
    const text = service.signed ? 'is required' : 'cannot be blank';
    const answer = await createTestSandbox(emulator, service).send('POST /session', { params: { ...params } });
    const errors = Object.fromEntries(fields.map((field) => [field, [text]]));
    expect([answer.status, answer.text]).toEqual([422, JSON.stringify({ errors })]);
  });

  test.each<[string, object]>([
    ['key', { auth_key: 'wrong' }],
    ['key of another application', { auth_key: SERVICES.find((each) => each !== service)!.app.auth_key }],
    ['id', { application_id: 999 }],
    ['malformed id', { application_id: 'x' }],
    ['id beyond numbers', { application_id: '99999999999999999999' }],
  ])('an unknown %s is refused', async (_name, params) => {
    expectError(await createTestSandbox(emulator, service).openSession({ ...params }), service, 'application_unknown');
  });

  test.each<[string, object, 'wrong_password' | 'param_required' | 'credentials_missing']>([
    ['a wrong password', { login: 'anna', password: 'AnnaSecret1' }, 'wrong_password'],
    ['a password with a blank behind it', { login: 'anna', password: 'annaSecret1 ' }, 'wrong_password'],
    ['no password', { login: 'anna' }, 'param_required'],
    ['no login', { password: 'annaSecret1' }, 'credentials_missing'],
    ['a login that is a list', { login: ['anna'], password: 'annaSecret1' }, 'credentials_missing'],
  ])('a session with %s is refused', async (_name, user, key) => {
    const answer = await createTestSandbox(emulator, service).openSession({ user });
    expectError(answer, service, key, { field: 'password' });
    // log: one service has created the session by then, and sends its expiry (2016 to 2018; not in a log of 2015)
    const end = service === BLOX ? '2026-01-01 02:00:00 UTC' : null;
    expect(answer.headers.get(service.expiryHeader)).toBe(end);
  });

  test('an empty user object counts as no user', async () => {
    const sandbox = createTestSandbox(emulator, service);
    for (const user of [{}, '', 'anna', { full_name: 'x' }, []]) {
      const { status, json } = await sandbox.openSession({ user });
      expect([status, json.session.user_id]).toEqual([201, service.nobody]);
    }
  });

  test('login makes the session the user’s, logout the application’s again, with the same token', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = (await sandbox.openSession()).json.session.token;
    const whose = async () => (await sandbox.send('GET /session', { token })).json.session.user_id;
    for (const params of [ANNA, { email: anna.email, password: 'annaSecret1' }]) {
      const answer = await sandbox.send('POST /login', { token, params });
      expect([answer.status, answer.json.user.id, await whose()]).toEqual([202, anna.id, anna.id]);
      expect((await sandbox.send('DELETE /login', { token })).status).toBe(200);
      const left = (await sandbox.send('GET /session', { token })).json.session;
      expect(left.user_id).toBe(service.nobody);
      expect(left.id).not.toBe(anna.id);
    }
    expectError(await sandbox.send(`DELETE /users/${anna.id}`, { token }), service, 'user_required');
  });

  test.each<[string, object, 'wrong_password' | 'login_unknown' | 'param_required' | 'credentials_missing']>([
    ['a wrong password', { login: 'anna', password: 'x' }, 'wrong_password'],
    ['an unknown login', { login: 'nobody', password: 'nobodySecret' }, 'login_unknown'],
    ['an unknown email', { email: 'nobody@example.com', password: 'x' }, 'login_unknown'],
    ['no password', { login: 'anna' }, 'param_required'],
    ['nothing', {}, 'credentials_missing'],
  ])('login with %s', async (_name, params, key) => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('ben');
    expectError(await sandbox.send('POST /login', { token, params: { ...params } }), service, key, {
      field: 'password',
    });
    // the session keeps its user
    expect((await sandbox.send('GET /session', { token })).json.session.user_id).toBe(person(service, 'ben').id);
  });

  test('a destroyed session is unknown; other sessions live on', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const [one, other] = [await sandbox.tokenOf('anna'), await sandbox.tokenOf('anna')];
    expect((await sandbox.send('DELETE /session', { token: one })).status).toBe(200);
    for (const route of ['GET /session', 'DELETE /session', 'GET /users/1', 'POST /login'])
      expectError(await sandbox.send(route, { token: one }), service, 'session_missing');
    expect((await sandbox.send('GET /session', { token: other })).status).toBe(200);
  });

  test('DELETE /session/list ends the user’s other sessions, DELETE /session/{id} one of them', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const [own, second, bens] = [
      await sandbox.tokenOf('anna'),
      await sandbox.tokenOf('anna'),
      await sandbox.tokenOf('ben'),
    ];
    const statuses = async () =>
      Promise.all([own, second, bens].map(async (token) => (await sandbox.send('GET /session', { token })).status));
    expect((await sandbox.send('DELETE /session/list', { token: own })).status).toBe(200);
    expect(await statuses()).toEqual([200, 401, 200]);
    const { id } = (await sandbox.send('GET /session', { token: own })).json.session;
    await sandbox.send(`DELETE /session/${id}`, { token: bens });
    expect(await statuses()).toEqual([200, 401, 200]);
    const answer = await sandbox.send(`DELETE /session/${id}`, { token: own });
    expect([answer.status, answer.text]).toEqual([200, service.blank.sessions]);
    expect(await statuses()).toEqual([401, 401, 200]);
  });

  test('DELETE /session/{id} ends one session, even if all sessions of a user have the same id', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const [own, second] = [await sandbox.tokenOf('anna'), await sandbox.tokenOf('anna')];
    const { id } = (await sandbox.send('GET /session', { token: own })).json.session;
    await sandbox.send(`DELETE /session/${id}`, { token: own });
    expect((await sandbox.send('GET /session', { token: own })).status).toBe(401);
    expect((await sandbox.send('GET /session', { token: second })).status).toBe(200);
  });

  test('the token is accepted as a parameter, in the query or in the body', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    expect((await sandbox.send('GET /session', { params: { token } })).status).toBe(200);
    const changed = await sandbox.send(`PUT /users/${anna.id}`, { params: { token, user: { phone: '123' } } });
    expect([changed.status, changed.json.user.phone]).toEqual([200, '123']);
  });

  test.each<[string, object, string]>([
    ['facebook', { keys: { token: 'fb-token' } }, 'facebook_id'],
    ['twitter', { keys: { token: 'tw-token', secret: 'tw-secret' } }, 'twitter_id'],
    ['firebase_phone', { firebase_phone: { project_id: 'p', access_token: 'fp-token' } }, 'phone'],
  ])('%s: the same token leads to the same user, in a session and at login', async (provider, keys, field) => {
    const sandbox = createTestSandbox(emulator, service);
    const first = (await sandbox.openSession({ provider, ...keys })).json.session;
    const again = (await sandbox.openSession({ provider, ...keys, nonce: 2 })).json.session;
    expect(first.user_id).toBe(service.name === 'connectycube' ? 500 : 1500);
    expect(again.user_id).toBe(first.user_id);
    const token = await sandbox.tokenOf(null);
    const login = await sandbox.send('POST /login', { token, params: { provider, ...keys } });
    expect([login.status, login.json.user.id]).toEqual([202, first.user_id]);
    expect(login.json.user[field]).toMatch(/^\+?\d{11,15}$/);
    const other = await sandbox.send('POST /login', {
      token,
      params: { provider, ...JSON.parse(JSON.stringify(keys).replace('-token', '-other')) },
    });
    expect(other.json.user.id).toBe(first.user_id + 1);
    expect(other.json.user.last_request_at).toBe(service === CUBE ? null : '2026-01-01T00:00:00Z'); // as after a sign-up
  });

  test.each([
    ['facebook', {}],
    ['facebook', { keys: {} }],
    ['facebook', { keys: 'token' }],
    ['facebook', { keys: { token: '' } }],
  ])('%s with %j is refused', async (provider, keys) => {
    const answer = await createTestSandbox(emulator, service).openSession({ provider, ...keys });
    expectError(answer, service, 'bad_authentication_data', { names: 'keys[token]' });
  });

  test.each(['constructor', '__proto__', 'Facebook'])('the unknown provider %j is refused', async (provider) => {
    expectError(await createTestSandbox(emulator, service).openSession({ provider }), service, 'provider_unknown', {
      provider,
    });
  });
});

test('only one service has guests; the other ignores the parameter', async () => {
  const user = { guest: '1', login: 'anna', password: 'annaSecret1' };
  expect((await createTestSandbox(emulator, CUBE).openSession({ user })).json.session.user.is_guest).toBe(true);
  expect((await createTestSandbox(emulator, BLOX).openSession({ user })).json.session.user_id).toBe(
    person(BLOX, 'anna').id,
  );
  expect((await createTestSandbox(emulator, BLOX).openSession({ user: { guest: '1' } })).json.session.user_id).toBe(0);
});

test("the claims of a provider’s token are validated like a user's fields", async () => {
  const jwt = (email: string) => `x.${Buffer.from(JSON.stringify({ email })).toString('base64url')}.x`;
  const open = (email: string) =>
    createTestSandbox(emulator, CUBE).openSession({
      provider: 'firebase_email',
      firebase_email: { project_id: 'p', access_token: jwt(email) },
    });
  expect((await open('Mia@Example.com ')).json.session.user.email).toBe('Mia@Example.com');
  expectError(await open('not an address'), CUBE, 'bad_email');
});

test('in XML a nonce is printed as a number or a string', async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  for (const [nonce, element] of [
    ['7', '<nonce type="integer">7</nonce>'],
    ['3f2504e0-4f89', '<nonce>3f2504e0-4f89</nonce>'],
  ] as const) {
    const timestamp = Math.floor(Date.parse(await sandbox.control.clock.now()) / 1000);
    const { id: application_id, auth_key, auth_secret } = BLOX.app;
    const params = signed({ application_id, auth_key, nonce, timestamp }, auth_secret);
    expect((await sandbox.send('POST /session.xml', { params })).text).toContain(element);
  }
});

test('an application’s id must be a decimal number', async () => {
  expectError(
    await createTestSandbox(emulator, CUBE).openSession({ application_id: '0xE6' }),
    CUBE,
    'application_unknown',
  );
});

test('a nonce that is an object counts as not sent', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  await sandbox.control.settings.set({ check_nonce: true });
  for (let time = 0; time < 2; time++) expect((await sandbox.openSession({ nonce: { toString: 1 } })).status).toBe(201);
});

test.each([null, ''])('the empty provider %j counts as not sent', async (provider) => {
  const { status, json } = await createTestSandbox(emulator, CUBE).openSession({ provider, timestamp: provider });
  expect([status, json.session.user_id]).toEqual([201, null]);
});

test('providers of one service alone', async () => {
  const email = { provider: 'firebase_email', firebase_email: { project_id: 'p', access_token: 't' } };
  expect((await createTestSandbox(emulator, CUBE).openSession(email)).json.session.user.email).toMatch(/@/);
  expectError(await createTestSandbox(emulator, BLOX).openSession(email), BLOX, 'provider_unknown');
  const names = { 'X-Auth-Service-Provider': 'https://p', 'X-Verify-Credentials-Authorization': 'OAuth x' };
  const digits = { provider: 'twitter_digits', twitter_digits: names };
  expect((await createTestSandbox(emulator, BLOX).openSession(digits)).json.session.user_id).toBe(1500);
  expectError(await createTestSandbox(emulator, CUBE).openSession(digits), CUBE, 'provider_unknown', {
    provider: 'twitter_digits',
  });
});

test('a Firebase token that names its owner leads to that person', async () => {
  const claims = Buffer.from(JSON.stringify({ phone_number: '+4930101' })).toString('base64url');
  const firebase_phone = { project_id: 'p', access_token: `x.${claims}.y` };
  const { json } = await createTestSandbox(emulator, CUBE).openSession({ provider: 'firebase_phone', firebase_phone });
  expect(json.session.user_id).toBe(101);
});
