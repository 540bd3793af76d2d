import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/api/endpoints.ts';
import type { Emulator } from '../../src/index.ts';
import type { Params } from '../support/http.ts';
import { type Name, person, SERVICES, type Service, shown } from '../support/services.ts';
import { createPopulated, createTestSandbox, type TestSandbox } from '../support/test-sandbox.ts';
import { expectError } from './catalogue.ts';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await createPopulated({ settings: { disable_list_users_v1: false } });
});
afterAll(() => emulator.close());

/** A request for each operation that succeeds, and its answer. */
interface Row {
  readonly route: string;
  /** The least token it needs: an application's, a user's, or none. */
  readonly token: 'application' | 'user' | 'none';
  readonly id?: (service: Service) => number | string;
  readonly params?: (service: Service) => Params;
  readonly status: number;
  /** The whole body; undefined: other tests compare it. */
  readonly body?: (service: Service) => string;
  /** The required parameter. */
  readonly needs?: string;
  /** Ids and parameters of no user, and the answer to them. */
  readonly nobody?: { readonly id?: string; readonly params?: Params; readonly empty?: true };
  /** Services that lack the operation. */
  readonly not?: string;
}

const anna = (service: Service) => person(service, 'anna');
const one =
  (operation: string, more: object = {}, name: Name = 'anna') =>
  (service: Service) =>
    JSON.stringify({ user: shown(service, operation, { ...person(service, name), ...more }) });
const page =
  (operation: string, ...names: Name[]) =>
  (service: Service) => {
    const items = names.map((name) => ({ user: shown(service, operation, person(service, name)) }));
    return JSON.stringify({ current_page: 1, per_page: 10, total_entries: names.length, items });
  };
const lookUp = (field: string, value = 'nobody'): Row => ({
  route: `GET /users/by_${field}`,
  token: 'application',
  params: (service) => ({ [field]: anna(service)[field] }),
  status: 200,
  body: one(`users.by_${field}`),
  needs: field,
  nobody: { params: { [field]: value } },
});
/** The frozen time: 2026-01-01T00:00:00Z. */
const UPDATED = { phone: '+1 555', updated_at: '2026-01-01T00:00:00Z' };
const byPhone = (route: string): Row => ({
  route,
  token: 'application',
  params: () => ({ phone: '+4930101' }),
  status: 200,
  body: (service) => (service.name === 'connectycube' ? one : page)('users.by_phone', 'anna' as never)(service),
  needs: 'phone',
  nobody: { params: { phone: '+0' } },
});

