import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, type Emulator } from '../../src/index.ts';
import { type Params, rawRequest } from '../support/http.ts';
import { BLOX, CUBE, SERVICES, type Service } from '../support/services.ts';
import { carrying, type Encode, encodeForm, WIRE_FORMS, type WireForm } from '../support/wire.ts';

const USERS = [
  {
    id: 1,
    login: 'admin',
    full_name: 'Anna Plus',
    phone: '+4412345',
    user_tags: 'vip',
    created_at: '2018-12-06T09:16:25Z',
  },
  {
    id: 2,
    login: '[admin]',
    full_name: 'anna [old]',
    phone: '4412345',
    user_tags: '[vip]',
    created_at: '2018-12-06T09:16:26Z',
  },
  { id: 3, login: 'a+b', full_name: 'Joanna', phone: '+4412346', created_at: '2018-12-06T09:16:27Z' },
  { id: 4, login: 'nameless', created_at: '2018-12-07T00:00:00Z' },
];
const EVERYONE = USERS.map(({ id }) => id);

let emulator: Emulator;
const tokens = new Map<Service, string>();
beforeAll(async () => {
  emulator = await createEmulator();
  await emulator.import({ applications: SERVICES.map(({ name, app }) => ({ ...app, dialect: name, users: USERS })) });
  await emulator.settings.set({ disable_list_users_v1: false });
  for (const service of SERVICES)
    tokens.set(service, (await emulator.sessions.create({ app: service.app.id, user: null })).token);
});
afterAll(() => emulator.close());

type Listed = { readonly id?: number; readonly user?: { readonly id: number } };

/** The ids of the users found, or the body if it is not a list. */
async function idsOf(service: Service, path: string, form: WireForm, params: Params, encode?: Encode) {
  const request = carrying(form, { method: 'GET', path }, params, encode);
  const headers = { ...request.headers, [service.tokenHeader]: tokens.get(service)! };
  const { json } = await rawRequest(emulator.url, { ...request, headers });
  return json.items?.map(({ id, user }: Listed) => id ?? user?.id) ?? json;
}

const v2 = (form: WireForm, params: Params, encode?: Encode) => idsOf(CUBE, '/users/v2', form, params, encode);
const v1 = (service: Service, form: WireForm, filter: string | readonly string[]) =>
  idsOf(service, '/users', form, { filter: [filter].flat() });
const ALL = { id: { in: EVERYONE } };
/** As clients write a form that don't encode a plus. */
const rawPlus: Encode = (value) => encodeForm(value).replaceAll('%2B', '+');

describe.each(WIRE_FORMS)('in %s', (form) => {
  test('B1: in a list, a value in brackets is a value', async () => {
    expect(await v2(form, { login: { in: ['[admin]'] } })).toEqual([2]);
    expect(await v2(form, { login: { in: ['[admin]', 'a+b'] } })).toEqual([2, 3]);
    expect(await v2(form, { login: ['[admin]'] })).toEqual([2]);
    expect(await v2(form, { login: '[admin]' })).toEqual([2]);
    expect(await v2(form, { ...ALL, login: { nin: ['[admin]'] } })).toEqual([1, 3, 4]);
    expect(await v2(form, { user_tags: ['[vip]'] })).toEqual([2]);
    expect(await v2(form, { ...ALL, user_tags: { nin: ['[vip]'] } })).toEqual([1, 3, 4]);
  });

  test('B1: a text that comes alone is a list in brackets', async () => {
    expect(await v2(form, { login: { in: '[admin]' } })).toEqual([1]);
    expect(await v2(form, { login: { in: '[admin,a+b]' } })).toEqual([1, 3]);
    expect(await v2(form, { ...ALL, user_tags: { nin: '[vip]' } })).toEqual([2, 3, 4]);
    expect(await v2(form, { user_tags: '[vip]' })).toEqual([1]);
    expect(await v2(form, { id: { in: '[1, 3]' } })).toEqual([1, 3]);
  });

  test('B3: a time between two seconds is compared exactly', async () => {
    for (const time of ['2018-12-06T09:16:26.500Z', '2018-12-06T09:16:26.0001Z', '1544087786500', '1544087786.5']) {
      expect(await v2(form, { ...ALL, created_at: { lt: time } })).toEqual([1, 2]);
      expect(await v2(form, { ...ALL, created_at: { lte: time } })).toEqual([1, 2]);
      expect(await v2(form, { ...ALL, created_at: { gt: time } })).toEqual([3, 4]);
      expect(await v2(form, { ...ALL, created_at: { gte: time } })).toEqual([3, 4]);
      expect(await v2(form, { ...ALL, created_at: time })).toEqual([]);
      expect(await v2(form, { ...ALL, created_at: { nin: [time, '2018-12-07'] } })).toEqual([1, 2, 3]);
      for (const service of SERVICES) {
        expect(await v1(service, form, `date created_at lt ${time}`)).toEqual([1, 2]);
        expect(await v1(service, form, `date created_at ge ${time}`)).toEqual([3, 4]);
        expect(await v1(service, form, `date created_at ne ${time}`)).toEqual(EVERYONE);
      }
    }
    expect(await v2(form, { ...ALL, created_at: { lte: '2018-12-06T09:16:26.000Z' } })).toEqual([1, 2]);
    expect(await v2(form, { ...ALL, created_at: { gte: '1544087786000' } })).toEqual([2, 3, 4]);
  });

  test('B10: of a repeated page, the last counts', async () => {
    // a repeated name can be written in forms alone
    if (form === 'JSON') return;
    expect(await v2(form, { ...ALL, limit: ['1', '2'] }, plainNames)).toEqual([1, 2]);
    expect(await idsOf(BLOX, '/users', form, { per_page: ['1', '2'] }, plainNames)).toEqual([1, 2]);
  });

  test('C12: a list whose items have indexes', async () => {
    expect(await v2(form, { id: { in: { 0: '1', 1: '3' } } }, encodeURIComponent)).toEqual([1, 3]);
  });

  test('Q6: in with one text finds names that contain it, in any case; with none, everybody', async () => {
    expect(await v1(BLOX, form, 'string full_name in ANNA')).toEqual([1, 2, 3]);
    expect(await v1(BLOX, form, 'string full_name in [old]')).toEqual([2]);
    expect(await v1(BLOX, form, 'string full_name in nobody')).toEqual([]);
    expect(await v1(BLOX, form, 'string full_name in ')).toEqual(EVERYONE);
    expect(await v1(BLOX, form, 'string full_name in Anna Plus,Joanna')).toEqual([1, 3]);
    expect(await v1(BLOX, form, 'string full_name in anna,joanna')).toEqual([]);
    expect(await v1(CUBE, form, 'string full_name in Anna')).toEqual([]);
  });

  // sdk: Android's and iOS' look-ups by logins, emails and phones, of which applications take the first user
  test('in with one text finds whole logins and phones', async () => {
    expect(await v1(BLOX, form, 'string login in admin')).toEqual([1]);
    expect(await v1(BLOX, form, 'string login in dmi')).toEqual([]);
    expect(await v1(BLOX, form, 'string login in ')).toEqual([]);
    expect(await v1(BLOX, form, 'string phone in 4412345')).toEqual([2]);
  });

  test('Q7: a list without ids finds nobody', async () => {
    for (const service of SERVICES) {
      expect(await v1(service, form, 'number id in ')).toEqual([]);
      expect(await v1(service, form, 'number id in null')).toEqual([]);
      expect(await v1(service, form, 'date created_at in ')).toEqual([]);
    }
    expect(await v2(form, { id: { in: '' } })).toEqual([]);
    expect(await v2(form, { id: { in: '[]' } })).toEqual([]);
  });

  test('Q21: several filters are joined by AND; dates can be times', async () => {
    const filters = ['date created_at gt 2018-12-06T09:16:25Z', 'date created_at lt 2018-12-06T09:16:27Z'];
    expect(await v1(BLOX, form, filters)).toEqual([2]);
  });
});

