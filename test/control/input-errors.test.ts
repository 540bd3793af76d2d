import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { connect, createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import { seeded, sender } from '../support/http.ts';

let emulator: Emulator;
beforeAll(async () => {
  ({ emulator } = await seeded());
});
afterAll(() => emulator.close());

test('a misspelt option is refused, and so is an event handler that is not a function', async () => {
  await expect(createEmulator({ sed: true } as EmulatorOptions)).rejects.toThrow(
    /unknown option 'sed'; the options are: seed/,
  );
  // otherwise an unknown or misspelt option would be ignored silently
  await expect(createEmulator({ set: { session_ttl: 60 } } as object)).rejects.toThrow(
    /'set'; the options are: .*settings/,
  );
  await expect(createEmulator({ json: true } as object)).rejects.toThrow("unknown option 'json'");
  await expect(createEmulator({ log: 'silent' } as unknown as EmulatorOptions)).rejects.toThrow(
    'log must be a function',
  );
});

test.each<[EmulatorOptions, string]>([
  [{ settings: { nope: 1 } as object }, "createEmulator: settings: unknown setting 'nope'"],
  [{ freezeTime: 'noon' }, "createEmulator: freezeTime: must be a time such as 2026-01-01T00:00:00Z, not 'noon'"],
  [{ cert: 'mine.pem' }, 'createEmulator: cert: needs key, too'],
  [
    { seed: { applications: [{ id: 7 }] } } as object,
    "the seed can't be used:\n  applications[0].auth_key: is missing",
  ],
  [{ seed: [{ login: 'mia' }, { login: 5 }] }, "the seed can't be used:\n  [1].login: "],
  [
    { seed: [{ login: 'mia', level: 3 }] } as object,
    '[0].level: is not a field of a user: values of your own go into custom_data, as text',
  ],
  [{ seed: [{ login: 'mia', name: 'Mia' }] } as object, '[0].name: is not a field of a user: did you mean full_name?'],
  [{ seed: [{ custom_data: { level: 3 } }] } as object, '[0].custom_data: must be a string, such as JSON as text'],
  [{ seed: [{ login: 'mia' }, { login: 'mia' }] }, "the seed can't be used:\n  [1].login: already used by [0]"],
])('the refusal of %j names the option', async (options, words) => {
  await expect(createEmulator(options)).rejects.toThrow(words);
});

test('messages call an option by its name on the command line or in code', async () => {
  await expect(createEmulator({ host: '0.0.0.0' })).rejects.toThrow(/give an adminToken$/);
  const { port } = new URL(emulator.url);
  await expect(createEmulator({ port: Number(port) })).rejects.toThrow('choose another with port, or 0');
});

test('returned settings are a copy', async () => {
  const given = [await emulator.settings.get(), await emulator.settings.set({ session_ttl: 7200 })];
  for (const settings of given) Object.assign(settings, { session_ttl: 1 });
  expect(await emulator.settings.get()).toMatchObject({ session_ttl: 7200 });
});

test('a misspelt operation or setting does not compile', () => {
  type Misspelt = { match: { operation: 'users.creat' } };
  expectTypeOf<Misspelt>().not.toExtend<Parameters<Emulator['faults']['add']>[0]>();
  expectTypeOf<Misspelt>().not.toExtend<Parameters<Emulator['requests']['verify']>[0]>();
  expectTypeOf<{ session_tll: 60 }>().not.toExtend<Parameters<Emulator['settings']['set']>[0]>();
});

test('a seed can be given as an object, which is copied at once', async () => {
  const seed = [{ login: 'mia', password: 'secret123' }];
  await using own = await createEmulator({ seed });
  seed[0]!.login = 'changed';
  expect((await own.users.list()).users.map(({ login }) => login)).toEqual(['mia']);
  await own.users.create({ login: 'noah', password: 'secret123' });
  await own.reset();
  expect((await own.users.list()).total).toBe(1);
});

test('verifying a misspelt operation is an error, not zero requests', async () => {
  const match = { operation: 'users.creat' } as object;
  await expect(emulator.requests.verify({ match, times: 0 })).rejects.toThrow(
    /match.operation: must be one of .*users.create/,
  );
});

test('the error for a misspelt field lists the known ones', async () => {
  await expect(emulator.users.create({ logn: 'mia' } as object)).rejects.toThrow(
    /^logn: unknown; the fields are: login/,
  );
  await expect(emulator.users.create({ login: 'mia', password: 'secret123', email: 'x' })).rejects.toThrow(
    'email: should look like an email address.',
  );
});

test('a body that curl sends without a type is read by its content', async () => {
  const reset = (body: string) =>
    fetch(`${emulator.url}/_emulator/reset`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body,
    }).then((answer) => answer.json());
  expect(await reset('{"to":"seed"}')).toEqual({ reset: 'seed' });
  expect(await reset('to=seed')).toEqual({ reset: 'seed' });
  expect(await reset('{"too":"seed"}')).toMatchObject({ status: 422, detail: 'too: is unknown; the fields are: to' });
});

