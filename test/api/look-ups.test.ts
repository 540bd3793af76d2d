import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import type { Params } from '../support/http.ts';
import { BLOX, CUBE, person, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated({ settings: { disable_list_users_v1: false } });
});
afterAll(() => emulator.close());

const get = async (sandbox: TestSandbox, path: string, params: Params = {}) =>
  sandbox.send(`GET /users/${path}`, { token: await sandbox.tokenOf(null), params });
const idsIn = (body: { items: { user: { id: number } }[] }) => body.items.map(({ user }) => user.id);

describe.each(SERVICES)('look-ups of $name', (service) => {
  const anna = person(service, 'anna');
  const ids = (...names: ('anna' | 'ben' | 'cleo' | 'dora')[]) => names.map((name) => person(service, name).id);

  test.each<[string, unknown]>([
    ['by_email', String(anna.email).toUpperCase()], // guess: addresses are compared without case
    ['by_facebook_id', 7001],
    ['phone', ' 4930101'], // an unencoded plus
    ['by_phone', '+4930101'],
  ])('%s finds the user by %j', async (path, value) => {
    const { status, json } = await get(createTestSandbox(emulator, service), path, {
      [path.replace('by_', '')]: value,
    });
    expect([status, (json.user ?? json.items[0].user).id]).toEqual([200, anna.id]);
  });

  test.each<[string, unknown]>([
    ['by_login', 'ANNA'],
    ['by_login', 'anna '],
    ['by_login', { a: 1 }],
    ['by_login', '*'],
  ])('%s rejects %j', async (path, login) => {
    const answer = await get(createTestSandbox(emulator, service), path, { login });
    const key = typeof login === 'object' ? 'param_required' : 'user_not_found';
    expectError(answer, service, key, { field: 'login' });
  });

  test.each<[string, readonly number[]]>([
    ['Anna Arendt', ids('anna')],
    ['anna arendt', ids('anna')],
    ['Arendt', ids('anna', 'ben')],
    ['rend', ids('anna', 'ben')],
    ['a', ids('anna', 'ben', 'cleo')],
  ])('by_full_name %j matches any part, in any case', async (full_name, found) => {
    const { json } = await get(createTestSandbox(emulator, service), 'by_full_name', { full_name });
    expect([json.total_entries, idsIn(json)]).toEqual([found.length, found]);
  });

  test.each<[unknown, readonly number[]]>([
    ['blue', ids('anna', 'ben')],
    ['red', ids('anna')],
    ['blue,blue', ids('anna', 'ben')],
    [' blue ', ids('anna', 'ben')],
    [['blue'], ids('anna', 'ben')], // sdk: a list
  ])('by_tags %j', async (tags, found) => {
    const { json } = await get(createTestSandbox(emulator, service), 'by_tags', { tags });
    expect([json.total_entries, idsIn(json)]).toEqual([found.length, found]);
  });

  test.each(['', ',', ' , ', [], ['']])('by_tags %j, which has no tag, is refused', async (tags) => {
    const answer = await get(createTestSandbox(emulator, service), 'by_tags', { tags });
    expectError(answer, service, 'param_required', { field: 'tags' });
  });

  test('tags are case-sensitive', async () => {
    const { status, json } = await get(createTestSandbox(emulator, service), 'by_tags', { tags: 'BLUE' });
    expect(status === 404 || json.total_entries === 0).toBe(true);
  });

  test.each<[string, Params]>([
    ['by_full_name', { full_name: 'Arendt' }],
    ['by_tags', { tags: 'blue' }],
  ])('%s is paged', async (path, params) => {
    const sandbox = createTestSandbox(emulator, service);
    const pageOf = async (page: object) => {
      const { status, json } = await get(sandbox, path, { ...params, ...page });
      const { items, ...told } = json;
      return [status, told, idsIn({ items })];
    };
    const pageWith = (current_page: number, per_page: number) => ({ current_page, per_page, total_entries: 2 });
    const both = ids('anna', 'ben');
    expect(await pageOf({})).toEqual([200, pageWith(1, 10), both]);
    expect(await pageOf({ per_page: 1 })).toEqual([200, pageWith(1, 1), ids('anna')]);
    expect(await pageOf({ per_page: 1, page: 2 })).toEqual([200, pageWith(2, 1), ids('ben')]);
    expect(await pageOf({ per_page: 1, page: 3 })).toEqual([200, pageWith(3, 1), []]);
    expect(await pageOf({ per_page: 101 })).toEqual([200, pageWith(1, 100), both]);
    expect(await pageOf({ per_page: 0, page: 0 })).toEqual([200, pageWith(1, 10), both]);
    expect(await pageOf({ per_page: -1, page: 'x' })).toEqual([200, pageWith(1, 10), both]);
  });

  test('external finds by the number, else by the text', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const found = service === CUBE ? ['9001', 'ext-anna'] : ['9001'];
    for (const id of found) expect((await get(sandbox, `external/${id}`)).json.user.id).toBe(anna.id);
    for (const id of ['9001x', '09001', '1e3', ' 9001'])
      expectError(await get(sandbox, `external/${encodeURIComponent(id)}`), service, 'user_not_found');
  });

  test('by phone: every user with the number, where the service answers with a page', async () => {
    const sandbox = createTestSandbox(emulator, service);
    for (const login of ['two', 'three'])
      await sandbox.control.users.create({ login, password: 'secret123', phone: '+15' }, { app: service.app.id });
    const { json } = await get(sandbox, 'phone', { phone: '+15', per_page: 1 });
    if (service === CUBE) expect(json.user.login).toBe('two');
    else expect([json.total_entries, json.items.length]).toEqual([2, 1]);
  });

  test('parameters are read from the body of a GET', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf(null);
    const json = { 'Content-Type': 'application/json' };
    for (const options of [{ body: 'login=anna' }, { body: '{"login":"anna"}', headers: json }])
      expect((await sandbox.send('GET /users/by_login', { token, ...options })).json.user.id).toBe(anna.id);
    // the body wins over the query
    const both = await sandbox.send('GET /users/by_login?login=ben', { token, body: 'login=anna' });
    expect(both.json.user.id).toBe(anna.id);
  });
});

