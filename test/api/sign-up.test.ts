import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { formOf, NOW, type Params } from '../support/http.ts';
import { person, SERVICES, type Service, shown } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError, expectedError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const NEW = { login: 'newbie', password: 'newbieSecret' };
const created = (service: Service) => ({
  id: service.name === 'connectycube' ? 500 : 1500,
  created_at: NOW,
  updated_at: NOW,
  // doc: null in one service's example, the time of the sign-up in the other's
  last_request_at: service.name === 'connectycube' ? null : NOW,
});
const signUp = async (sandbox: TestSandbox, user: Params, token?: string) =>
  sandbox.send('POST /users', { token: token ?? (await sandbox.tokenOf(null)), params: { user } });

/** A service's limits: facts of its FAQ and samples. */
const LIMITS: Readonly<Record<string, readonly (readonly [field: string, shortest: number, longest: number])[]>> = {
  connectycube: [
    ['login', 3, 70],
    ['password', 6, 40],
    ['full_name', 1, 200],
  ],
  quickblox: [
    ['login', 3, 50],
    ['password', 4, 40],
    ['full_name', 3, 200],
  ],
};

describe.each(SERVICES)('sign-up at $name', (service) => {
  const ALL = {
    ...NEW,
    email: 'newbie@example.com',
    full_name: 'New Bie',
    phone: '+1 555',
    website: 'https://new.example/bie?a=1',
    custom_data: '{"a":[1]}',
    external_user_id: 77,
    facebook_id: '7700',
    twitter_id: '8800',
    blob_id: 12,
    ...(service.name === 'connectycube' ? { external_id: 'ext-new', timezone: 180, avatar: 'x.png' } : {}),
  };

  test.each<[string, Params]>([
    ['a login', NEW],
    ['an email', { email: 'newbie@example.com', password: 'newbieSecret' }],
    ['everything', ALL],
  ])('with %s: the whole body, in order', async (_name, user) => {
    const { status, text } = await signUp(createTestSandbox(emulator, service), user);
    const { password: _, ...fields } = user;
    const body = JSON.stringify({ user: shown(service, 'users.create', { ...fields, ...created(service) }) });
    expect([status, text]).toEqual([201, body]);
  });

  test.each<[string, string, (user: Params) => string]>([
    ['JSON', 'application/json', (user) => JSON.stringify({ user })],
    ['JSON without its type', 'text/plain', (user) => JSON.stringify({ user })],
    ['a form', 'application/x-www-form-urlencoded', (user) => formOf({ user })],
    [
      'a form with plain brackets',
      'application/x-www-form-urlencoded',
      (user) => formOf({ user }).replace(/%5B|%5D/g, decodeURIComponent),
    ],
    [
      'multipart',
      'multipart/form-data; boundary=XX',
      (user) =>
        `${Object.entries(user)
          .map(([name, value]) => `--XX\r\nContent-Disposition: form-data; name="user[${name}]"\r\n\r\n${value}\r\n`)
          .join('')}--XX--\r\n`,
    ],
  ])('as %s', async (_name, type, bodyOf) => {
    const sandbox = createTestSandbox(emulator, service);
    const user = { ...ALL, full_name: 'Żółw & Söhne = 100% +1' };
    const token = await sandbox.tokenOf(null);
    const answer = await sandbox.send('POST /users', { token, body: bodyOf(user), headers: { 'Content-Type': type } });
    expect([answer.status, answer.json.user]).toEqual([
      201,
      shown(service, 'users.create', { ...user, ...created(service) }),
    ]);
  });

  test('ids increase; the new user can log in and is found', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const { id } = (await signUp(sandbox, NEW)).json.user;
    const second = (await signUp(sandbox, { ...NEW, login: 'second' })).json.user;
    expect(second.id).toBe(id + 1);
    expect((await sandbox.openSession({ user: NEW })).json.session.user_id).toBe(id);
    const token = await sandbox.tokenOf(second.id);
    expect((await sandbox.send(`DELETE /users/${second.id}`, { token })).status).toBe(200);
    // an id is never reused
    expect((await signUp(sandbox, { ...NEW, login: 'third' })).json.user.id).toBe(id + 2);
  });

  test('is open to users, too, and leaves the session theirs', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    expect((await signUp(sandbox, NEW, token)).status).toBe(201);
    expect((await sandbox.send('GET /session', { token })).json.session.user_id).toBe(person(service, 'anna').id);
  });

  test.each<[string, unknown, unknown]>([
    ['login', 'newbie \t\n', 'newbie'],
    ['email', 'newbie@example.com ', 'newbie@example.com'],
    ['full_name', 'New Bie  ', 'New Bie'],
    ['full_name', ' New Bie', ' New Bie'], // doc: trailing whitespace
    ['custom_data', 'x ', 'x'],
    ['custom_data', '', ''],
    ['phone', '123 ', '123'],
    ['phone', '', null],
    ['phone', 5550101, '5550101'],
    ['website', 'new.example', 'http://new.example'],
    ['website', 'new.example ', 'http://new.example'],
    ['website', 'http://new.example', 'http://new.example'],
    ['website', 'https://new.example', 'https://new.example'],
    ['website', 'HTTPS://new.example', 'HTTPS://new.example'],
    ['website', 'ftp://new.example', 'ftp://new.example'],
    ['website', '', null],
    ['full_name', '  ', null],
    ['external_user_id', '68764641', 68764641], // doc: a string becomes a number
    ['external_user_id', 5, 5],
    ['external_user_id', '', null],
    ['external_user_id', '5 ', 5],
    ['blob_id', 9007199254740991, 9007199254740991],
    ['blob_id', ' ', null],
    ['external_user_id', 'null', null],
    ['blob_id', 'null', null], // sdk: JavaScript's null in a form
    ['blob_id', 'undefined', null],
    ['blob_id', null, null],
    ['facebook_id', 87964654, '87964654'],
    ['twitter_id', '', null],
    ['full_name', null, null],
    ['full_name', '<b>&"\u2028😀\u0000</b>', '<b>&"\u2028😀\u0000</b>'],
  ])('%s: %j is stored as %j', async (field, given, kept) => {
    const { status, json } = await signUp(createTestSandbox(emulator, service), {
      ...NEW,
      email: 'e@example.com',
      [field]: given,
    });
    expect([status, json.user?.[field]]).toEqual([201, kept]);
  });

  test('the password is not trimmed, and never shown', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const password = ' secret$"<> ';
    const { status, text } = await signUp(sandbox, { login: 'newbie', password });
    expect(status).toBe(201);
    expect(text).not.toMatch(/password|secret/);
    expect((await sandbox.openSession({ user: { login: 'newbie', password } })).status).toBe(201);
    for (const other of [password.trimEnd(), password.trimStart()])
      expect((await sandbox.openSession({ user: { login: 'newbie', password: other } })).status).toBe(401);
  });

  test.each<[unknown, readonly string[]]>([
    ['a', ['a']],
    ['name,age', ['name', 'age']],
    ['a, b ,,a', ['a', 'b']],
    ['', []],
    [null, []],
    [[], []],
    [
      ['a', 'b'],
      ['a', 'b'],
    ], // sdk: a list
    [
      ['a,b', 'c'],
      ['a', 'b', 'c'],
    ],
    [['a', null, ''], ['a']],
    ['a,b,c,d,e', ['a', 'b', 'c', 'd', 'e']],
    ['a,b,c,d,e,a', ['a', 'b', 'c', 'd', 'e']],
    [7, ['7']],
  ])('tag_list %j', async (tag_list, tags) => {
    const { status, json } = await signUp(createTestSandbox(emulator, service), { ...NEW, tag_list });
    expect([status, json.user?.user_tags]).toEqual([201, tags.length > 0 ? tags.join(service.tags) : null]);
  });

  test.each(['a,b,c,d,e,f', ['a', 'b', 'c', 'd', 'e', 'f'], ['a,b,c', 'd,e,f']])(
    'too many tags: %j',
    async (tag_list) => {
      expectError(await signUp(createTestSandbox(emulator, service), { ...NEW, tag_list }), service, 'too_many_tags');
    },
  );

  test.each([{ a: 'b' }, [{ a: 'b' }], [['a', { toString: 1 }]]])('invalid tags: %j', async (tag_list) => {
    const answer = await signUp(createTestSandbox(emulator, service), { ...NEW, tag_list });
    expectError(answer, service, 'not_a_text', { field: 'tag_list' });
  });

  test.each(service.unique)('%s can be taken once', async (field) => {
    const answer = await signUp(createTestSandbox(emulator, service), {
      ...NEW,
      [field]: person(service, 'anna')[field],
    });
    expectError(answer, service, 'taken', { field });
  });

  test('a value taken in one application is free in another', async () => {
    const abroad = SERVICES.find((each) => each !== service)!;
    const { email } = person(abroad, 'anna');
    expect((await signUp(createTestSandbox(emulator, service), { ...NEW, email })).json.user.email).toBe(email);
  });

  test.each(['full_name', 'phone', 'website', 'custom_data', 'tag_list'])('%s may be shared', async (field) => {
    const value = person(service, 'anna')[field === 'tag_list' ? 'user_tags' : field];
    expect((await signUp(createTestSandbox(emulator, service), { ...NEW, [field]: value })).status).toBe(201);
  });

  test('addresses are compared without case, logins with it', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const email = String(person(service, 'anna').email).toUpperCase();
    expectError(await signUp(sandbox, { ...NEW, email }), service, 'taken', { field: 'email' });
    expect((await signUp(sandbox, { ...NEW, login: 'ANNA' })).status).toBe(201);
  });

  test('a refused sign-up leaves nothing behind', async () => {
    const sandbox = createTestSandbox(emulator, service);
    await signUp(sandbox, { ...NEW, email: person(service, 'anna').email });
    expect((await signUp(sandbox, NEW)).json.user.id).toBe(created(service).id);
  });

  test.each(LIMITS[service.name]!)('%s has %i to %i characters', async (field, shortest, longest) => {
    const sandbox = createTestSandbox(emulator, service);
    const of = (length: number) => ({ ...NEW, login: `n${length}`.padEnd(5, 'x'), [field]: 'a'.repeat(length) });
    expect((await signUp(sandbox, of(longest))).status).toBe(201);
    expectError(await signUp(sandbox, of(longest + 1)), service, 'too_long', { field, limit: longest });
    if (shortest > 1) {
      const short = await signUp(sandbox, of(shortest - 1));
      expectError(short, service, 'too_short', { field, limit: shortest });
    }
    expect((await signUp(sandbox, of(shortest))).status).toBe(201);
  });

  test('lengths count characters, not UTF-16 units', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const limit = LIMITS[service.name]!.find(([field]) => field === 'full_name')![2];
    const full_name = '😀'.repeat(limit);
    expect((await signUp(sandbox, { ...NEW, full_name })).json.user.full_name).toBe(full_name);
    const long = await signUp(sandbox, { ...NEW, login: 'other', full_name: `${full_name}😀` });
    expectError(long, service, 'too_long', { field: 'full_name', limit });
    const short = await signUp(sandbox, { ...NEW, login: 'other', password: '😀😀😀' });
    expect(short.json.errors.password).toContainEqual(expect.stringContaining('is too short'));
  });

  test.each(['nowhere', '@example.com', 'a@', 'a b@example.com', 'a@b@c'])('the email %j is refused', async (email) => {
    expectError(await signUp(createTestSandbox(emulator, service), { ...NEW, email }), service, 'bad_email');
  });

  test.each(['a.b+c@sub.example.com', 'ü@example.com', "o'neil@example"])('the email %j is accepted', async (email) => {
    expect((await signUp(createTestSandbox(emulator, service), { ...NEW, email })).json.user.email).toBe(email);
  });

  test.each(['twelve', '1.5', '1e3', 'NaN', true, '99999999999999999999'])(
    'the id %j is refused as not a number',
    async (given) => {
      const sandbox = createTestSandbox(emulator, service);
      for (const field of ['external_user_id', 'blob_id']) {
        const answer = await signUp(sandbox, { ...NEW, [field]: given });
        const own = service.name === 'quickblox' && field === 'external_user_id';
        expectError(answer, service, own ? 'bad_external_user_id' : 'not_a_number', { field });
      }
    },
  );

  test('a long id that arrives as a JSON number keeps all digits', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf(null);
    const headers = { 'Content-Type': 'application/json' };
    const body =
      '{"user":{"login":"newbie","password":"newbieSecret","full_name":"id: \\" 10204567890123459,","facebook_id": 10204567890123457 ,"twitter_id":-99999999999999999}}';
    const { status, json } = await sandbox.send('POST /users', { token, body, headers });
    expect(status).toBe(201);
    expect(json.user).toMatchObject({
      full_name: 'id: " 10204567890123459,',
      facebook_id: '10204567890123457',
      twitter_id: '-99999999999999999',
    });
    const found = await sandbox.send('GET /users/by_facebook_id?facebook_id=10204567890123457', { token });
    expect(found.json.user.id).toBe(json.user.id);
  });

  test.each(['10204567890123457.0', '1.0204567890123457e16'])(
    'an id that lost digits as the JSON number %s is refused instead of being stored wrong',
    async (number) => {
      const body = `{"user":{"login":"newbie","password":"newbieSecret","facebook_id":${number}}}`;
      const sandbox = createTestSandbox(emulator, service);
      const headers = { 'Content-Type': 'application/json' };
      const answer = await sandbox.send('POST /users', { token: await sandbox.tokenOf(null), body, headers });
      expectError(answer, service, 'not_a_text', { field: 'facebook_id' });
    },
  );

  test('a login that is refused is not also reported as missing', async () => {
    const { json } = await signUp(createTestSandbox(emulator, service), { ...NEW, login: ['a', 'b'] });
    expect(json.errors).toEqual({ login: ['is invalid'] });
  });

  test('several problems are reported together, those of the user as a whole last', async () => {
    const user = { blob_id: 'x', tag_list: 'a,b,c,d,e,f', email: '', password: '' };
    const { status, text } = await signUp(createTestSandbox(emulator, service), user);
    const parts = [
      expectedError(service, 'password_missing'),
      expectedError(service, 'too_many_tags'),
      expectedError(service, 'not_a_number', { field: 'blob_id' }),
      expectedError(service, 'signup_credentials_missing'),
    ].map(([, body]) => JSON.parse(body).errors);
    // a bare text stands under `base` beside the problems of fields
    const errors = parts.map((part) => (Array.isArray(part) ? { base: part } : part));
    expect([status, text]).toEqual([422, JSON.stringify({ errors: Object.assign({}, ...errors) })]);
  });
});
