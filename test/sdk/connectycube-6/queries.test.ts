import { describe, expect, test } from 'vitest';
import { DACIA, refused, useEmulator } from './sdk-world.ts';

const sdkWorld = useEmulator();
type Client = ReturnType<typeof sdkWorld.createClient>['client'];
type V2 = Parameters<Client['users']['getV2']>[0];

const dacia = 51941;
const pallavi = 51943;
const gabby = 51946;

/** There are only the documents' three users: Dacia signed up at 09:16:26, Pallavi at 09:21:41, Gabrielle at 09:29:57. */
const PALLAVIS_SIGN_UP = new Date('2018-12-06T09:21:41Z');

async function listing(): Promise<Client> {
  const { client, sandbox } = sdkWorld.createClient();
  await sandbox.settings.set({ disable_list_users_v1: false });
  await client.createSession();
  return client;
}

describe('getV2', () => {
  test.each<[string, unknown, number[]]>([
    ['eq', { id: pallavi }, [pallavi]],
    ['eq, of a text', { email: 'dacia_k@domain.com' }, [dacia]],
    ['eq, of a phone number', { phone: '+6192622155' }, [gabby]],
    ['eq, of a tag', { user_tags: 'accountant' }, [pallavi, gabby]],
    ['in, as a bare list', { id: [gabby, dacia] }, [dacia, gabby]],
    ['in', { id: { in: [gabby, dacia] } }, [dacia, gabby]],
    ['in, of texts', { login: { in: ['gabby', 'Dacia', 'nobody'] } }, [dacia, gabby]],
    ['in, of tags', { user_tags: ['vip', 'guest'] }, [gabby]],
    ['start_with', { full_name: { start_with: 'Gabrielle C' } }, [gabby]],
    ['nin', { user_tags: { in: ['accountant'], nin: ['vip'] } }, [pallavi]],
    ['nin, of another field', { user_tags: 'accountant', id: { nin: [pallavi] } }, [gabby]],
    ['gt a Date', { id: [dacia, pallavi, gabby], created_at: { gt: PALLAVIS_SIGN_UP } }, [gabby]],
    ['gte a Date', { id: [dacia, pallavi, gabby], created_at: { gte: PALLAVIS_SIGN_UP } }, [pallavi, gabby]],
    ['lt a unix time', { id: [dacia, pallavi, gabby], created_at: { lt: +PALLAVIS_SIGN_UP / 1000 } }, [dacia]],
    ['lte an ISO time', { id: [dacia, pallavi], updated_at: { lte: '2018-12-06T09:21:41Z' } }, [dacia, pallavi]],
    ['a span', { user_tags: 'accountant', created_at: { gt: PALLAVIS_SIGN_UP, lt: new Date() } }, [gabby]],
    ['nothing found', { login: 'nobody' }, []],
  ])('%s', async (_, query, ids) => {
    const client = await listing();
    const { items, total_entries } = await client.users.getV2(query as V2);
    expect(items.map(({ id }) => id)).toEqual(ids);
    expect(total_entries).toBe(ids.length);
  });

  test('pages and sorts, and its items are bare users', async () => {
    const client = await listing();
    const all = { id: { in: [dacia, pallavi, gabby] } };
    const newest = await client.users.getV2({ ...all, sort_desc: 'created_at', limit: 2, offset: 1 });
    expect(newest).toMatchObject({ limit: 2, skip: 1, total_entries: 3, items: [{ id: pallavi }, { id: dacia }] });
    const byLogin = await client.users.getV2({ ...all, sort_asc: 'login' });
    expect(byLogin).toMatchObject({ limit: 100, skip: 0, items: [{ id: dacia }, { id: gabby }, { id: pallavi }] });
    expect(await client.users.getV2({ full_name: { start_with: 'Dacia' }, limit: 50 })).toMatchObject({ limit: 5 });
  });

  const ALONE = 'Query need to contain at least one stand-alone field with primary operator';
  test.each<[string, unknown, string]>([
    ['without any field', {}, ALONE],
    ['with dates alone', { created_at: { gte: new Date(0) } }, ALONE],
    ['with an excluding field alone', { login: { nin: ['admin19'] } }, ALONE],
    ['comparing a stand-alone field', { id: { gt: 5 } }, "stand-alone field can't be used with compare operators: id"],
    ['starting with too little', { login: { start_with: 'vip' } }, 'start_with: minimum argument length is 4: login'],
    ['with an operator of another module', { login: { ctn: 'gab' } }, 'Unknown operator for login: ctn'],
    ['for null, which the SDK sends as a text', { id: null }, "Wrong value for id: 'null' is not a number"],
  ])('refuses a query %s', async (_, query, problem) => {
    const client = await listing();
    await expect(client.users.getV2(query as V2)).rejects.toEqual(refused(422, { base: [problem] }));
  });
});