test('several tags: one service matches any of them, the other all', async () => {
  const tags = 'red,blue';
  expect(idsIn((await get(createTestSandbox(emulator, CUBE), 'by_tags', { tags })).json)).toEqual([101, 102]);
  expect(idsIn((await get(createTestSandbox(emulator, BLOX), 'by_tags', { tags })).json)).toEqual([1101]);
  const some = 'red,none';
  expect(idsIn((await get(createTestSandbox(emulator, CUBE), 'by_tags', { tags: some })).json)).toEqual([101]);
  expectError(await get(createTestSandbox(emulator, BLOX), 'by_tags', { tags: some }), BLOX, 'user_not_found');
});

test('lists in XML have the page in attributes, as the document prints it', async () => {
  const { text, headers } = await get(createTestSandbox(emulator, BLOX, '.xml'), 'by_full_name', { full_name: 'Cleo' });
  expect(headers.get('content-type')).toBe('application/xml; charset=utf-8');
  expect(text).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<users type="array" current_page="1" per_page="10" total_entries="1">
  <user>
    <blob-id type="integer" nil="true"/>
    <created-at type="datetime">2020-01-03T10:00:00Z</created-at>
    <email nil="true"/>
    <external-user-id type="integer" nil="true"/>
    <facebook-id nil="true"/>
    <full-name>Cleo Baum</full-name>
    <id type="integer">1103</id>
    <last-request-at type="datetime" nil="true"/>
    <login>cleo</login>
    <owner-id type="integer">7</owner-id>
    <phone nil="true"/>
    <twitter-id nil="true"/>
    <updated-at type="datetime">2020-01-03T10:00:00Z</updated-at>
    <website nil="true"/>
    <custom-data nil="true"/>
    <user-tags nil="true"/>
  </user>
</users>
`);
});

test('look-ups that only one service has are unknown routes in the other', async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  const params = { method: 'GET', path: '/users/v2' };
  expectError(await get(sandbox, 'v2', { id: 1 }), BLOX, 'route_unknown', params);
  const cube = createTestSandbox(emulator, CUBE, '.xml');
  // without XML, the suffix belongs to an id
  expectError(await get(cube, 'by_login', { login: 'anna' }), CUBE, 'bad_user_id', { field: 'id' });
});