const ROWS: readonly Row[] = [
  { route: 'POST /session', token: 'none', status: 201 },
  { route: 'POST /auth', token: 'none', status: 201 },
  { route: 'GET /session', token: 'application', status: 200 },
  { route: 'DELETE /session', token: 'application', status: 200, body: ({ blank }) => blank.sessions },
  { route: 'DELETE /session/list', token: 'user', status: 200, body: ({ blank }) => blank.sessions },
  { route: 'DELETE /session/:id', token: 'user', id: () => 0, status: 404 },
  {
    route: 'POST /login',
    token: 'application',
    params: () => ({ login: 'anna', password: 'annaSecret1' }),
    status: 202,
    body: one('login'),
  },
  { route: 'DELETE /login', token: 'application', status: 200, body: ({ blank }) => blank.sessions },
  {
    route: 'POST /users',
    token: 'application',
    params: () => ({ user: { login: 'newbie', password: 'newbieSecret' } }),
    status: 201,
  },
  {
    route: 'GET /users/v2',
    token: 'application',
    params: (service) => ({ id: anna(service).id }),
    status: 200,
    body: (service) =>
      JSON.stringify({
        limit: 100,
        skip: 0,
        total_entries: 1,
        items: [shown(service, 'users.list_v2', anna(service))],
      }),
    not: 'quickblox',
  },
  {
    route: 'GET /users/online',
    token: 'application',
    status: 200,
    body: () => '{"users":[]}',
    not: 'quickblox',
  },
  { route: 'GET /account_settings', token: 'none', status: 200 },
  { route: 'GET /users', token: 'application', status: 200, body: page('users.list', 'anna', 'ben', 'cleo', 'dora') },
  lookUp('login'),
  lookUp('email'),
  lookUp('facebook_id'),
  lookUp('twitter_id'),
  {
    ...lookUp('full_name'),
    body: page('users.by_full_name', 'anna'),
    nobody: { params: { full_name: 'Nobody At All' }, empty: true },
  },
  {
    ...lookUp('tags'),
    params: () => ({ tags: 'blue' }),
    body: page('users.by_tags', 'anna', 'ben'),
    nobody: { params: { tags: 'green' }, empty: true },
  },
  byPhone('GET /users/phone'),
  byPhone('GET /users/by_phone'),
  {
    route: 'GET /users/external/:id',
    token: 'application',
    id: () => 9001,
    status: 200,
    body: one('users.external.show'),
    nobody: { id: '9999' },
  },
  {
    route: 'DELETE /users/external/:id',
    token: 'user',
    id: () => 9001,
    status: 200,
    body: ({ blank }) => blank.users,
    nobody: { id: '9999' },
  },
  ...['GET', 'POST'].map(
    (method): Row => ({
      route: `${method} /users/password/reset`,
      token: 'application',
      params: (service) => ({ email: anna(service).email }),
      status: 200,
      body: ({ blank }) => blank.users,
      needs: 'email',
      nobody: { params: { email: 'nobody@example.com' } },
    }),
  ),
  {
    route: 'GET /users/:id',
    token: 'application',
    id: ({ name }) => (name === 'connectycube' ? 101 : 1101),
    status: 200,
    body: one('users.show'),
    nobody: { id: '31' },
  },
  {
    route: 'PUT /users/:id',
    token: 'user',
    id: (service) => anna(service).id,
    params: () => ({ user: { phone: '+1 555' } }),
    status: 200,
    body: one('users.update', UPDATED),
    nobody: { id: '31' },
  },
  {
    route: 'DELETE /users/:id',
    token: 'user',
    id: (service) => anna(service).id,
    status: 200,
    body: ({ blank }) => blank.users,
    nobody: { id: '31' },
  },
];

test('there is a row for each endpoint, and for nothing else', () => {
  const rows = ROWS.map(({ route }) => route);
  expect(rows.sort()).toEqual(ENDPOINTS.map(({ method, path }) => `${method} ${path}`).sort());
});

async function sendRow(sandbox: TestSandbox, row: Row, token: string | undefined, nobody: Row['nobody'] = {}) {
  const { route, id, params } = row;
  const path = route.replace(':id', String(nobody.id ?? id?.(sandbox.service)));
  const given = nobody.params ?? params?.(sandbox.service);
  return sandbox.send(path, { token, ...(given && { params: given }) });
}
const callerOf = (sandbox: TestSandbox, { token }: Row) =>
  token === 'none' ? Promise.resolve(undefined) : sandbox.tokenOf(token === 'user' ? 'anna' : null);

