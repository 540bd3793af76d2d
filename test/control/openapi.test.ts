import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { ENDPOINTS } from '../../src/api/endpoints.ts';
import { PARAMETER_TYPES } from '../../src/control/openapi/components.ts';
import type { defineOperation } from '../../src/control/operation.ts';
import { type ClockState, createEmulator, type Emulator } from '../../src/index.ts';
import { readExamples } from '../golden/examples.ts';
import { temporaryFolder } from '../support/folder.ts';
import { NOW, type Send, sender } from '../support/http.ts';

const stateDir = temporaryFolder();
let emulator: Emulator;
let send: Send;
// biome-ignore lint/suspicious/noExplicitAny: the document is looked into at many places
let document: any;

beforeAll(async () => {
  emulator = await createEmulator({
    seed: true,
    freezeTime: NOW,
    settings: { disable_list_users_v1: false },
    stateDir,
  });
  send = sender(emulator.url);
  document = (await send('GET /_emulator/openapi.json')).json;
});
afterAll(() => emulator.close());

/** Every operation of the document with its route. */
const operations = () =>
  Object.entries(document.paths as Record<string, Record<string, Record<string, unknown>>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      route: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );

/** For each document, the validators of its parts. */
const compiled = new WeakMap<object, Ajv2020>();

/** Validates a value against a part of the document, with references. @returns the errors */
function faultsOf(pointer: string, value: unknown, whole = document): unknown {
  let ajv = compiled.get(whole);
  if (!ajv) {
    ajv = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
    ajv.addSchema({ ...whole, $id: 'doc' });
    compiled.set(whole, ajv);
  }
  const validate = ajv.getSchema(`doc#${pointer}`)!;
  return validate(value) ? null : validate.errors;
}

const pointerTo = (path: string, method: string, rest: string) =>
  `/paths/${encodeURIComponent(path.replaceAll('/', '~1'))}/${method}/${rest.replaceAll('application/', 'application~1')}`;

test('is a valid OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const ids = operations().map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every type of a parameter is that of a parameter', () => {
  const names = new Set(
    ENDPOINTS.flatMap(({ params }) => params).map((name) => /^user\[(.+)\]$/.exec(name)?.[1] ?? name),
  );
  expect(Object.keys(PARAMETER_TYPES).filter((name) => !names.has(name))).toEqual([]);
});

test('every reference resolves', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of new Set(references)) {
    // biome-ignore lint/suspicious/noExplicitAny: any part of the document
    const found = reference.split('/').reduce((part: any, name) => part?.[name], document);
    expect(found, reference).toBeDefined();
  }
  const schemes = Object.keys(document.components.securitySchemes);
  const used = operations().flatMap(({ operation }) => (operation.security as object[]).flatMap(Object.keys));
  expect(schemes).toEqual(expect.arrayContaining(used));
});

test("Q15: QuickBlox' API keys authenticate, except where a session is needed", () => {
  const { name, in: place } = document.components.securitySchemes.quickblox_api_key;
  expect([name, place, document.components.securitySchemes.connectycube_api_key]).toEqual([
    'Authorization',
    'header',
    undefined,
  ]);
  const securityOf = (path: string, method: string) =>
    document.paths[path][method].security.flatMap((each: object) => Object.keys(each));
  const tokens = ['connectycube_token', 'quickblox_token'];
  expect(securityOf('/users/{id}', 'put')).toEqual([...tokens, 'quickblox_api_key']);
  expect(securityOf('/users', 'post')).toEqual([
    'connectycube_token',
    'connectycube_key',
    'quickblox_token',
    'quickblox_api_key',
  ]);
  expect(securityOf('/session', 'delete')).toEqual(tokens);
});

test('contains every documented endpoint, with its status and deprecation', async () => {
  const { endpoints } = await emulator.coverage();
  expect(endpoints.length).toBeGreaterThan(20);
  for (const { operation: name, method, path, status, deprecated } of endpoints) {
    // OpenAPI has no websockets
    if (name === 'chat.connect') continue;
    const operation = document.paths[path.replace(':id', '{id}')]?.[method.toLowerCase()];
    const statuses = [String(status), ...(method === 'GET' ? ['304'] : []), 'default'];
    expect(Object.keys(operation?.responses ?? {}), `${method} ${path}`).toEqual(statuses);
    expect(operation.deprecated ?? false).toBe(deprecated);
  }
});

