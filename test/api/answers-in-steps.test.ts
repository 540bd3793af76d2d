import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { formOf } from '../support/http.ts';
import { BLOX, CUBE, person, SERVICES } from '../support/services.ts';
import { createPopulated, createTestSandbox, signed, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

// The facts that take more than one request; those of one are in `answers.ts`.

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated();
});
afterAll(() => emulator.close());

const LATER = '2026-01-01T00:10:00Z';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const stored = (sandbox: TestSandbox) =>
  sandbox.control.users.get(person(sandbox.service, 'anna').id, { app: sandbox.service.app.id });

describe.each(SERVICES)('facts of $name', (service) => {
  const anna = person(service, 'anna');

  test.each(['DELETE /login', 'DELETE /session'])('B4: last_request_at moves at %s', async (route) => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    await sandbox.control.clock.advance('10m');
    expect((await sandbox.send(route, { token })).status).toBe(200);
    expect((await stored(sandbox)).last_request_at).toBe(LATER);
  });

  test('B6: the newer of two reset links, once used, ends the older one', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf(null);
    for (const email of [anna.email, anna.email, person(service, 'ben').email])
      await sandbox.send('GET /users/password/reset', { token, params: { email } });
    const [bens, newer, older] = await sandbox.control.outbox.list();
    const { origin, pathname, searchParams } = new URL(newer!.link);
    const body = formOf({ token: searchParams.get('token'), password: 'resetSecret' });
    expect((await fetch(origin + pathname, { method: 'POST', headers: FORM, body })).status).toBe(200);
    expect((await fetch(older!.link)).status).toBe(410);
    expect((await fetch(bens!.link)).status).toBe(200);
  });

  test('B9: an update that changes nothing leaves updated_at', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const update = async (user: object) =>
      (await sandbox.send(`PUT /users/${anna.id}`, { token, params: { user } })).json.user.updated_at;
    expect(await update({})).toBe(anna.updated_at);
    expect(await update({ full_name: anna.full_name, tag_list: anna.user_tags, unknown: 1 })).toBe(anna.updated_at);
    expect(await update({ full_name: 'Another' })).toBe('2026-01-01T00:00:00Z');
  });

  test('B10: of a repeated parameter, the last counts', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const found = await sandbox.send('GET /users/by_login?login=ben&login=anna', { token });
    expect(found.json.user.id).toBe(anna.id);
    const body = 'user[full_name]=First&user[full_name]=Last';
    expect((await sandbox.send(`PUT /users/${anna.id}`, { token, body })).json.user.full_name).toBe('Last');
  });

  test.each(['form', 'query'])('B10: of repeated credentials in a %s, the last count', async (form) => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf(null);
    const repeated = 'login=ben&login=anna&password=benSecret12&password=annaSecret1';
    const [query, body] = form === 'query' ? [`?${repeated}`, undefined] : ['', repeated];
    const answer = await sandbox.send(`POST /login${query}`, { token, ...(body && { body }) });
    expect([answer.status, answer.json.user?.login]).toEqual([202, 'anna']);
  });

  test('C13: the current password as a new one needs the old one, too', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const options = { token: await sandbox.tokenOf('anna'), params: { user: { password: 'annaSecret1' } } };
    expectError(await sandbox.send(`PUT /users/${anna.id}`, options), service, 'old_password_missing');
    expect((await sandbox.openSession({ user: { login: 'anna', password: 'annaSecret1' } })).status).toBe(201);
  });

  test('B11: the end of an unknown session is not found', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    expectError(await sandbox.send('DELETE /session/123', { token }), service, 'session_not_found');
    expect((await sandbox.send('DELETE /session/list', { token })).status).toBe(200);
  });

  test('Q16: POST /auth is POST /session', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const { id: application_id, auth_key, auth_secret } = service.app;
    const timestamp = Date.parse(await sandbox.control.clock.now()) / 1000;
    const params = signed({ application_id, auth_key, nonce: 1, timestamp }, auth_secret);
    const answer = await sandbox.send('POST /auth', { params });
    expect([answer.status, answer.json.session.application_id]).toEqual([201, application_id]);
  });

  test('Q17: of a timestamp with decimals, the whole seconds count', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const answer = await sandbox.openSession({ timestamp: '1767225600.1234567' });
    expect([answer.status, answer.json.session.ts]).toEqual([201, 1767225600]);
  });
});

