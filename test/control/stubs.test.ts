import { describe, expect, test } from 'vitest';
import { connect, createEmulator, type StubInput } from '../../src/index.ts';
import { expectError } from '../api/catalogue.ts';
import { sender } from '../support/http.ts';
import { BLOX, CUBE } from '../support/services.ts';
import { describeEachTransport, rejectionOf } from './each-transport.ts';

const DIALOGS = { total_entries: 0, skip: 0, limit: 100, items: [] };

describeEachTransport({}, (context) => {
  const answerOf = async (route: string, options = {}) => {
    const { status, text } = await context.send(route, options);
    return [status, text];
  };

  test('a stub answers what is not emulated, with or without a suffix, until it is removed', async () => {
    const { client } = context;
    const stub = await client.stubs.add({ match: 'GET /chat/Dialog', json: DIALOGS });
    const { id } = stub;
    expect(stub).toEqual({
      id,
      name: 'GET /chat/Dialog',
      match: 'GET /chat/Dialog',
      json: DIALOGS,
      application_id: null,
      hits: 0,
    });
    for (const path of ['/chat/Dialog', '/chat/Dialog.json', '/chat/Dialog/?limit=1'])
      expect(await answerOf(`GET ${path}`)).toEqual([200, JSON.stringify(DIALOGS)]);
    const { headers } = await context.send('GET /chat/Dialog');
    expect(headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(await client.stubs.get(id)).toEqual({ ...stub, hits: 4 });
    expect(await client.stubs.list()).toEqual([{ ...stub, hits: 4 }]);
    await client.stubs.remove(id);
    expect((await context.send('GET /chat/Dialog')).status).toBe(501);
    expect(await rejectionOf(client.stubs.get(id))).toMatchObject({ status: 404, message: `there is no stub ${id}` });
    expect(await rejectionOf(client.stubs.remove(id))).toMatchObject({ status: 404 });
  });

  test('the real check of the access comes first', async () => {
    const { client } = context;
    await client.stubs.add({ match: 'POST /subscriptions', access: 'user', status: 201, json: [] });
    await client.stubs.add({ match: 'GET /data/:class', access: 'session', json: {} });
    await client.stubs.add({ match: 'GET /storage', access: 'application', json: {} });
    const [user, app] = [await context.tokenOf('Dacia'), await context.tokenOf(null)];
    expectError(await context.send('POST /subscriptions'), CUBE, 'token_required');
    expectError(await context.send('POST /subscriptions', { token: app }), CUBE, 'user_required');
    const answer = await context.send('POST /subscriptions', { token: user });
    expect([answer.status, answer.text]).toEqual([201, '[]']);
    expect(answer.headers.get('CB-Token-ExpirationDate')).toMatch(/ UTC$/);
    expect(await answerOf('GET /data/Note', { token: app })).toEqual([200, '{}']);
    expect(await answerOf('GET /storage', { headers: { 'CB-AuthKey': '29WfrNWdvkhmX6V' } })).toEqual([200, '{}']);
    expectError(await context.send('GET /storage'), CUBE, 'token_required');
    // a call counts as a use of the session, as others do
    await client.clock.advance('1h');
    await context.send('POST /subscriptions', { token: user });
    await client.clock.advance('1h30m');
    expect((await context.send('POST /subscriptions', { token: user })).status).toBe(201);
    expectError(await context.send('GET /data/Note', { token: app }), CUBE, 'session_missing');
  });

  // sdk: without this header, Android 4 of the ancestor throws an exception
  test('a stub without a check shows when a living session ends, and does not prolong it', async () => {
    const { client } = context;
    await client.stubs.add({ match: 'GET /open', json: {} });
    const token = await context.tokenOf('Dacia');
    const endOf = async (given?: string) =>
      (await context.send('GET /open', given === undefined ? {} : { token: given })).headers.get(
        'CB-Token-ExpirationDate',
      );
    const end = await endOf(token);
    expect(end).toMatch(/ UTC$/);
    await client.clock.advance('1h');
    expect(await endOf(token)).toBe(end);
    await client.clock.advance('1h');
    expect([await endOf(token), await endOf('nonsense'), await endOf()]).toEqual([null, null, null]);
  });

  test('templates print the request, the session and its user, with their types', async () => {
    await context.client.stubs.add({
      match: 'POST /data/:class/:key',
      access: 'user',
      status: 201,
      headers: { Location: '/data/{{path.class}}/{{id}}' },
      json: {
        _id: '{{id}}',
        again: '{{ id }}',
        title: '{{params.title}} in {{path.class}}',
        count: '{{params.count}}',
        list: '{{params.list}}',
        none: '{{params.none}}',
        page: '{{query.page}}',
        key: '{{path.key}}',
        user: '{{user.id}}',
        name: '{{user.full_name}}',
        app: '{{app.id}}',
        session: '{{session.user_id}}',
        now: '{{now}}',
        uuid: '{{uuid}}',
      },
    });
    await context.client.clock.freeze('2026-01-01T00:00:00Z');
    const token = await context.tokenOf('Dacia');
    const send = () =>
      context.send('POST /data/Note/a%2Fb?page=2', { token, body: { title: 'Hi', count: 7, list: [1, { a: 2 }] } });
    const { json, headers } = await send();
    expect(json).toEqual({
      _id: 1,
      again: 1,
      title: 'Hi in Note',
      count: 7,
      list: [1, { a: 2 }],
      none: null,
      page: '2',
      key: 'a/b',
      user: 51941,
      name: 'Dacia Kail',
      app: 230,
      session: 51941,
      now: '2026-01-01T00:00:00Z',
      uuid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    expect(headers.get('Location')).toBe('/data/Note/1');
    expect((await send()).json._id).toBe(2);
  });

  test('a template takes no line break of a client into a header', async () => {
    await context.client.stubs.add({ match: 'GET /pages', headers: { 'X-Echo': '{{query.x}}' }, status: 204 });
    const { status, headers } = await context.send('GET /pages?x=a%0d%0aSet-Cookie:b€');
    expect([status, headers.get('X-Echo')]).toEqual([204, 'a??Set-Cookie:b?']);
  });

  test('a text, its type, and a header in place of the usual one', async () => {
    const headers = { 'content-type': 'text/html', 'access-control-allow-origin': 'http://localhost' };
    await context.client.stubs.add({
      match: '* /pages/*',
      text: '<p>{{path.x}}</p>'.replace('{{path.x}}', ''),
      headers,
    });
    const answer = await context.send('PATCH /pages/a/b/c');
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '<p></p>', 'text/html']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost');
  });

  test.each<[string, Omit<StubInput, 'match'>]>([
    ['texts', { text: '{{params.a}}'.repeat(20) }],
    ['values', { json: Array.from({ length: 20 }, () => '{{params.a}}') }],
    ['objects', { json: Array.from({ length: 20 }, () => '{{params.b}}') }],
  ])('templates bring at most 16 MB into an answer: %s', async (_case, answer) => {
    const stub = await context.client.stubs.add({ match: 'POST /chat', ...answer });
    const [few, many] = [1000, 850_000].map((size) => ({ a: 'x'.repeat(size), b: { c: 'x'.repeat(size) } }));
    const used = JSON.stringify(answer).includes('params.a') ? 'a' : 'b';
    const body = (params?: Record<'a' | 'b', unknown>) => ({ body: { [used]: params?.[used] } });
    expect((await context.send('POST /chat', body(few))).status).toBe(200);
    const reason = 'its templates make more than 16 MB';
    expectError(await context.send('POST /chat', body(many)), CUBE, 'stub_failed', { name: 'POST /chat', reason });
    await context.client.stubs.remove(stub.id);
  });

  test('the last stub that matches wins; used up, it leaves the answer to the one before', async () => {
    const { client } = context;
    await client.stubs.add({ match: 'GET /chat/*', json: 1 });
    await client.stubs.add({ match: 'GET /chat/Dialog', json: 2, times: 2 });
    const answers = await Promise.all(Array.from({ length: 6 }, () => context.send('GET /chat/Dialog')));
    expect(answers.map(({ json }) => json).sort()).toEqual([1, 1, 1, 1, 2, 2]);
    expect((await client.stubs.list()).map(({ hits }) => hits)).toEqual([4]);
  });

  test('an object matches by user and application', async () => {
    await context.client.stubs.add({
      match: { method: 'get', path: '/chat/*', user: 'Dacia', app: 230 },
      json: 'hers',
    });
    expect(await answerOf('GET /chat/x', { token: await context.tokenOf('Dacia') })).toEqual([200, '"hers"']);
    expect((await context.send('GET /chat/x', { token: await context.tokenOf('gabby') })).status).toBe(501);
    expect((await context.send('POST /chat/x', { token: await context.tokenOf('Dacia') })).status).toBe(501);
  });

  test('a stub of one application does not answer for the others', async () => {
    const { id, application_id } = await context.client.stubs.add({ match: 'GET /chat/x', json: 1 }, { app: 22 });
    expect(application_id).toBe(22);
    expect((await context.send('GET /chat/x', { token: await context.tokenOf('Dacia') })).status).toBe(501);
    const { token } = await context.client.sessions.create({ app: 22, user: 'Lena' });
    const blox = await context.send('GET /chat/x.xml', { headers: { 'QB-Token': token } });
    expect([blox.status, blox.text, blox.headers.get('Status')]).toEqual([200, '1', '200 OK']);
    await context.client.stubs.remove(id);
    expectError(await context.send('GET /chat/x', { headers: { 'QB-Token': token } }), BLOX, 'not_emulated', {
      method: 'GET',
      path: '/chat/x',
      module: 'chat',
    });
    expect(await rejectionOf(context.client.stubs.add({ match: 'GET /x', json: 1 }, { app: 7 }))).toMatchObject({
      status: 404,
    });
  });

  test('an emulated operation is answered by a stub only with `override`', async () => {
    const { client } = context;
    const match = 'GET /users/:id';
    const { status, message } = await rejectionOf(client.stubs.add({ match, json: 1 }));
    expect([status, message]).toEqual([
      422,
      'match: GET /users/:id is emulated (users.show): set "override": true to answer in its place',
    ]);
    await client.stubs.add({ match, json: { user: { id: '{{path.id}}' } }, override: true });
    expect(await answerOf('GET /users/51941.json', { stubbed: true })).toEqual([200, '{"user":{"id":"51941"}}']);
    // other operations, and stubs without override, stay apart
    await client.stubs.add({ match: 'GET /*', json: 'rest' });
    expectError(await context.send('GET /users'), CUBE, 'token_required');
    expect(await answerOf('GET /no/such/route')).toEqual([200, '"rest"']);
  });

  test('journal, verify, faults and delays know a stub by its name', async () => {
    const { client } = context;
    await client.stubs.add({ name: 'dialogs', match: 'GET /chat/Dialog', json: DIALOGS, delay: 30 });
    const start = performance.now();
    await context.send('GET /chat/Dialog');
    expect(performance.now() - start).toBeGreaterThan(25);
    const [entry] = await client.requests.list({ operation: 'stub:dialogs' });
    expect([entry?.operation, entry?.status, entry?.path]).toEqual(['stub:dialogs', 200, '/chat/Dialog']);
    await client.requests.verify({ match: { operation: 'stub:dialogs' }, times: 1 });
    await client.faults.add({ match: { operation: 'stub:dialogs' }, times: 1, status: 503 });
    expectError(await context.send('GET /chat/Dialog'), CUBE, 'service_unavailable');
    expect((await client.stubs.list()).map(({ hits }) => hits)).toEqual([1]);
    expectError(
      await context.send('GET /chat/Dialog', { headers: { 'X-Emulator-Fault': 'error=session_missing' } }),
      CUBE,
      'session_missing',
    );
    expect((await context.send('HEAD /chat/Dialog')).status).toBe(200);
  });

  test('snapshots hold stubs, and a reset goes back to those of the start', async () => {
    const { client } = context;
    await client.stubs.add({ match: 'GET /chat/Dialog', json: 1 });
    await client.snapshot('stubs');
    await client.stubs.add({ match: 'GET /chat/Dialog', json: 2 });
    await client.restore('stubs');
    expect(await answerOf('GET /chat/Dialog')).toEqual([200, '1']);
    await client.reset();
    expect(await client.stubs.list()).toEqual([]);
    await client.restore('stubs');
    await client.stubs.clear();
    expect((await context.send('GET /chat/Dialog')).status).toBe(501);
  });

  test.each<[string, object]>([
    ["match: must be a method and a path such as 'GET /chat/Dialog', not '/chat'", { match: '/chat' }],
    [
      "match: the method must be one of GET, POST, PUT, PATCH, DELETE, or * in a text; not 'FETCH'",
      { match: 'FETCH /chat' },
    ],
    ['match: the path must be without a query', { match: 'GET /chat?x=1' }],
    ["match: ':' must have a name of letters, digits and underscores", { match: 'GET /chat/:' }],
    [
      "match: 'users.fly' is not an operation; coverage lists them",
      { match: { operation: 'users.fly' }, override: true },
    ],
    [
      'match: GET /users is emulated (users.list): set "override": true to answer in its place',
      { match: { operation: 'users.list' } },
    ],
    ["match: must be a method and a path such as 'GET /chat/Dialog', or an object", { match: 7 }],
    ['match: is missing', {}],
    ['status: must be an HTTP status up to 599', { match: 'GET /chat', status: 600 }],
    ['status: must be an HTTP status from 200', { match: 'GET /chat', status: 100 }],
    ['status: an answer with 204 has no body', { match: 'GET /chat', status: 204, json: 1 }],
    ['text: give json or text, not both', { match: 'GET /chat', text: 'a', json: 1 }],
    ['headers.Content-Length: is set by the server itself', { match: 'GET /chat', headers: { 'Content-Length': '1' } }],
    ["headers: 'a b' can't be the name of a header", { match: 'GET /chat', headers: { 'a b': '1' } }],
    ["headers.X-A: has characters that a header can't have", { match: 'GET /chat', headers: { 'X-A': 'a\nb' } }],
    ['access: must be one of none, application, session, user', { match: 'GET /chat', access: 'admin' }],
    ['times: must be 1 or more', { match: 'GET /chat', times: 0 }],
    [
      "json.items[0].x: unknown template '{{user.password_hash}}'; there are params.*, path.*, query.*, user.*, session.*, app.id, now, id, uuid",
      { match: 'GET /chat', json: { items: [{ x: '{{user.password_hash}}' }] } },
    ],
    [
      "text: unknown template '{{path.id}}'; there are params.*, path.*, query.*, user.*, session.*, app.id, now, id, uuid",
      { match: 'GET /chat/:key', text: '{{path.id}}' },
    ],
  ])('refused: %s', async (problem, stub) => {
    const { status, message, extensions } = await rejectionOf(context.client.stubs.add(stub as StubInput));
    expect([status, message, extensions.problems]).toEqual([422, problem, [problem]]);
    expect(await context.client.stubs.list()).toEqual([]);
  });

  test('an unknown field is refused', async () => {
    const call = context.client.stubs.add({ match: 'GET /chat', jsno: 1 } as StubInput);
    expect((await rejectionOf(call)).message).toMatch(/^jsno: is unknown; the fields are: name, match, /);
  });
});

describe('functions as stubs', () => {
  test('a function answers with what it returns, and sees the request', async () => {
    await using emulator = await createEmulator({ seed: true });
    const send = sender(emulator.url);
    await emulator.stubs.add({
      match: 'POST /data/:class',
      answer: ({ method, path, pathParams, params, query, user, app, headers }) => ({
        status: 201,
        json: {
          method,
          path,
          pathParams,
          params,
          query,
          user: user?.login,
          hash: 'password_hash' in (user ?? {}),
          app,
          x: headers['x-a'],
        },
        headers: { 'X-B': 'b' },
      }),
    });
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const answer = await send('POST /data/Note?page=1', { token, body: { a: 1 }, headers: { 'X-A': 'x' } });
    expect([answer.status, answer.headers.get('X-B'), answer.json]).toEqual([
      201,
      'b',
      {
        method: 'POST',
        path: '/data/Note',
        pathParams: { class: 'Note' },
        params: { page: '1', a: 1 },
        query: { page: '1' },
        user: 'Dacia',
        hash: false,
        app: 230,
        x: 'x',
      },
    ]);
  });

  test('a function that changes its request changes nothing else', async () => {
    await using emulator = await createEmulator({ seed: true });
    await emulator.stubs.add({
      match: 'GET /data',
      answer: ({ query, user }) => {
        const before = JSON.stringify([query, user]);
        Object.assign(query.filter ?? {}, { added: true });
        Object.assign(user?.user_tags ?? {}, { 0: 'added' });
        return { text: before };
      },
    });
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const { user_tags: before } = await emulator.users.get('Dacia');
    const request = () => sender(emulator.url)('GET /data?filter[a]=1', { token, stubbed: true });
    const answers = [await request(), await request()];
    expect(answers[1]?.text).toBe(answers[0]?.text);
    expect((await emulator.users.get('Dacia')).user_tags).toEqual(before);
    const entries = await emulator.requests.list();
    expect(entries.map(({ request }) => request.params)).toEqual([{ filter: { a: '1' } }, { filter: { a: '1' } }]);
  });

  test.each<[string, () => unknown]>([
    [
      'boom',
      () => {
        throw new Error('boom');
      },
    ],
    [
      'its function is asynchronous, but requests are answered one after the other',
      async () => {
        throw new Error('later');
      },
    ],
    ['its function returned no object such as { status, json }', () => 7],
    ['its function returned the status 99', () => ({ status: 99 })],
    ['its function returned a header without a usable name', () => ({ headers: { 'a\nb': '1' } })],
  ])('a function that fails is an error of the emulator: %s', async (reason, answer) => {
    await using emulator = await createEmulator();
    await emulator.stubs.add({ match: 'GET /chat', answer } as object as StubInput);
    expectError(await sender(emulator.url)('GET /chat'), CUBE, 'stub_failed', { name: 'GET /chat', reason });
  });

  test('a function can not be sent to another process', async () => {
    await using emulator = await createEmulator();
    const call = connect(emulator.url).stubs.add({ match: 'GET /chat', answer: () => ({}) });
    expect(await rejectionOf(call)).toMatchObject({
      status: 422,
      message: 'answer: is a function, which only an emulator in process can call',
    });
  });

  test('an answer in JSON is as it was when the stub was added', async () => {
    await using emulator = await createEmulator();
    const json: Record<string, unknown> = { a: 1 };
    await emulator.stubs.add({ match: 'GET /chat', json });
    json.a = 2;
    expect((await sender(emulator.url)('GET /chat')).json).toEqual({ a: 1 });
    json.a = json;
    expect((await rejectionOf(emulator.stubs.add({ match: 'GET /chat', json }))).message).toMatch(
      /^json: can't be written as JSON/,
    );
  });
});
