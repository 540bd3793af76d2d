import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/api/endpoints.ts';
import { createEmulator, type EvidenceItem } from '../../src/index.ts';
import { SETTINGS } from '../../src/model/settings.ts';
import { sender } from '../support/http.ts';
import { describeEachTransport } from './each-transport.ts';

const KEY = { 'CB-AuthKey': '29WfrNWdvkhmX6V' };
const NEWCOMER = { login: 'mia', password: 'secret123' };

describeEachTransport({}, (context) => {
  const itemOf = async (of: string) => (await context.client.evidence()).items.find((item) => item.of === of);
  const levelsOf = async () =>
    (await context.client.evidence()).items.map(({ of, level, count }: EvidenceItem) => [level, of, count]);

  test('before the first request there is none', async () => {
    expect(await context.client.evidence()).toEqual({
      levels: { doc: 0, log: 0, sdk: 0, guess: 0, own: 0 },
      items: [],
    });
  });

  test('answers are counted by their operation, with the first request', async () => {
    await context.send('POST /users', { headers: KEY, body: { user: NEWCOMER } });
    await context.send('POST /users', { headers: KEY, body: { user: { ...NEWCOMER, login: 'max' } } });
    expect(await context.client.evidence()).toEqual({
      levels: { doc: 1, log: 0, sdk: 0, guess: 0, own: 0 },
      items: [
        {
          of: 'operation:users.create',
          level: 'doc',
          note: 'users/user-sign-up',
          count: 2,
          first_request: { id: 1, method: 'POST', path: '/users' },
        },
      ],
    });
  });

  test('an error rests on its rule and its wording, the least certain come first', async () => {
    const token = await context.tokenOf('Dacia');
    await context.send('PUT /users/51946', { token, body: { user: { full_name: 'x' } } });
    expect(await levelsOf()).toEqual([
      ['guess', 'error:not_owner', 1],
      ['doc', 'operation:users.update', 1],
    ]);
    expect(await itemOf('error:not_owner')).toMatchObject({
      note: "the ancestor's, of its documents",
      first_request: { id: 1, method: 'PUT', path: '/users/51946' },
    });
  });

  test("a dialect's own error has its own evidence", async () => {
    const { token } = await context.client.sessions.create({ app: 22, user: 'Lena' });
    await context.send('PUT /users/87', { headers: { 'QB-Token': token }, body: { user: { full_name: 'x' } } });
    expect(await itemOf('error:not_owner')).toMatchObject({ dialect: 'quickblox', level: 'log' });
  });

  test('a field has evidence of its own where the sources name it', async () => {
    const user = { login: 'Dacia', password: 'secret123', facebook_id: '7' };
    await context.client.users.create({ login: 'first', password: 'secret123', facebook_id: '7' });
    await context.send('POST /users', { headers: KEY, body: { user } });
    expect(await levelsOf()).toEqual([
      ['guess', 'error:taken', 1],
      ['log', 'error:taken:login', 1],
      ['doc', 'operation:users.create', 1],
    ]);
  });

  test('a second route of an operation is judged apart', async () => {
    await context.send('POST /auth', { body: { application_id: 230, auth_key: '29WfrNWdvkhmX6V' } });
    expect(await levelsOf()).toEqual([['sdk', 'operation:session.create (POST /auth)', 1]]);
  });

  test("a provider's token, which the emulator can't check, is own", async () => {
    const body = { application_id: 230, auth_key: '29WfrNWdvkhmX6V', provider: 'facebook', keys: { token: 'AM46dx' } };
    await context.send('POST /session', { body });
    expect(await levelsOf()).toEqual([
      ['log', 'operation:session.create', 1],
      ['own', 'operation:session.create:provider', 1],
    ]);
  });

  test('a use that only SDKs have is judged apart', async () => {
    const { token } = await context.client.sessions.create({ app: 22 });
    const list = (filter: string) =>
      context.send(`GET /users?filter[]=${encodeURIComponent(filter)}`, { headers: { 'QB-Token': token } });
    await list('string login in Lena,Sun');
    expect(await levelsOf()).toEqual([['doc', 'operation:users.list', 1]]);
    await list('string full_name in len');
    await list('string full_name in ');
    await context.send('GET /users?filter[in]=string+full_name+in+sun', { headers: { 'QB-Token': token } });
    expect(await levelsOf()).toEqual([
      ['guess', 'operation:users.list:in-nothing', 1],
      ['sdk', 'operation:users.list:in-one', 2],
      ['doc', 'operation:users.list', 4],
    ]);
  });

  test('a setting counts where it decided, unless it has its default', async () => {
    const token = await context.tokenOf('Dacia');
    await context.send('GET /users', { token });
    expect(await itemOf('setting:disable_list_users_v1')).toBeUndefined();
    await context.client.settings.set({ disable_list_users_v1: false, account_owner: 'Dacia' });
    await context.send('GET /users', { token });
    await context.send('GET /users/51941', { token });
    expect(await itemOf('setting:disable_list_users_v1')).toMatchObject({ level: 'doc', count: 1 });
    expect(await itemOf('setting:account_owner')).toBeUndefined();
    await context.send('PUT /users/51946', { token, body: { user: { full_name: 'x' } } });
    expect(await itemOf('setting:account_owner')).toMatchObject({ level: 'sdk', count: 1 });
  });

  test('an API key counts as the setting that allows it', async () => {
    await context.client.settings.set({ api_key: 'key1' }, { app: 22 });
    await context.send('GET /users/87', { headers: { Authorization: 'ApiKey key1' } });
    expect(await itemOf('setting:api_key')).toMatchObject({ level: 'doc', count: 1 });
  });

  test('faults, stubs and routes that are not emulated are own: no evidence of anything', async () => {
    await context.client.faults.add({ match: { operation: 'users.create' }, error: 'taken', times: 1 });
    await context.client.faults.add({ match: { operation: 'login' }, delay: 1 });
    await context.client.stubs.add({ match: 'GET /chat/Dialog', name: 'dialogs', json: {} });
    await context.send('POST /users', { headers: KEY, body: { user: NEWCOMER } });
    await context.send('GET /chat/Dialog', { stubbed: true });
    await context.send('GET /chat/Message', { stubbed: true });
    expect(await levelsOf()).toEqual([
      ['own', 'fault:users.create', 1],
      ['own', 'stub:dialogs', 1],
      ['own', 'error:not_emulated', 1],
    ]);
    // a delay alone leaves the answer what it is
    await context.send('POST /login', { token: await context.tokenOf(null), body: { login: 'Dacia', password: 'x' } });
    expect(await itemOf('operation:login')).toMatchObject({ count: 1 });
  });

  test('a reset empties it', async () => {
    await context.send('POST /users', { headers: KEY, body: { user: NEWCOMER } });
    await context.client.reset();
    expect((await context.client.evidence()).items).toEqual([]);
  });
});