describe('unknown inputs are refused, and nothing is done', () => {
  test.each([
    ['POST /import?merge=true', { applications: [] }, 'merge: is unknown; the fields are: mode, fixture'],
    ['GET /settings?ap=22', undefined, 'ap: is unknown; the fields are: app'],
    ['PATCH /settings?ap=22', { session_ttl: 60 }, 'ap: is unknown; the fields are: app, settings'],
    ['GET /users?ap=22', undefined, 'ap: is unknown; the fields are: app, offset, limit, search, sort'],
    ['POST /users', { login: 'mia', password: 'secret123', ap: 22 }, 'ap: unknown; the fields are: login'],
    ['PATCH /users/51941', { id: 5 }, 'id: unknown; the fields are: login'],
    ['PATCH /users/51941', { user_tag: 'x' }, /: unknown; the fields are: .*user_tags/],
    ['DELETE /users/51941?ap=22', undefined, 'ap: is unknown; the fields are: app, id'],
    ['DELETE /users/51941?id=5', undefined, 'id: occurs in more than one of path, query and body'],
    ['POST /users/generate?count=1', { count: 2 }, 'count: occurs in more than one of path, query and body'],
    ['PUT /snapshots/a', { name: 'b' }, 'name: occurs in more than one of path, query and body'],
    ['GET /export?app=22', undefined, 'app: is unknown; there are no fields'],
    ['POST /reset', ['empty'], 'the body must be a JSON object'],
    ['POST /reset', '"empty"', 'the body must be a JSON object'],
    ['PATCH /settings', [], 'settings: must be an object'],
    ['POST /faults', { status: 503, match: { paht: '/users' } }, 'match.paht: is unknown; the fields are: operation, '],
  ])('%s %j', async (call, body, words) => {
    const [method, path] = call.split(' ') as [string, string];
    const before = await emulator.export();
    const answer = await fetch(`${emulator.url}/_emulator${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    expect(await answer.json()).toMatchObject({
      status: 422,
      detail: expect.stringMatching(
        typeof words === 'string' ? new RegExp(`^${words.replace(/[?.]/g, '\\$&')}`) : words,
      ),
    });
    expect(await emulator.export()).toEqual(before);
    expect(await emulator.snapshots.list()).toEqual([]);
  });

  test('in process and over HTTP, too', async () => {
    for (const { settings, users } of [emulator, connect(emulator.url)]) {
      await expect(settings.set({ session_ttl: 60 }, { ap: 22 } as object)).rejects.toThrow('ap: is unknown');
      await expect(users.update(51941, { id: 5 })).rejects.toThrow('id: unknown');
      await expect(users.list({ ap: 22 } as object)).rejects.toThrow('ap: is unknown');
    }
  });

  /** A call of plain JavaScript, without types. */
  type Untyped = (client: Record<string, Record<string, (...given: unknown[]) => Promise<unknown>>>) => unknown;
  test.each<[string, Untyped]>([
    ['must be an object such as { app: 22 }, not 22', ({ settings }) => settings?.set?.({ session_ttl: 60 }, 22)],
    ['222…', ({ users }) => users?.get?.('Lena', '2'.repeat(9999))],
    ['must be an object such as { app: 22 }, not "22"', ({ users }) => users?.get?.('Lena', '22')],
    ['such as { to: \'mia@example.com\' }, not "a@b.c"', ({ outbox }) => outbox?.waitFor?.('a@b.c')],
    ['must be an object; the fields are: to, wait', ({ outbox }) => outbox?.list?.('a@b.c')],
    ['must be an object; the fields are: app, user', ({ sessions }) => sessions?.create?.('Dacia')],
    ['must be an object; the fields are: match, times,', ({ faults }) => faults?.add?.('users.create:503')],
    ['must be an object; the fields are: token, user,', ({ sessions }) => sessions?.expire?.('Dacia')],
    ['not "GET /chat/Dialog"', ({ stubs }) => stubs?.add?.('GET /chat/Dialog')],
    ["such as { match: { operation: 'users.create' } }", ({ requests }) => requests?.verify?.()],
    ['name: ', ({ snapshots }) => snapshots?.delete?.()],
  ])('in the place of options: %s', async (words, call) => {
    for (const client of [emulator, connect(emulator.url)]) {
      const refused = new Promise((resolve) => resolve(call(client as never)));
      await expect(refused).rejects.toMatchObject({ status: 422, message: expect.stringContaining(words) });
    }
    expect(await emulator.settings.get()).toMatchObject({ session_ttl: 7200 });
  });

  test('a field of a file that looks like the mode stays part of the file', async () => {
    await expect(emulator.import({ applications: [], mode: 'merge' })).rejects.toThrow(
      'mode: is not part of a fixture',
    );
  });
});

test('the path of a match may have a suffix and a final slash, as requests may, and no query', async () => {
  const { token } = await emulator.sessions.create({ app: 22 });
  const fault = await emulator.faults.add({ match: { path: '/users.xml' }, status: 503, times: 1 });
  expect(fault.match).toEqual({ path: '/users' });
  const answer = await sender(emulator.url)('GET /users.json', { headers: { 'QB-Token': token } });
  expect(answer.status).toBe(503);
  expect(await emulator.requests.verify({ match: { path: '/users.json/', status: 503 } })).toEqual({ matched: 1 });
  await expect(emulator.requests.verify({ match: { path: '/users?a=b' }, times: 0 })).rejects.toThrow(
    'match.path: must be without a query',
  );
});

test('an address without a scheme means http, and blanks around it do not count', async () => {
  const context = connect(`${emulator.url.replace('http://', '')} `);
  expect((await context.users.list()).total).toBe(3);
});

test('a suffix that is not a format of the service is part of the path', async () => {
  const { token } = await emulator.sessions.create();
  const answer = await sender(emulator.url)('GET /users/51941.xml', { token });
  expect([answer.status, answer.text]).toEqual([422, '{"errors":{"id":["should be a positive integer"]}}']);
});

test('an application may appear in a fixture once', async () => {
  const app = { id: 7, auth_key: 'seven' };
  await expect(emulator.import({ applications: [app, app] })).rejects.toThrow(
    'applications[1].id: already used by applications[0]',
  );
});

test('an internal error is passed to the onError handler', async () => {
  const data = join(temporaryFolder(), 'users.json');
  // an unforeseen error: a folder in place of a file
  mkdirSync(`${data}.sandboxes/odd.json`, { recursive: true });
  const reported: unknown[] = [];
  await using own = await createEmulator({ data, onError: (error) => reported.push(error) });
  const answer = await fetch(`${own.url}/_emulator/sandboxes/odd`, { method: 'DELETE' });
  expect(await answer.json()).toMatchObject({ status: 500, title: 'Internal Server Error' });
  expect(reported).toEqual([expect.objectContaining({ message: expect.stringContaining('odd.json') })]);
});
