import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/api/endpoints.ts';
import type { Emulator } from '../../src/index.ts';
import type { Answer } from '../support/http.ts';
import { BLOX, person, SERVICES, type Service } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectOwnAnswer } from './assert-own-answer.ts';
import { FORM, HOSTILE, JSON_TYPE } from './hostile.ts';

let emulator: Emulator;
const failures: unknown[] = [];
beforeAll(async () => {
  const onError = (error: unknown) => failures.push(error);
  emulator = await createPopulated({ settings: { disable_list_users_v1: false, require_signature: false }, onError });
});
afterAll(async () => {
  await emulator.close();
  // internal errors that the server reports
  expect(failures).toEqual([]);
});

const expectOwn = (answer: Answer, format?: 'xml') =>
  expectOwnAnswer({ status: answer.status, type: answer.headers.get('content-type'), text: answer.text }, format);

/** Checks that the server still serves a request. */
async function expectServed(sandbox: TestSandbox): Promise<void> {
  const { status, json } = await sandbox.send('GET /session', { token: await sandbox.tokenOf('ben') });
  expect([status, json.session.user_id]).toEqual([200, person(sandbox.service, 'ben').id]);
  expect((await sandbox.control.requests.list()).length).toBeGreaterThan(0);
}

/** `user[login]` → `{user: {login: value}}`. */
function nest(param: string, value: unknown): Record<string, unknown> {
  const [outer, inner] = param.split(/[[\]]/) as [string, string | undefined];
  return { [outer]: inner === undefined ? value : { [inner]: value } };
}

/** Values of every wrong kind, as JSON texts: some have no other form. */
const VALUES = [
  ...['null', 'true', 'false', '0', '-1', '1.5', '1e308', '-1e308', '9007199254740993', '""', '" "', '"x"'],
  ...['[]', '{}', '[[]]', '[{}]', '[null]', '[1,"a",true]', '{"a":1}', '{"in":{"a":[]}}', '{"gt":[]}', '{"0":1}'],
  ...[
    '{"toString":1}',
    '[{"toString":1}]',
    '{"toString":null,"valueOf":null}',
    '{"length":5}',
    '{"__proto__":{"a":1}}',
  ],
  ...['{"constructor":{"prototype":{"x":1}}}', '{"hasOwnProperty":1}', '"__proto__"', '"constructor"', '"\\u0000"'],
  ...['"\\ud800"', '"$&$1{field}"', '"<b>&\'"', JSON.stringify('x'.repeat(10_000))],
];

describe.each(SERVICES)('parameters of wrong types to $name', (service) => {
  const rows = ENDPOINTS.map(({ operation, method, path, params }) => ({ operation, method, path, params }));

  test.each(rows)('$method $path', async ({ operation, method, path, params }) => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const route = `${method} ${path.replace(':id', String(person(service, 'anna').id))}`;
    const { app } = service;
    const valid = { application_id: app.id, auth_key: app.auth_key, nonce: 1, timestamp: 1_767_225_600 };
    const newSession = operation === 'session.create';
    for (const param of ['token', ...(params.length > 0 ? params : ['user', 'filter'])]) {
      const send = async (value: string) => {
        const marked = JSON.stringify({ ...(newSession ? valid : {}), ...nest(param, '@@') });
        const options = { body: marked.replace('"@@"', () => value), headers: JSON_TYPE };
        expectOwn(await sandbox.send(route, newSession ? options : { token, ...options }));
      };
      if (method === 'DELETE') {
        for (const value of VALUES.slice(0, 20)) await send(value).then(() => sandbox.control.reset());
      } else await Promise.all(VALUES.map(send));
    }
    await sandbox.control.reset();
    await expectServed(sandbox);
  });
});

