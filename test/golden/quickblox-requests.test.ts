import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RawRequest, rawRequest } from '../support/http.ts';
import { needsControlPlane, openTarget, type TestedEmulator } from '../support/target.ts';
import { compact, type Example, readExamples } from './examples.ts';
import { openSession } from './session.ts';

const TOKEN = 'b284ddf44f5369611fe14e0e588f1cfa855116c8';

let emulator: TestedEmulator;
beforeAll(async () => {
  emulator = await openTarget();
});
afterAll(() => emulator.close());
needsControlPlane();

async function begin(app: { readonly users?: readonly object[]; readonly next_user_id?: number }, user?: number) {
  const application = { id: 22, dialect: 'quickblox', auth_key: 'wJHd4cQSxpQGWx5', owner_id: 4360, ...app };
  await emulator.import({ applications: [application] });
  await openSession(emulator, { token: TOKEN, app: 22, user: user ?? null });
}

describe('the body of a sign-up', () => {
  const examples = readExamples('quickblox.md');
  const signUp = examples.find(({ name }) => name === 'User Sign Up (JSON)')!;
  const { user } = JSON.parse(signUp.request.body!) as { user: Record<string, string> };
  const fields = Object.entries(user).map(([name, value]) => [`user[${name}]`, value] as const);
  const pairs = (encode: (text: string) => string) =>
    fields.map(([name, value]) => `${name}=${encode(value)}`).join('&');
  const parts = fields.map(
    ([name, value]) => `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const form = 'application/x-www-form-urlencoded';

  const BODIES: readonly (readonly [what: string, type: string | undefined, body: string])[] = [
    ['JSON', 'application/json', signUp.request.body!],
    ['JSON with a charset', 'application/json; charset=utf-8', signUp.request.body!],
    ['a form as the page prints one, with blanks', form, pairs(String)],
    ['a form as SDKs send it', `${form}; charset=UTF-8`, pairs(encodeURIComponent)],
    ['a form with its brackets escaped', form, String(new URLSearchParams(fields.map(([...pair]) => pair)))],
    ['multipart', 'multipart/form-data; boundary=edge', `${parts.join('')}--edge--\r\n`],
    ['a form without a type', undefined, pairs(String)],
    ['JSON without a type', undefined, signUp.request.body!],
  ];

  test.each(BODIES)('%s', async (_, type, body) => {
    await emulator.clock.freeze('2012-05-09T10:24:26Z');
    await begin({ next_user_id: 1639 });
    const headers = { 'QB-Token': TOKEN, ...(type && { 'Content-Type': type }) };
    const answer = await rawRequest(emulator.url, { method: 'POST', path: '/users.json', headers, body });
    expect(answer.status).toBe(201);
    expect(answer.text).toBe(compact(signUp.response!.text));
    // doc: "trailing whitespaces in string data (except password) will be trimmed"; this password has none
    expect(await emulator.users.get(1639, { app: 22 })).toMatchObject({ has_password: true });
  });

  test('trailing whitespace is trimmed', async () => {
    await begin({ next_user_id: 1 });
    const padded = {
      login: 'Lena ',
      password: 'Lena',
      email: 'lena@domain.com\t',
      full_name: ' Lena  ',
      website: 'l.com ',
    };
    const headers = { 'QB-Token': TOKEN, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ user: padded });
    const { text } = await rawRequest(emulator.url, { method: 'POST', path: '/users.json', headers, body });
    expect(JSON.parse(text).user).toMatchObject({ login: 'Lena', email: 'lena@domain.com', full_name: ' Lena' });
  });
});

describe('the token', () => {
  const user = { id: 36, login: 'Sun' };
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const json = { 'Content-Type': 'application/json' };
  /** doc: legacy-auth, "in the query (GET) or body (POST)". */
  const FORMS: readonly RawRequest[] = [
    { method: 'GET', path: '/users/36.json', headers: { 'QB-Token': TOKEN } },
    { method: 'GET', path: '/users/36.json', headers: { 'qb-token': TOKEN } },
    { method: 'GET', path: `/users/36.json?token=${TOKEN}` },
    { method: 'GET', path: '/users/36.json', headers: form, body: `token=${TOKEN}` },
    { method: 'PUT', path: '/users/36.json', headers: form, body: `token=${TOKEN}&user[phone]=1` },
    { method: 'PUT', path: '/users/36.json', headers: json, body: `{"token":"${TOKEN}","user":{"phone":"1"}}` },
  ];

  test.each(FORMS)('$method $path $headers $body', async (form) => {
    await begin({ users: [user] }, 36);
    const answer = await rawRequest(emulator.url, form);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text).user).toMatchObject(user);
  });

  test('a missing or wrong token is refused', async () => {
    await begin({ users: [user] }, 36);
    const marked = { 'QuickBlox-REST-API-Version': '0.1.0' };
    const none = await rawRequest(emulator.url, { method: 'GET', path: '/users/36.json', headers: marked });
    const other = await rawRequest(emulator.url, { method: 'GET', path: '/users/36.json?token=0', headers: marked });
    expect([none.status, other.status]).toEqual([401, 401]);
  });
});

describe('the table of filters', () => {
  const IDS = [2, 3, 34, 45, 445, 2241, 3000];
  // the id is the number of hours since the last request
  const USERS = IDS.map((id) => ({
    id,
    login: `user${id}`,
    last_request_at: new Date(Date.UTC(2012, 4, 9) - id * 3_600_000).toISOString(),
  }));

  /** As printed, except for two that the table's narrow column breaks after the operator. */
  const FILTERS: readonly (readonly [value: string, ids: readonly number[]])[] = [
    ['number+id+gt+3', [34, 45, 445, 2241, 3000]],
    ['number+id+lt+34', [2, 3]],
    ['number+id+ge+445', [445, 2241, 3000]],
    ['number+id+le+2241', [2, 3, 34, 45, 445, 2241]],
    ['number+id+eq+3', [3]],
    ['number+id+ne+3', [2, 34, 45, 445, 2241, 3000]],
    ['number+id+between+3,2241', [3, 34, 45, 445, 2241]],
    ['number+id+in+3,45,2241', [3, 45, 2241]],
  ];
  const QUERIES = [
    ...FILTERS.map(([value, ids]) => [`filter[]=${value}`, ids] as const),
    // the table's other types and the sort's example
    ['filter[]=string+login+eq+user34', [34]],
    ['filter[]=date+last_request_at+ge+2012-05-08', [2, 3]],
    ['filter[]=date+last_request_at+lt+2012-05-08', [34, 45, 445, 2241, 3000]],
    ['order=asc+date+last_request_at', IDS.toReversed()],
    ['order=desc+date+last_request_at', IDS],
    ['page=2&per_page=3', [45, 445, 2241]],
  ] as const;

  beforeEach(() => begin({ users: USERS }));

  const cases = QUERIES.flatMap(([query, ids]) => [
    { query, ids, path: `/users.json?${query}`, xml: false },
    { query, ids, path: `/users.xml?${query}`, xml: true },
  ]);
  test.each(cases)('$path', async ({ query, ids, path, xml }) => {
    const answer = await rawRequest(emulator.url, { method: 'GET', path, headers: { 'QB-Token': TOKEN } });
    expect(answer.status).toBe(200);
    const found = xml
      ? [...answer.text.matchAll(/<id type="integer">(\d+)</g)].map(([, id]) => Number(id))
      : JSON.parse(answer.text).items.map((item: { user: { id: number } }) => item.user.id);
    expect(found).toEqual(ids);
    const total = query.startsWith('page') ? IDS.length : ids.length;
    const per_page = query.startsWith('page') ? 3 : 10;
    expect(answer.text).toContain(
      xml ? ` per_page="${per_page}" total_entries="${total}"` : `"per_page":${per_page},"total_entries":${total}`,
    );
  });

  /** doc: custom_data and blob_id are not among the allowed fields. */
  test.each(['custom_data', 'blob_id', 'user_tags'])('no filter by %s', async (field) => {
    const request: Example['request'] = {
      method: 'GET',
      path: `/users.json?filter[]=string+${field}+eq+1`,
      headers: { 'QB-Token': TOKEN },
    };
    expect((await rawRequest(emulator.url, request)).status).toBe(422);
  });
});
