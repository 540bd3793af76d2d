import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rawRequest } from '../support/http.ts';
import { needsControlPlane, openTarget, type TestedEmulator } from '../support/target.ts';
import { asQuery, compact, type Example, readBlock, readExamples, withSuffix } from './examples.ts';
import { openSession, TOKEN } from './session.ts';

/** Users of the examples that are missing from the built-in fixture; the document has no more fields of the second. */
const DAVID = {
  id: 52671,
  full_name: 'David Smith',
  login: 'smithguest18',
  phone: '5464579797975',
  created_at: '2018-12-06T09:16:26Z',
  updated_at: '2018-12-06T09:16:26Z',
  last_request_at: '2019-12-07T10:21:41Z',
};
const DELETED_USER = { id: 51959, login: 'leaver' };

/** The state that an example needs for its printed response. By default: the built-in fixture, called by Gabrielle. */
interface Setup {
  readonly at?: string;
  readonly caller?: number;
  readonly prepare?: (emulator: TestedEmulator) => Promise<unknown>;
}

const SETUPS: Readonly<Record<string, Setup>> = {
  'User Sign Up': {
    at: '2018-12-06T09:16:26Z',
    prepare: (emulator) =>
      emulator.import({ applications: [{ id: 230, auth_key: '29WfrNWdvkhmX6V', next_user_id: 51941 }] }),
  },
  'Retrieve Users V2': { prepare: (emulator) => emulator.import([DAVID], 'merge') },
  'Update User by identifier': { at: '2018-12-06T11:50:16Z', caller: 51943 },
  'Delete User by identifier': {
    caller: DELETED_USER.id,
    prepare: (emulator) => emulator.import([DELETED_USER], 'merge'),
  },
  'Delete User by external user ID': { caller: 51941 },
};

/** By the document's text, the users found by the examples that it prints without a response. */
const ANSWERED_WITH: Readonly<Record<string, { readonly per_page?: number; readonly ids: readonly number[] }>> = {
  'per_page=7': { per_page: 7, ids: [51941, 51943, 51946] },
  'filter[]=number+id+gt+51946': { ids: [DELETED_USER.id] },
  'order=desc+string+full_name': { ids: [51943, 51946, 51941] },
};

const NOW = '2018-12-06T12:00:00Z';
const EXPIRY: Readonly<Record<string, string>> = {
  [NOW]: '2018-12-06 14:00:00 UTC',
  '2018-12-06T11:50:16Z': '2018-12-06 13:50:16 UTC',
};

let emulator: TestedEmulator;
beforeAll(async () => {
  emulator = await openTarget({
    seed: true,
    freezeTime: NOW,
    settings: { disable_list_users_v1: false },
  });
});
afterAll(() => emulator.close());
needsControlPlane(/^a browser may/);
beforeEach(() => emulator.reset());

async function send(request: Example['request'], { at, caller = 51946, prepare }: Setup = {}) {
  if (at) await emulator.clock.freeze(at);
  await prepare?.(emulator);
  if (request.headers['CB-Token']) await openSession(emulator, { user: caller });
  return rawRequest(emulator.url, request);
}

const examples = readExamples('connectycube.md');

test('every request example of the document is tested', () => {
  expect(examples).toHaveLength(18);
});