test('every operation it contains is served', async () => {
  const unknown = [];
  for (const { route } of operations()) {
    // a stream of events would not end: the answer to a wrong type does
    const call = route.replace(/\{\w+\}/g, '1').replace(/events$/, 'events?types=none');
    const body = call.endsWith('/wait') ? { timeout: 1 } : undefined;
    const { status, text } = await sender(emulator.sandbox('probe').url)(call, { body });
    if (status === 501 || (status === 404 && /No route matches|there is no [A-Z]+ \//.test(text))) unknown.push(route);
  }
  expect(unknown).toEqual([]);
});

describe('B8: answers conform to it', () => {
  const userFields = { login: 'mia', password: 'secret123', tag_list: ['a', 'b'], external_user_id: 7 };

  test.each([
    ['POST /session', '/session', 'post', 201],
    ['GET /session', '/session', 'get', 200],
    ['POST /login', '/login', 'post', 202],
    ['GET /users/51941', '/users/{id}', 'get', 200],
    ['GET /users?per_page=2', '/users', 'get', 200],
    ['GET /users/v2?id=51941', '/users/v2', 'get', 200],
    ['GET /users/by_login?login=Dacia', '/users/by_login', 'get', 200],
    ['GET /users/by_full_name?full_name=Dacia Kail', '/users/by_full_name', 'get', 200],
    ['PUT /users/51941', '/users/{id}', 'put', 200],
    ['POST /users', '/users', 'post', 201],
  ] as const)('%s', async (route, path, method, status) => {
    const { token } = await emulator.sessions.create({ user: 'Dacia' });
    const body = {
      'POST /session': {
        application_id: 230,
        auth_key: '29WfrNWdvkhmX6V',
        user: { login: 'Dacia', password: 'petU4or!' },
      },
      'POST /login': { login: 'Dacia', password: 'petU4or!' },
      'PUT /users/51941': { user: { website: 'example.com' } },
      'POST /users': { user: userFields },
    }[route as string];
    const answer = await send(route, { token, body });
    expect(answer.status).toBe(status);
    expect(
      faultsOf(pointerTo(path, method, `responses/${status}/content/application/json/schema`), answer.json),
    ).toBeNull();
    if (body) expect(faultsOf(pointerTo(path, method, 'requestBody/content/application/json/schema'), body)).toBeNull();
  });

  /** The requests with JSON that the documents print. */
  const documented = ['connectycube.md', 'quickblox.md'].flatMap(readExamples).flatMap(({ request }) => {
    const path = request.path.replace(/\.json$/, '').replace(/\d+$/, '{id}');
    const isJson = request.headers['Content-Type'] === 'application/json';
    return isJson ? [[path, request.method.toLowerCase(), JSON.parse(request.body ?? '')] as const] : [];
  });

  test('the documents print requests with JSON', () => {
    expect(documented.map(([path, method]) => `${method} ${path}`)).toEqual([
      'post /users',
      'put /users/{id}',
      'post /users',
      'put /users/{id}',
    ]);
  });

  test.each<readonly [path: string, method: string, body: object]>([
    ...documented,
    ['/users', 'post', { user: { login: 'Lena', password: 'Lena', blob_id: null } }],
    [
      '/session',
      'post',
      { application_id: '230', auth_key: 'k', nonce: '33432', timestamp: '1326966962', signature: 's' },
    ],
    ['/session', 'post', { application_id: 230, auth_key: 'k', user: { guest: '1', full_name: 'Awesome guest' } }],
    [
      '/session',
      'post',
      { application_id: 230, auth_key: 'k', provider: 'facebook', keys: { token: 't', secret: null } },
    ],
    ['/login', 'post', { login: 'Lena', password: 'Lena' }],
  ])('a request as the documents print it conforms: %s %s %j', (path, method, body) => {
    for (const type of ['application/json', 'application/x-www-form-urlencoded'])
      expect(faultsOf(pointerTo(path, method, `requestBody/content/${type}/schema`), body)).toBeNull();
  });

  test('errors conform to it', async () => {
    const { token } = await emulator.sessions.create();
    for (const route of ['GET /users/v2', 'GET /users/v2?nope=1', 'GET /users/1']) {
      const { status, json } = await send(route, { token });
      expect(status).toBeGreaterThanOrEqual(400);
      expect(faultsOf('/components/schemas/Error', json)).toBeNull();
    }
    expect(faultsOf('/components/schemas/Error', { errors: 'nope' })).not.toBeNull();
    expect(document.components.responses.Error.content['application/json'].examples.wrong_password.value).toEqual({
      errors: ['Invalid password'],
    });
  });

  test('problems of the control plane conform to it', async () => {
    const { json } = await send('DELETE /_emulator/snapshots/none');
    expect(faultsOf('/components/schemas/Problem', json)).toBeNull();
  });
});

describe('the control plane', () => {
  /** A call of each operation that answers with JSON, in an order in which each succeeds. */
  const CALLS: readonly (readonly [string, string, unknown?])[] = [
    ['info', 'GET '],
    ['health', 'GET /health'],
    ['export', 'GET /export'],
    ['import', 'POST /import?mode=merge', [{ login: 'noor', password: 'secret123', user_tags: 'a,b' }]],
    ['snapshots.save', 'PUT /snapshots/a'],
    ['snapshots.list', 'GET /snapshots'],
    ['snapshots.diff', 'GET /snapshots/a/diff'],
    ['snapshots.restore', 'POST /snapshots/a/restore'],
    ['snapshots.delete', 'DELETE /snapshots/a'],
    ['apps.add', 'POST /apps', { id: 7, auth_key: 'seven' }],
    ['apps.list', 'GET /apps'],
    ['settings.get', 'GET /settings'],
    ['settings.set', 'PATCH /settings', { session_ttl: 60 }],
    ['users.create', 'POST /users', { login: 'lin', password: 'secret123', user_tags: ['a', 'b'] }],
    ['users.list', 'GET /users?search=lin'],
    ['users.get', 'GET /users/51941'],
    ['users.update', 'PATCH /users/51941', { website: 'example.com' }],
    ['users.delete', 'DELETE /users/51941'],
    ['users.generate', 'POST /users/generate', { count: 2 }],
    ['sessions.create', 'POST /sessions'],
    ['sessions.list', 'GET /sessions'],
    ['sessions.expire', 'POST /sessions/expire', { all: true }],
    ['clock.get', 'GET /clock'],
    ['clock.set', 'PUT /clock', { frozen: true }],
    ['clock.advance', 'POST /clock/advance', { by: '1h' }],
    ['faults.add', 'POST /faults', { match: { path: '/x' }, times: 1, after: 1, probability: 0.5, status: 503 }],
    ['faults.get', 'GET /faults/fault-1'],
    ['faults.add', 'POST /faults', { error: 'taken', delay: [1, 2], drop: 'hang' }],
    ['faults.list', 'GET /faults'],
    ['faults.remove', 'DELETE /faults/fault-1'],
    ['faults.clear', 'DELETE /faults'],
    [
      'stubs.add',
      'POST /stubs?app=230',
      { match: 'GET /chat', access: 'user', status: 201, json: [], headers: { 'X-A': 'a' }, delay: [1, 2], times: 1 },
    ],
    ['stubs.add', 'POST /stubs', { name: 'all', match: { method: 'GET' }, text: 'a', override: true }],
    ['stubs.get', 'GET /stubs/1'],
    ['stubs.list', 'GET /stubs'],
    ['stubs.remove', 'DELETE /stubs/1'],
    ['stubs.clear', 'DELETE /stubs'],
    ['outbox.list', 'GET /outbox'],
    ['outbox.get', 'GET /outbox/$mail'],
    ['outbox.clear', 'DELETE /outbox'],
    ['requests.list', 'GET /requests'],
    ['requests.rewind', 'POST /requests/1/rewind'],
    ['requests.get', 'GET /requests/1'],
    ['requests.har', 'GET /requests.har'],
    ['requests.wait', 'POST /requests/wait', { match: { operation: 'users.list' } }],
    ['requests.verify', 'POST /requests/verify', { match: { operation: 'users.list' }, times: 1 }],
    ['warnings.list', 'GET /warnings'],
    ['evidence', 'GET /evidence'],
    ['requests.clear', 'DELETE /requests'],
    ['coverage', 'GET /coverage'],
    ['sandboxes.create', 'PUT /sandboxes/other', { port: 0 }],
    ['sandboxes.list', 'GET /sandboxes'],
    ['sandboxes.delete', 'DELETE /sandboxes/other'],
    ['sandboxes.clear', 'DELETE /sandboxes'],
    ['openapi', 'GET /openapi.json'],
    ['reset', 'POST /reset', { to: 'empty' }],
  ];

  test('the compiler refuses an operation without a result, and one that returns another', () => {
    type Row = Parameters<typeof defineOperation<unknown, unknown, 'ClockState'>>[0];
    expectTypeOf<Row>().toExtend<Row>();
    expectTypeOf<Omit<Row, 'result'>>().not.toExtend<Row>();
    expectTypeOf<Omit<Row, 'run'> & { run: () => ClockState }>().toExtend<Row>();
    expectTypeOf<Omit<Row, 'run'> & { run: () => { now: string } }>().not.toExtend<Row>();
    expectTypeOf<Emulator['clock']['get']>().returns.resolves.toEqualTypeOf<ClockState>();
  });

  test('every answer fits its schema, which has all of its fields', async () => {
    const { url } = emulator.sandbox('answers');
    const send = sender(url);
    await emulator.sandbox('other').health();
    const { token } = await emulator.sandbox('answers').sessions.create({ user: 'Dacia' });
    await send('GET /users/password/reset?email=dacia_k@domain.com', { token });
    await send('GET /users?filter[]=number+id+eq+1', { token, headers: { 'X-Emulator-Request-Tag': 'a' } });
    const [mail] = await emulator.sandbox('answers').outbox.list();
    const byId = new Map(operations().map((each) => [each.operation.operationId, each]));
    const called = new Set<string>();
    const strict = closed();
    for (const [name, call, body] of CALLS) {
      const { path, route } = byId.get(`control.${name}`)!;
      const [method, address] = call.split(' ') as [string, string];
      const answer = await send(`${method} /_emulator${address.replace('$mail', mail!.id)}`, { body });
      expect(answer.status, `${call}: ${answer.text}`).toBe(200);
      const pointer = pointerTo(
        path,
        route.split(' ')[0]!.toLowerCase(),
        'responses/200/content/application/json/schema',
      );
      expect(faultsOf(pointer, answer.json, strict), call).toBeNull();
      called.add(name);
    }
    const withJson = operations().filter(
      ({ operation }) =>
        /^control\./.test(operation.operationId as string) &&
        'application/json' in (operation.responses as Record<number, { content: object }>)[200]!.content,
    );
    expect([...called].sort()).toEqual(withJson.map(({ operation }) => String(operation.operationId).slice(8)).sort());
  });

  /** The document, with schemas that allow no further fields: a field that a schema lacks is an error. */
  function closed() {
    const copy = structuredClone(document);
    for (const [name, schema] of Object.entries<Record<string, unknown>>(copy.components.schemas))
      if (!['UserFields', 'UserInput', 'Fixture', 'OpenApiDocument'].includes(name))
        schema.unevaluatedProperties = false;
    return copy;
  }

  const schemaOf = (path: string, method: string) =>
    document.paths[`/_emulator${path}`][method].requestBody.content['application/json'].schema;

  test('inputs are where the server reads them: path, query or body', () => {
    const { parameters } = document.paths['/_emulator/users/{id}'].patch;
    expect(parameters.map((each: Record<string, unknown>) => [each.name, each.in, each.required])).toEqual(
      expect.arrayContaining([
        ['id', 'path', true],
        ['app', 'query', false],
      ]),
    );
    expect(document.paths['/_emulator/requests'].get.parameters).toContainEqual({
      name: 'status',
      in: 'query',
      required: false,
      schema: { type: 'integer' },
    });
    expect(Object.keys(schemaOf('/sessions', 'post').properties)).toEqual(['user']);
    expect(document.paths['/_emulator/health'].get.security).toEqual([]);
  });

  test('faults and settings that it allows are accepted', async () => {
    const fault = { match: { operation: 'users.create' }, times: 2, status: 503, delay: [1, 2] };
    expect(
      faultsOf(pointerTo('/_emulator/faults', 'post', 'requestBody/content/application/json/schema'), fault),
    ).toBeNull();
    expect((await send('POST /_emulator/faults', { body: fault })).status).toBe(200);
    const wrong = { match: { operation: 'users.mend' }, status: 99 };
    expect(
      faultsOf(pointerTo('/_emulator/faults', 'post', 'requestBody/content/application/json/schema'), wrong),
    ).not.toBeNull();
    await emulator.faults.clear();
    expect(document.components.schemas.Settings.properties.session_ttl).toMatchObject({ type: 'integer' });
    expect(schemaOf('/settings', 'patch')).toEqual({ $ref: '#/components/schemas/Settings' });
  });

  test('an export conforms to the schema of imports', async () => {
    const body = pointerTo('/_emulator/import', 'post', 'requestBody/content/application/json/schema');
    expect(faultsOf(body, await emulator.export())).toBeNull();
    expect(faultsOf(body, [{ login: 'mia', password: 'secret123' }])).toBeNull();
    expect(faultsOf(body, { users: [] })).not.toBeNull();
  });

  test("the document of a sandbox has the sandbox's address", async () => {
    const { url } = emulator.sandbox('w1');
    expect((await sender(url)('GET /_emulator/openapi.json')).json.servers).toEqual([{ url }]);
  });
});
