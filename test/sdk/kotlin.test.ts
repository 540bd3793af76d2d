import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { rawRequest } from '../support/http.ts';

// ConnectyCube's Kotlin SDK 2.0.1, the current one for Android, doesn't run here. These are its requests, and the types by which
// it reads the answers: it fails at a number that is a text, or a text that is a number.

const USER = {
  id: 'number',
  created_at: 'string',
  updated_at: 'string',
  full_name: 'string?',
  email: 'string?',
  login: 'string?',
  phone: 'string?',
  website: 'string?',
  last_request_at: 'string?',
  external_user_id: 'number?',
  twitter_id: 'string?',
  facebook_id: 'string?',
  blob_id: 'string?',
  user_tags: 'string?',
  custom_data: 'string?',
  avatar: 'string?',
};
const SESSION = {
  id: 'number',
  created_at: 'string',
  updated_at: 'string',
  token: 'string',
  application_id: 'number',
  user_id: 'number?',
  ts: 'number',
  nonce: 'number?',
};
const PAGE = { total_entries: 'number', skip: 'number', limit: 'number' };

let emulator: Emulator;
let headers: Record<string, string>;
beforeAll(async () => {
  emulator = await createEmulator({ seed: true });
});
afterAll(() => emulator.close());

/** Reads an object as the SDK does: keys that it doesn't know are ignored, and all of its own may be missing. */
function expectTypes(given: Record<string, unknown>, types: Readonly<Record<string, string>>) {
  for (const [key, type] of Object.entries(types)) {
    const value = given[key];
    if (value === undefined || (value === null && type.endsWith('?'))) continue;
    expect([key, typeof value]).toEqual([key, type.replace('?', '')]);
    if (typeof value === 'number') expect(value).toBeLessThan(2 ** 31);
  }
}

async function call(method: string, path: string, params?: object) {
  const answer = await rawRequest(emulator.url, {
    method,
    path,
    headers: {
      'ConnectyCube-REST-API-Version': '0.1.1',
      'CB-SDK': 'Multi-Platform 2.0.1',
      ...headers,
      ...(params && { 'Content-Type': 'application/json' }),
    },
    body: params && JSON.stringify(params),
  });
  expect([answer.status, answer.text]).toEqual([expect.toSatisfy((status) => status < 300), expect.anything()]);
  return answer;
}

test('from the sign-up to the deletion', async () => {
  const application = { application_id: '230', auth_key: '29WfrNWdvkhmX6V' };
  headers = { 'CB-AuthKey': application.auth_key };
  // every field is sent as a text
  const user = {
    login: 'mia',
    password: 'secret123',
    full_name: 'Mia Moe',
    phone: '+1555',
    external_user_id: '5',
    facebook_id: '6',
    twitter_id: '7',
    tag_list: 'vip,guest',
    custom_data: '{}',
    avatar: 'uid',
    website: 'mia.example',
  };
  expectTypes((await call('POST', '/users', { user })).json.user, USER);

  const { login, password } = user;
  const opened = await call('POST', '/session', { ...application, user: { login, password } });
  // `yyyy-MM-dd HH:mm:ss z`
  expect(opened.headers.get('CB-Token-ExpirationDate')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/);
  const { session } = opened.json;
  expectTypes(session, SESSION);
  expectTypes(session.user, USER);
  headers = { 'CB-Token': session.token };
  expectTypes((await call('GET', '/session')).json.session, SESSION);

  const { id } = session.user;
  for (const query of [
    `id=${id}`,
    'login=mia',
    'phone=%2B1555',
    'facebook_id=6',
    'twitter_id=7',
    'user_tags=guest%2Cother',
    'full_name%5Bstart_with%5D=Mia%20M&sort_asc=id&limit=5&offset=0',
    `id%5Bin%5D=${id}&id%5Bin%5D=1`,
  ]) {
    const page = (await call('GET', `/users/v2?${query}`)).json;
    expectTypes(page, PAGE);
    expect([query, page.items.map((found: { id: number }) => found.id)]).toEqual([query, [id]]);
    expectTypes(page.items[0], USER);
  }

  const changed = await call('PUT', `/users/${id}`, { user: { password: 'secret456', oldPassword: password } });
  expectTypes(changed.json.user, USER);
  const again = await call('POST', '/login', { login, password: 'secret456' });
  expectTypes(again.json.user, USER);
  await call('DELETE', '/login');
  await call('POST', '/login', { login, password: 'secret456' });
  await call('DELETE', `/users/${id}`);
});

test('a guest', async () => {
  const params = { application_id: '230', auth_key: '29WfrNWdvkhmX6V', user: { guest: '1', full_name: 'Guest' } };
  headers = { 'CB-AuthKey': params.auth_key };
  const { session } = (await call('POST', '/session', params)).json;
  expectTypes(session, SESSION);
  expectTypes(session.user, USER);
  headers = { 'CB-Token': session.token };
  await call('DELETE', '/session');
});