describe('get, deprecated', () => {
  test.each([
    ['login', { login: 'Dacia' }, dacia],
    ['email', { email: 'dacia_k@domain.com' }, dacia],
    ['facebook_id', { facebook_id: '95610574' }, gabby],
    ['twitter_id', { twitter_id: '83510562734' }, dacia],
    ['phone', { phone: '+6138907507' }, pallavi],
    ['external', { external: 52691165 }, dacia],
  ])('looks a user up by %s', async (_, params, id) => {
    const client = await listing();
    expect(await client.users.get(params)).toMatchObject({ user: { id } });
  });

  test('looks a user up by id', async () => {
    const client = await listing();
    expect(await client.users.get(gabby as never)).toMatchObject({ user: { id: gabby, login: 'gabby' } });
  });

  test.each([
    ['full_name', { full_name: 'Gabrielle Corcoran' }, [gabby]],
    ['tags, as a text', { tags: 'accountant', page: 1, per_page: 2 }, [pallavi, gabby]],
    ['tags, as a list: any of them', { tags: ['vip', 'accountant'] }, [pallavi, gabby]],
    ['filter: in', { filter: { field: 'id', param: 'in', value: [gabby, pallavi] }, per_page: 5 }, [pallavi, gabby]],
    ['filter: eq', { filter: { field: 'login', param: 'eq', value: 'gabby' } }, [gabby]],
    ['filter: ne', { filter: { field: 'login', param: 'ne', value: 'gabby' } }, [dacia, pallavi]],
    ['filter: gt', { filter: { field: 'id', param: 'gt', value: pallavi } }, [gabby]],
    ['filter: ge', { filter: { field: 'id', param: 'ge', value: pallavi } }, [pallavi, gabby]],
    ['filter: lt', { filter: { field: 'id', param: 'lt', value: pallavi } }, [dacia]],
    ['filter: le', { filter: { field: 'id', param: 'le', value: pallavi } }, [dacia, pallavi]],
    ['filter: between', { filter: { field: 'id', param: 'between', value: [dacia, pallavi] } }, [dacia, pallavi]],
    ['filter: a date', { filter: { field: 'created_at', param: 'lt', value: '2030-01-01' } }, [dacia, pallavi, gabby]],
    [
      'two filters',
      {
        filter: [
          { field: 'created_at', param: 'lt', value: '2030-01-01' },
          { field: 'id', param: 'gt', value: dacia },
        ],
      },
      [pallavi, gabby],
    ],
    ['order, by number though the SDK says string', { order: { field: 'id', sort: 'desc' } }, [gabby, pallavi, dacia]],
    ['order, by name', { order: { field: 'login', sort: 'asc' } }, [dacia, gabby, pallavi]],
    ['everything', {}, [dacia, pallavi, gabby]],
    ["a parameter that the list doesn't know", { external_user_id: 5 }, [dacia, pallavi, gabby]],
  ])('lists by %s', async (_, params, ids) => {
    const client = await listing();
    // the SDK's own type says that the items are bare users; the service wraps them
    const page = (await client.users.get(params)) as unknown as {
      total_entries: number;
      items: { user: { id: number } }[];
    };
    expect(page.items.map(({ user }) => user.id)).toEqual(ids);
    expect(page.total_entries).toBe(ids.length);
  });

  test('pages', async () => {
    const client = await listing();
    expect(await client.users.get({ page: 2, per_page: 2 })).toMatchObject({
      current_page: 2,
      per_page: 2,
      total_entries: 3,
      items: [{ user: { id: gabby } }],
    });
  });

  test('an empty page, as logged: a number requested as a string finds nothing', async () => {
    const client = await listing();
    const nobody = { filter: { field: 'id', param: 'in', value: ['51941'] }, per_page: 10 };
    expect(await client.users.get(nobody)).toEqual({ current_page: 1, per_page: 0, total_entries: 0, items: [] });
  });

  test.each([
    [{ login: 'nobody' }],
    [{ email: 'nobody@domain.com' }],
    [{ facebook_id: '1' }],
    [{ phone: '+1' }],
    [{ external: 1 }],
  ])('finds nobody: %j', async (params) => {
    const client = await listing();
    await expect(client.users.get(params)).rejects.toEqual(refused(404, ['User not found']));
  });

  test('the list is forbidden unless the application allows it', async () => {
    const { client } = sdkWorld.createClient();
    await client.createSession(DACIA);
    await expect(client.users.get({})).rejects.toEqual(
      refused(403, {
        base: [
          'Users retrieving forbidden in admin panel, application settings. Setup it here https://admin.connectycube.com/apps/230/service/users/settings',
        ],
      }),
    );
  });
});