/** Writes a list as a repeated name, without its brackets. */
function plainNames(text: string): string {
  return encodeURIComponent(text.replace(/^(\w+)\[\]$/, '$1'));
}

describe.each(['form', 'query'] as const)('in a %s', (form) => {
  test('B2: a phone number is found whether its plus is encoded or not', async () => {
    for (const encode of [encodeForm, rawPlus]) {
      expect(await v2(form, { phone: '+4412345' }, encode)).toEqual([1]);
      expect(await v2(form, { phone: { in: ['+4412345', '+4412346'] } }, encode)).toEqual([1, 3]);
      expect(await v2(form, { phone: { in: '[+4412345,+4412346]' } }, encode)).toEqual([1, 3]);
      expect(await v2(form, { phone: { start_with: '+4412' } }, encode)).toEqual([1, 3]);
      expect(await v2(form, { ...ALL, phone: { nin: ['+4412345'] } }, encode)).toEqual([2, 3, 4]);
      for (const service of SERVICES)
        for (const [filter, ids] of [
          ['string phone eq +4412345', [1]],
          ['string phone in +4412345,+4412346', [1, 3]],
          ['string phone in +4412345, +4412346', [1, 3]],
        ] as const)
          expect(await idsOf(service, '/users', form, { filter: [filter] }, encode)).toEqual(ids);
    }
    expect(await v2(form, { phone: '4412345' })).toEqual([2]);
    expect(await v1(CUBE, form, 'string phone in 4412345, 4412346')).toEqual([2]);
  });
});

describe.each(SERVICES)('$name', (service) => {
  test.each<[WireForm, string, Encode]>([
    ['JSON', 'as it is', encodeForm],
    ['form', 'encoded', encodeForm],
    ['form', 'not encoded', rawPlus],
    ['query', 'encoded', encodeForm],
    ['query', 'not encoded', rawPlus],
    ['multipart', 'as it is', encodeForm],
  ])('B2: a phone number is stored with its plus: %s, %s', async (form, _how, encode) => {
    const sandbox = emulator.sandbox(`phones-${service.name}-${form}-${encode.name}`);
    await sandbox.import({ applications: [{ ...service.app, dialect: service.name }] });
    const { token } = await sandbox.sessions.create({ app: service.app.id, user: null });
    const params = { user: { login: 'anna', password: 'secret123', phone: '+4412345' } };
    const request = carrying(form, { method: 'POST', path: '/users' }, params, encode);
    const headers = { ...request.headers, [service.tokenHeader]: token };
    const { status, json } = await rawRequest(sandbox.url, { ...request, headers });
    expect([status, json.user?.phone]).toEqual([201, '+4412345']);
    for (const phone of ['%2B4412345', '+4412345', '%204412345']) {
      const found = await rawRequest(sandbox.url, { method: 'GET', path: `/users/phone?phone=${phone}`, headers });
      expect(found.status).toBe(200);
    }
  });
});
