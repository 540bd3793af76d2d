import { describe, expect, test } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { describeEachTransport } from './each-transport.ts';

const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };

describeEachTransport({ settings: { disable_list_users_v1: false } }, (context) => {
  /** The warnings of a test's calls, without their counts. */
  const warned = async () => (await context.client.warnings()).map(({ kind, message }) => `${kind}: ${message}`);
  const cube = async (route: string, body?: object) =>
    context.send(route, { token: await context.tokenOf('Dacia'), ...(body && { body }) });
  const blox = async (route: string, body?: object) => {
    const { token } = await context.client.sessions.create({ app: 22, user: 'Lena' });
    return context.send(route, { headers: { 'QB-Token': token }, ...(body && { body }) });
  };

  test('documented usage gives no warnings', async () => {
    await context.send('POST /session', {
      body: { application_id: 230, auth_key: KEY['CB-AuthKey'], user: { login: 'Dacia', password: 'petU4or!' } },
    });
    const user = {
      login: 'mia',
      password: 'secret123',
      email: 'mia@x.org',
      external_id: 'x',
      facebook_id: '1',
      twitter_id: '2',
      full_name: 'Mia',
      phone: '1',
      website: 'x.org',
      custom_data: 'x',
      timezone: 180,
      tag_list: 'a,b',
      avatar: 'x',
    };
    await context.send('POST /users', { headers: KEY, body: { user } });
    await cube('PUT /users/51941', { user: { full_name: 'Dacia', old_password: 'petU4or!', password: 'petU4or!' } });
    await cube('GET /users/v2?id[in][]=51941&last_request_at[gt]=2018-12-06T09:21:41Z&sort_desc=id&limit=10&offset=0');
    await cube('GET /users/password/reset?email=dacia_k@domain.com');
    await cube('DELETE /users/51941');
    expect(await context.client.warnings()).toEqual([]);
  });

  test('deprecated calls are counted, the most frequent first', async () => {
    await cube('GET /users/by_login?login=Dacia');
    await cube('GET /users/51941');
    await cube('GET /users/51943.json');
    expect(await context.client.warnings()).toEqual([
      {
        kind: 'deprecated',
        operation: 'users.show',
        message: 'GET /users/:id is deprecated, and refused by an application with default permissions',
        count: 2,
      },
      {
        kind: 'deprecated',
        operation: 'users.by_login',
        message: 'GET /users/by_login is deprecated, and refused by an application with default permissions',
        count: 1,
      },
    ]);
  });

  test("a token in another service's header is a warning", async () => {
    const { token } = await context.client.sessions.create({ user: 'Dacia' });
    expect((await context.send('GET /users/v2?id=51941', { headers: { 'QB-Token': token } })).status).toBe(200);
    expect(await warned()).toEqual(['undocumented: GET /users/v2: a token that is not sent as cb-token']);
  });

  test("calls that only the other service's documents deprecate give no warning", async () => {
    await blox('GET /users/1639.json');
    await blox('GET /users/by_login?login=Lena');
    await blox('GET /users?filter[]=number+id+gt+3&order=asc+date+last_request_at&page=1&per_page=5');
    expect(await context.client.warnings()).toEqual([]);
  });

  test('paths and methods that only SDKs use are warnings', async () => {
    await cube('POST /users/password/reset', { email: 'dacia_k@domain.com' });
    await blox('GET /users/phone?phone=87654351');
    expect(await warned()).toEqual([
      'undocumented: POST /users/password/reset is not in the documents',
      'undocumented: GET /users/phone is not in the documents',
    ]);
  });

  test('undocumented parameters are warnings, for each operation', async () => {
    await cube('GET /users/51941?fields=id');
    await cube('GET /users/by_login?login=Dacia&limit=1');
    await cube('DELETE /session?force=1');
    await context.send('POST /users', {
      headers: KEY,
      body: { user: { login: 'mia', password: 'secret123', nick: 'm' } },
    });
    await cube('PUT /users/51941', { user: { external_id: 'x' }, notify: true });
    expect(await warned()).toEqual(
      expect.arrayContaining([
        "undocumented: GET /users/:id: parameter 'fields' is not in the documents",
        "undocumented: GET /users/by_login: parameter 'limit' is not in the documents",
        "undocumented: DELETE /session: parameter 'force' is not in the documents",
        "undocumented: POST /users: parameter 'user[nick]' is not in the documents",
        "undocumented: PUT /users/:id: parameter 'user[external_id]' is not in the documents",
        "undocumented: PUT /users/:id: parameter 'notify' is not in the documents",
      ]),
    );
    expect((await warned()).filter((each) => each.startsWith('undocumented'))).toHaveLength(6);
  });

  test('the name of a nested field as a flat parameter of a JSON body is a warning', async () => {
    await cube('PUT /users/51941', { 'user[login]': 'dacia2' });
    expect(await warned()).toEqual(["undocumented: PUT /users/:id: parameter 'user[login]' is not in the documents"]);
  });

  test('fields that came later are undocumented in the older service', async () => {
    await blox('POST /users', { user: { login: 'mia', password: 'secret123', timezone: 180, avatar: 'x' } });
    expect(await warned()).toEqual([
      "undocumented: POST /users: parameter 'user[timezone]' is not in the documents",
      "undocumented: POST /users: parameter 'user[avatar]' is not in the documents",
    ]);
  });

  test('deprecated fields are warnings where the documents call them so', async () => {
    const user = { login: 'mia', password: 'secret123', external_user_id: 5, blob_id: 6 };
    await blox('POST /users', { user });
    expect(await context.client.warnings()).toEqual([]);
    await context.send('POST /users', { headers: KEY, body: { user } });
    expect(await warned()).toEqual([
      "deprecated: POST /users: parameter 'user[external_user_id]' is deprecated",
      "deprecated: POST /users: parameter 'user[blob_id]' is deprecated",
    ]);
  });

  test('a token as a parameter is a warning', async () => {
    const { token } = await context.client.sessions.create({ app: 22, user: 'Lena' });
    await context.send(`GET /users/1639?token=${token}`);
    await context.send(`GET /users/v2?id=51941&token=${await context.tokenOf('Dacia')}`);
    expect(await warned()).toEqual([
      "deprecated: GET /users/:id: parameter 'token' is deprecated",
      "undocumented: GET /users/v2: parameter 'token' is not in the documents",
    ]);
  });

  describe('filters', () => {
    const filtered = async (...filters: string[]) => {
      await blox(`GET /users?${filters.map((filter) => `filter[]=${encodeURIComponent(filter)}`).join('&')}`);
      return warned();
    };

    test("with a type other than the field's", async () => {
      expect(await filtered('string id in 87', 'number login eq Lena', 'string created_at gt 2012-01-01')).toEqual([
        "undocumented: GET /users: filter 'string id in', but id is a number",
        "undocumented: GET /users: filter 'number login eq', but login is a string",
        "undocumented: GET /users: filter 'string created_at gt', but created_at is a date",
      ]);
    });

    test('with operators that only SDKs use', async () => {
      expect(await filtered('number id gte 87')).toEqual([
        "undocumented: GET /users: filter 'number id gte': an operator that is not in the documents",
      ]);
    });

    test("with dates in a form that the service's documents don't allow", async () => {
      const dates = ['gt 2012-01-01T00:00:00Z', 'lt 1325376000', 'between 2012-01-01,1325376000', 'le 2012-01.01'];
      const odd = dates.map((date) => `filter[]=date created_at ${date}`);
      const sound = ['between 2012.01.01, 2012-01-02', 'in 2012-01-01'].map(
        (date) => `filter[]=date created_at ${date}`,
      );
      const query = [...odd, ...sound].join('&').replaceAll(' ', '%20');
      expect((await cube(`GET /users?${query}`)).status).toBe(200);
      expect((await warned()).filter((each) => each.startsWith('undocumented'))).toEqual(
        ['gt', 'lt', 'between', 'le'].map(
          (operator) =>
            `undocumented: GET /users: filter 'date created_at ${operator}': a date that is not written as in the documents`,
        ),
      );
      // the other's documents don't mention it
      expect((await blox(`GET /users?${query}`)).status).toBe(200);
      expect((await warned()).filter((each) => each.startsWith('undocumented'))).toHaveLength(4);
    });

    test('as documented give no warnings', async () => {
      expect(
        await filtered(
          'number id between 1,5',
          'string login in a,b',
          'date created_at gt 2012-01-01',
          'number id eg 1',
        ),
      ).toEqual([]);
    });
  });

  test("the journal lists each request's own warnings", async () => {
    await cube('GET /users/51941?fields=id');
    await cube('GET /users/v2?id=51941');
    expect((await context.client.requests.list()).map(({ warnings }) => warnings)).toEqual([
      [
        'GET /users/:id is deprecated, and refused by an application with default permissions',
        "GET /users/:id: parameter 'fields' is not in the documents",
      ],
      [],
    ]);
  });
});

test("invented parameters don't fill the memory", async () => {
  await using emulator = await createEmulator({ seed: true });
  for (let round = 0; round < 12; round++) {
    const names = Array.from({ length: 100 }, (_, index) => `p${round}_${index}=1`);
    await fetch(`${emulator.url}/users/v2?${names.join('&')}`);
  }
  await fetch(`${emulator.url}/users/v2?p0_0=1`);
  const warnings = await emulator.warnings();
  expect(warnings).toHaveLength(1000);
  expect(warnings[0]).toMatchObject({ message: "GET /users/v2: parameter 'p0_0' is not in the documents", count: 2 });
});