describe.each(SERVICES)('hostile requests to $name', (service) => {
  const params = (route: string, answer: Answer, statuses: readonly number[]) =>
    expect(statuses, `${route}: ${answer.status} ${answer.text.slice(0, 200)}`).toContain(answer.status);

  test.each(HOSTILE.map(([name, route, options, statuses]) => ({ name, route, options, statuses })))(
    '$name',
    async ({ route, options, statuses }) => {
      const sandbox = createTestSandbox(emulator, service);
      const token = await sandbox.tokenOf('anna');
      const answer = await sandbox.send(route, { token, ...options });
      expectOwn(answer, route.endsWith('.xml') && service === BLOX ? 'xml' : undefined);
      params(route, answer, statuses);
      await expectServed(sandbox);
      expect(({} as Record<string, unknown>).x ?? ({} as Record<string, unknown>).login).toBeUndefined();
    },
  );

  test.each(['0', '-1', '1e308', 'NaN', '9007199254740993', '1.5'])(
    'V2 with limit and offset %s is refused or served',
    async (page) => {
      const sandbox = createTestSandbox(emulator, service);
      const token = await sandbox.tokenOf('anna');
      for (const name of ['limit', 'offset']) {
        expectOwn(await sandbox.send(`GET /users/v2?id=101&${name}=${page}`, { token }));
        const body = `{"id":101,"${name}":${page === 'NaN' ? '"NaN"' : page}}`;
        expectOwn(await sandbox.send('GET /users/v2', { token, body, headers: JSON_TYPE }));
      }
    },
  );

  test('a compressed body is read, and refused if it expands beyond the limit', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const headers = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };
    const send = (text: string) => sandbox.send('POST /users', { token, body: gzipSync(text), headers });
    expect((await send(JSON.stringify({ user: { login: 'newbie', password: 'newbieSecret' } }))).status).toBe(201);
    const expanding = await send(`{"a":"${'x'.repeat(50_000_000)}"}`);
    expect(expectOwn(expanding)).toBe(413);
    await expectServed(sandbox);
  });

  test('bytes that are not UTF-8 are answered by the API', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const bytes = (text: string) => Buffer.from(text, 'latin1');
    for (const headers of [JSON_TYPE, FORM, {}]) {
      expectOwn(
        await sandbox.send('POST /users', { token, body: bytes('{"user":{"login":"\xff\xfe\xc3\x28"}}'), headers }),
      );
      expectOwn(
        await sandbox.send('POST /users', { token, body: bytes('user[login]=\xff\xfe\xc3\x28&\x00=\x00'), headers }),
      );
    }
    const login = bytes('user[login]=n\xe4wbie&user[password]=newbieSecret');
    expectOwn(await sandbox.send('POST /users', { token, body: login, headers: FORM }));
    await expectServed(sandbox);
  });

  test.each(['HEAD', 'OPTIONS'])('%s answers with the same headers and no body', async (method) => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    for (const path of ['/users/1', '/session', '/nowhere', '/users', '/%zz']) {
      const answer = await sandbox.send(`${method} ${path}`, { token });
      expect(answer.text).toBe('');
      expect(answer.status).toBeLessThan(500);
      expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    }
    const seen = await sandbox.send('HEAD /session', { token });
    expect([seen.status, seen.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(Number(seen.headers.get('content-length'))).toBe(
      (await sandbox.send('GET /session', { token })).text.length,
    );
    await expectServed(sandbox);
  });
});

describe('hostile requests for XML', () => {
  test.each(
    HOSTILE.filter(([name, route]) => route === 'POST /users' && !name.startsWith('ten ')).map(
      ([name, route, options]) => ({
        name,
        route,
        options,
      }),
    ),
  )('$name', async ({ route, options }) => {
    const sandbox = createTestSandbox(emulator, BLOX, '.xml');
    expectOwn(await sandbox.send(route, { token: await sandbox.tokenOf('anna'), ...options }), 'xml');
  });

  test('XML answers leave out characters that XML does not allow', async () => {
    const sandbox = createTestSandbox(emulator, BLOX, '.xml');
    const token = await sandbox.tokenOf('anna');
    const full_name = 'a\u0000b\u0008c\ufffe<d>&"e\ud800f😀';
    const params = { user: { login: 'newbie', password: 'newbieSecret', full_name } };
    const { status, text } = await sandbox.send('POST /users', { token, params });
    expect(status).toBe(201);
    expect(text).toContain('<full-name>abc&lt;d&gt;&amp;"e\ufffdf😀</full-name>');
  });
});

test('the journal can be read after hostile parameters', async () => {
  for (const service of SERVICES as Service[]) {
    const sandbox = createTestSandbox(emulator, service);
    for (const body of VALUES.map((value) => `{"a":${value},"password":${value}}`))
      await sandbox.send('POST /users', { token: await sandbox.tokenOf(null), body, headers: JSON_TYPE });
    expect((await sandbox.control.requests.list()).length).toBe(VALUES.length);
    expect((await sandbox.control.warnings()).length).toBeGreaterThanOrEqual(0);
  }
});