describe.each(examples)('$name', ({ name, request, response }) => {
  const suffix = withSuffix(request, '.json');
  const forms: [string, Example['request']][] = [
    ['as printed', request],
    ['with .json', suffix],
  ];
  if (request.method === 'GET' && request.body !== undefined)
    forms.push(['as a query string', asQuery(request)], ['as a query string with .json', asQuery(suffix)]);

  test.each(forms)('%s', async (_, form) => {
    const expected = ANSWERED_WITH[request.body ?? ''];
    const setup = expected?.ids.includes(DELETED_USER.id)
      ? { prepare: () => emulator.import([DELETED_USER], 'merge') }
      : SETUPS[name];
    const answer = await send(form, setup);
    // the documents alone vouch for their own examples
    expect((await emulator.evidence()).levels).toMatchObject({ log: 0, sdk: 0, guess: 0, own: 0 });
    expect(answer.status).toBe(request.method === 'POST' ? 201 : 200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(answer.text)),
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'CB-Token-ExpirationDate, Date',
    });
    // log: the session's end moves with every request; for a user's own deletion it is unknown
    if (request.headers['CB-Token'] && request.method !== 'DELETE')
      expect(answer.headers.get('cb-token-expirationdate')).toBe(EXPIRY[setup?.at ?? NOW]);
    if (response?.format === 'json') expect(answer.text).toBe(compact(response.text));
    else if (response) expect([response.text, answer.text]).toEqual(['Status: 200', '']);
    else {
      const page = JSON.parse(answer.text);
      expect(page.items.map((item: { user: { id: number } }) => item.user.id)).toEqual(expected!.ids);
      expect(page).toMatchObject({ current_page: 1, per_page: expected!.per_page ?? 10 });
      expect(page.total_entries).toBe(expected!.ids.length);
    }
  });
});

test.each([{ disable_list_users_v1: true }, { allow_list_users: false }])(
  'the list is forbidden by %o',
  async (settings) => {
    await emulator.settings.set(settings);
    const answer = await send({ method: 'GET', path: '/users', headers: { 'CB-Token': TOKEN } });
    expect(answer.status).toBe(403);
    expect(answer.text).toBe(compact(readBlock('connectycube.md', 'Retrieve Users V1 (Deprecated), forbidden')));
  },
);

/** "At least one specified tag must match with User's tags". */
test.each([
  ['vip,accountant', [51943, 51946]],
  ['vip,nobody', [51946]],
  ['accountant,vip,nobody', [51943, 51946]],
])('by the tags %s', async (tags, ids) => {
  const path = `/users/by_tags?tags=${tags}`;
  const answer = await send({ method: 'GET', path, headers: { 'CB-Token': TOKEN } });
  expect(JSON.parse(answer.text).items.map((item: { user: { id: number } }) => item.user.id)).toEqual(ids);
});

test.each(['by_facebook_id?facebook_id=1', 'by_twitter_id?twitter_id=1'])(
  'nobody is found by %s: 404',
  async (path) => {
    const answer = await send({ method: 'GET', path: `/users/${path}`, headers: { 'CB-Token': TOKEN } });
    expect(answer.status).toBe(404);
  },
);

test.each(['Delete User by identifier', 'Delete User by external user ID'])('%s: the user is gone', async (name) => {
  const { request } = examples.find((example) => example.name === name)!;
  await send(request, SETUPS[name]);
  await expect(emulator.users.get(SETUPS[name]!.caller!)).rejects.toThrow();
  const again = await rawRequest(emulator.url, request);
  expect(again.status).toBe(401);
});

/** sdk: a browser's preflight for each example's request from a page of another origin. */
test.each([
  ['GET', 'cb-sdk,cb-token'],
  ['POST', 'cb-authkey,cb-sdk,content-type'],
  ['PUT', 'cb-token,content-type'],
  ['DELETE', 'cb-token'],
])('a browser may %s with %s', async (method, wanted) => {
  const headers = {
    Origin: 'https://app.example.com',
    'Access-Control-Request-Method': method,
    'Access-Control-Request-Headers': wanted,
  };
  const answer = await rawRequest(emulator.url, { method: 'OPTIONS', path: '/users/51943', headers });
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('access-control-allow-methods')!.split(', ')).toContain(method);
  const allowed = answer.headers.get('access-control-allow-headers')!.toLowerCase().split(/, */);
  expect(allowed).toEqual(expect.arrayContaining(wanted.split(',')));
});

test('users can delete their own accounts only', async () => {
  await openSession(emulator, { user: 51946 });
  const answer = await rawRequest(emulator.url, {
    method: 'DELETE',
    path: '/users/51941',
    headers: { 'CB-Token': TOKEN },
  });
  expect(answer.status).toBe(403);
  expect(await emulator.users.get(51941)).toMatchObject({ login: 'Dacia' });
});