test.each(['GET', 'DELETE'])('B5: %s /users/external/report.xml, where there is no XML', async (method) => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const user = { login: 'reporter', password: 'reporterSecret', external_id: 'report.xml' };
  const { id } = (await sandbox.send('POST /users', { token: await sandbox.tokenOf(null), params: { user } })).json
    .user;
  const answer = await sandbox.send(`${method} /users/external/report.xml`, { token: await sandbox.tokenOf(id) });
  expect([answer.status, answer.json?.user.id]).toEqual([200, method === 'GET' ? id : undefined]);
});

test('C9: the password reset mail of ConnectyCube', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const { email, full_name } = person(CUBE, 'anna');
  await sandbox.send('GET /users/password/reset', { token: await sandbox.tokenOf(null), params: { email } });
  const [{ subject, text, html, link } = {} as never] = await sandbox.control.outbox.list();
  expect(subject).toBe('ConnectyCube: password reset');
  expect(text).toBe(`Dear ${full_name}!\n\nPlease, click the link below to reset your password:\n\n${link}\n`);
  const escaped = link.replace('&', '&amp;');
  expect(html).toBe(
    `<p>Dear ${full_name}!</p>\n<p>Please, click the link below to reset your password:</p>\n<p><a href="${escaped}">${escaped}</a></p>\n`,
  );
  expect(new URL(link).search).toMatch(/^\?application_id=230&token=[0-9a-f]{64}$/);
});

test('C10: the user in a session was last seen now; a new one and a guest never', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const seen = async (user: object) => {
    const { session } = (await sandbox.openSession({ user })).json;
    return session.user.last_request_at;
  };
  const NEW = { login: 'newbie', password: 'newbieSecret' };
  expect(await seen({ login: 'anna', password: 'annaSecret1' })).toBe('2026-01-01T00:00:00Z');
  expect(await seen(NEW)).toBeNull();
  expect(await seen(NEW)).toBe('2026-01-01T00:00:00Z');
  expect(await seen({ guest: '1' })).toBeNull();
});

test('C11: tags as a list, stray keys and empty ids at a sign-up', async () => {
  const sandbox = createTestSandbox(emulator, CUBE);
  const ids = { external_id: '', facebook_id: '', twitter_id: '', external_user_id: '', email: '' };
  for (const login of ['first', 'second']) {
    const user = { login, password: 'newbieSecret', tag_list: ['a', 'b'], stray: { key: 1 }, ...ids };
    const answer = await sandbox.send('POST /users', { token: await sandbox.tokenOf(null), params: { user } });
    expect(answer.status).toBe(201);
    expect(answer.json.user).toMatchObject({ user_tags: 'a,b', external_id: null, facebook_id: null, email: null });
  }
});

test.each(['12345678901', 'x12', '1.5'])('Q4: the external_user_id %s', async (external_user_id) => {
  const sandbox = createTestSandbox(emulator, BLOX);
  const user = { login: 'newbie', password: 'newbieSecret', external_user_id };
  const answer = await sandbox.send('POST /users', { token: await sandbox.tokenOf(null), params: { user } });
  expect([answer.status, answer.text]).toEqual([
    422,
    '{"errors":{"external_user_id":["must be less than 11 characters"]}}',
  ]);
});

test("Q15: an API key in place of a token has the rights of the account's owner", async () => {
  const sandbox = createTestSandbox(emulator, BLOX);
  const { id } = person(BLOX, 'anna');
  const call = (route: string, key: string, params?: object) =>
    sandbox.send(route, { headers: { Authorization: `ApiKey ${key}` }, ...(params && { params: { ...params } }) });
  expectError(await call(`GET /users/${id}`, 'none'), BLOX, 'token_required');
  await sandbox.control.settings.set({ api_key: 'k-1' }, { app: BLOX.app.id });
  expectError(await call(`GET /users/${id}`, 'k-2'), BLOX, 'token_required');
  expect((await call(`GET /users/${id}`, 'k-1')).json.user.login).toBe('anna');
  const changed = await call(`PUT /users/${id}`, 'k-1', { user: { full_name: 'By the owner' } });
  expect([changed.status, changed.json.user.full_name]).toEqual([200, 'By the owner']);
  const signedUp = await call('POST /users', 'k-1', { user: { login: 'newbie', password: 'newbieSecret' } });
  expect(signedUp.status).toBe(201);
  expect((await call(`DELETE /users/${id}`, 'k-1')).status).toBe(200);
  // operations on a session need one
  for (const route of ['GET /session', 'DELETE /session', 'DELETE /login', 'DELETE /session/list'])
    expectError(await call(route, 'k-1'), BLOX, 'token_required');
});