describe.each(SERVICES)('$name', (service) => {
  const rows = ROWS.filter(({ not }) => not !== service.name);
  const guarded = rows.filter(({ token }) => token !== 'none');

  test.each(rows.filter(({ body }) => body))('$route', async (row) => {
    const sandbox = createTestSandbox(emulator, service);
    const answer = await sendRow(sandbox, row, await callerOf(sandbox, row));
    expect([answer.status, answer.text]).toEqual([row.status, row.body!(service)]);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get(service.expiryHeader)).toBe('2026-01-01 02:00:00 UTC');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('a trailing slash is ignored, before a suffix or behind it', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const { id } = person(service, 'anna');
    const token = await sandbox.tokenOf('anna');
    for (const path of [`/users/${id}/`, `/users/${id}.json/`, `/users/${id}/.json`, `//users//${id}`])
      expect((await sandbox.send(`GET ${path}`, { token })).json.user.id).toBe(id);
  });

  test.each(rows.filter(({ body }) => body))('$route with .json answers the same', async (row) => {
    const sandbox = createTestSandbox(emulator, service, '.json');
    const answer = await sendRow(sandbox, row, await callerOf(sandbox, row));
    expect([answer.status, answer.text]).toEqual([row.status, row.body!(service)]);
  });

  test.each(guarded)('$route without a token is refused', async (row) => {
    expectError(await sendRow(createTestSandbox(emulator, service), row, undefined), service, 'token_required');
  });

  test.each(guarded)('$route with an empty token is refused', async (row) => {
    expectError(await sendRow(createTestSandbox(emulator, service), row, ''), service, 'token_required');
  });

  test.each(guarded)('$route with an unknown token is refused', async (row) => {
    expectError(await sendRow(createTestSandbox(emulator, service), row, 'A'.repeat(36)), service, 'session_missing');
  });

  test.each(rows.filter(({ token }) => token === 'user'))(
    '$route with a token of the application is refused',
    async (row) => {
      const sandbox = createTestSandbox(emulator, service);
      expectError(await sendRow(sandbox, row, await sandbox.tokenOf(null)), service, 'user_required');
    },
  );

  test.each(rows.filter(({ needs }) => needs))('$route without its required parameter is refused', async (row) => {
    const sandbox = createTestSandbox(emulator, service);
    for (const given of [{}, { [row.needs!]: '' }]) {
      const answer = await sendRow(sandbox, row, await callerOf(sandbox, row), { params: given });
      expectError(answer, service, 'param_required', { field: row.needs! });
    }
  });

  test.each(rows.filter(({ nobody }) => nobody))('$route for an unknown user', async (row) => {
    const sandbox = createTestSandbox(emulator, service);
    const answer = await sendRow(sandbox, row, await callerOf(sandbox, row), row.nobody);
    const empty = JSON.stringify({ current_page: 1, per_page: 10, total_entries: 0, items: [] });
    if (row.nobody!.empty && service.name === 'connectycube')
      expect([answer.status, answer.text]).toEqual([200, empty]);
    else expectError(answer, service, 'user_not_found');
  });

  test.each(rows.filter(({ id }) => id))('$route with malformed ids', async (row) => {
    const sandbox = createTestSandbox(emulator, service);
    for (const id of ['0', '-1', '1.5', 'x', '1e3', '%20', '99999999999999999999', 'constructor', '%00']) {
      const answer = await sendRow(sandbox, row, await callerOf(sandbox, row), { id });
      if (row.route === 'DELETE /session/:id') expectError(answer, service, 'session_not_found');
      // a number that is too large is one all the same
      else if (id.startsWith('999') || row.route.includes('external')) expectError(answer, service, 'user_not_found');
      else expectError(answer, service, 'bad_user_id', { field: 'id' });
    }
  });

  test.each(guarded)('$route with a token of another sandbox or application is refused', async (row) => {
    const sandbox = createTestSandbox(emulator, service);
    const other = SERVICES.find((each) => each !== service)!;
    const foreign = createTestSandbox(emulator, other);
    expectError(await sendRow(sandbox, row, await callerOf(foreign, row)), service, 'session_missing');
  });

  test('users of another application are invisible', async () => {
    const sandbox = createTestSandbox(emulator, service);
    const token = await sandbox.tokenOf('anna');
    const other = SERVICES.find((each) => each !== service)!;
    expectError(await sandbox.send(`GET /users/${anna(other).id}`, { token }), service, 'user_not_found');
    const email = anna(other).email;
    expectError(await sandbox.send('GET /users/by_email', { token, params: { email } }), service, 'user_not_found');
  });
});