test('sandboxes are counted apart', async () => {
  await using emulator = await createEmulator({ seed: true, listen: false });
  const { fetch } = emulator;
  await fetch(new Request('http://x/sandbox/w1/users/1', { headers: KEY }));
  expect((await emulator.evidence()).items).toEqual([]);
  expect((await emulator.sandbox('w1').evidence()).items).toHaveLength(2);
});

describe('evidence: rule', () => {
  test('a wording that nobody has recorded is not blamed', async () => {
    const levelOf = async (evidence: 'rule' | 'wording') => {
      await using emulator = await createEmulator({ seed: true, evidence });
      const body = { user: { login: 'mia', password: '123' } };
      await sender(emulator.url)('POST /users', { headers: KEY, body });
      const item = (await emulator.evidence()).items.find(({ of }) => of === 'error:too_short:password');
      return [item?.level, item?.note];
    };
    expect(await levelOf('rule')).toEqual(['sdk', 'clients read errors.password']);
    expect(await levelOf('wording')).toEqual(['guess', "wording: the ancestor's"]);
  });
});

test('every setting says which operations and errors it decides', () => {
  const operations = ENDPOINTS.map(({ operation }) => `operation:${operation}`);
  const decided = Object.entries(SETTINGS).flatMap(([name, { decides }]) => {
    if (name !== 'api_key') expect(decides.length, name).toBeGreaterThan(0);
    return decides;
  });
  expect(decided.filter((each) => each.startsWith('operation:') && !operations.includes(each))).toEqual([]);
});
