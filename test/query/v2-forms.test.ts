import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { rawRequest } from '../support/http.ts';
import { CUBE } from '../support/services.ts';
import { ALL, EVERYONE, type ListV2, listV2, populated } from './population.ts';

let emulator: Emulator;
let token: string;
let list: ListV2;
beforeAll(async () => {
  const made = await populated();
  emulator = made.emulator;
  token = made.tokens.get(CUBE)!;
  list = listV2(emulator, token);
});
afterAll(() => emulator.close());

describe('forms of a list', () => {
  test.each<[string, number[]]>([
    ['id[]=101&id[]=103', [101, 103]], // sdk: an array without operator
    ['id[in][]=101&id[in][]=103', [101, 103]],
    ['id[in]=101&id[in]=103', [101, 103]], // sdk: Dart repeats the key
    ['id=101&id=103', [101, 103]],
    ['id%5Bin%5D%5B%5D=101&id%5Bin%5D%5B%5D=103', [101, 103]],
    ['id[in][0]=101&id[in][1]=103', [101, 103]],
    ['id[in]=101,103', [101, 103]],
    ['id[in]=[101,103]', [101, 103]],
    ['id[in][]=103&id[in][]=101&id[in][]=103', [101, 103]],
    ['user_tags[]=guest&user_tags[]=VIP', [101, 102, 107]],
    ['user_tags=guest,VIP', [101, 102, 107]],
    [`${ALL}&user_tags[nin]=[vip]`, [102, 104, 105, 106, 107]],
    [`${ALL}&user_tags[nin]=[vip,guest]`, [104, 105, 106, 107]],
    // a string with a comma is one value where values can contain commas
    ['full_name=Huntsman,+Dogwood', [104]],
    ['full_name[in][]=Huntsman,+Dogwood&full_name[in][]=x', [104]],
    ['full_name=Elm+100%25+[old]+%26+more', [105]],
    ['full_name=%C5%BB%C3%B3%C5%82w', [107]],
    ['external_id=ext%20105', [105]],
    ['phone= 6754987345567', [102]], // an unencoded plus
    ['phone[start_with]= 67549', [101, 102]],
    // a repeated operator: both apply
    [`${ALL}&created_at[gt]=2018-12-05&created_at[gt]=2018-12-07`, [105, 106, 107]],
    [`${ALL}&id[nin][]=101&id[nin][]=102`, [103, 104, 105, 106, 107]],
    ['login[start_with][]=smith&login[start_with][]=smith1', [101]],
  ])('%s', async (query, ids) => {
    expect((await list(query.replaceAll(' ', '+'))).ids).toEqual(ids);
  });
});

describe('forms of a date', () => {
  const AFTER = [107];
  test.each<[string, number[]]>([
    ['2023-08-01T10:41:35Z', AFTER],
    ['2023-08-01T10:41:35.000Z', AFTER],
    ['2023-08-01T10:41:35', AFTER], // no zone: UTC, whatever the machine's zone
    ['2023-08-01 10:41:35', AFTER],
    ['2023-08-01T12:41:35%2B02:00', AFTER],
    ['2023-08-01T12:41:35+02:00', AFTER], // an unencoded plus
    ['2023-08-01T06:41:35-0400', AFTER],
    ['2023-08-01 10:41:35 UTC', AFTER], // as the services print a token's expiry
    ['2023-08-01 10:41:35 %2B0000', AFTER],
    ['1690886495', AFTER], // doc: a unix time
    ['1690886495000', AFTER],
    // sdk: a Date as JavaScript sends it
    ['Tue Aug 01 2023 10:41:35 GMT%2B0000 (Coordinated Universal Time)', AFTER],
    ['Tue Aug 01 2023 06:41:35 GMT-0400 (Eastern Daylight Time)', AFTER],
    ['Tue Aug 01 2023 12:41:35 GMT+0200 (Central European Summer Time)', AFTER],
    ['Tue, 01 Aug 2023 10:41:35 GMT', AFTER],
    ['2023-08-01', []], // a day: after its end
    ['2023-07-31', [106, 107]],
    ['2023.07.31', [106, 107]],
    ['0', EVERYONE],
  ])('after %s', async (date, ids) => {
    expect((await list(`${ALL}&created_at[gt]=${date.replaceAll(' ', '%20')}`)).ids).toEqual(ids);
  });

  test("a time without a zone is UTC, whatever the machine's time zone", async () => {
    const zone = process.env.TZ;
    process.env.TZ = 'America/New_York';
    try {
      expect((await list(`${ALL}&created_at[gt]=2023-08-01T10:41:35`)).ids).toEqual(AFTER);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test.each(['2018-02-30', '2018-04-31T10:00:00Z', '2023-13-01', '2019-02-29 10:00:00'])(
    'a day that does not exist is refused: %s',
    async (date) => {
      const { status, body } = await list(`${ALL}&created_at[gt]=${encodeURIComponent(date)}`);
      expect([status, body.errors.base[0]]).toEqual([422, `Wrong value for created_at: '${date}' is not a date`]);
    },
  );

  test('several days and times can be combined', async () => {
    expect((await list(`${ALL}&created_at[in]=2018-12-06,2018-12-07T00:00:00Z`)).ids).toEqual([102, 103, 104]);
    expect((await list(`${ALL}&created_at[nin]=2018-12-06,2018-12-07T00:00:00Z`)).ids).toEqual([101, 105, 106, 107]);
  });

  test('equality with a day matches every time of that day', async () => {
    expect((await list(`${ALL}&created_at=2018-12-06`)).ids).toEqual([102, 103]);
    expect((await list(`${ALL}&created_at[gte]=2018-12-06&created_at[lte]=2018-12-06`)).ids).toEqual([102, 103]);
  });
});

describe('order', () => {
  test.each<[string, number[]]>([
    [ALL, EVERYONE], // guess: by id
    [`${ALL}&sort_asc=id`, EVERYONE],
    [`${ALL}&sort_desc=id`, [...EVERYONE].reverse()],
    [`${ALL}&sort_desc=`, EVERYONE],
    [`${ALL}&sort_desc=created_at`, [107, 106, 105, 104, 103, 102, 101]],
    ['login[start_with]=smith&sort_desc=login', [102, 101, 103]],
    [`${ALL}&sort_asc=last_request_at&limit=2`, [101, 102]], // users without a request come first
    ['id[in][]=101&id[in][]=104&id[in][]=102&sort_asc=login', [104, 101, 102]],
    ['user_tags[]=guest&user_tags[]=vip&sort_desc=user_tags', [103, 101, 102]],
    [`${ALL}&sort_asc=user_tags&sort_desc=id&limit=4`, [106, 105, 104, 107]],
  ])('%s', async (query, ids) => {
    expect((await list(query)).ids).toEqual(ids);
  });

  test.each(['website', 'nonsense', '__proto__', 'constructor'])('not by %s', async (field) => {
    const { status, body } = await list(`${ALL}&sort_asc=${field}`);
    expect(status).toBe(422);
    expect(body.errors.base[0]).toBe(`Can't sort by field: ${field}`);
  });
});

describe('paging', () => {
  test.each<[string, { limit: number; skip: number; ids: number[] }]>([
    ['', { limit: 100, skip: 0, ids: EVERYONE }], // doc: the defaults
    ['&limit=2', { limit: 2, skip: 0, ids: [101, 102] }],
    ['&limit=2&offset=3', { limit: 2, skip: 3, ids: [104, 105] }],
    ['&offset=6', { limit: 100, skip: 6, ids: [107] }],
    ['&offset=7', { limit: 100, skip: 7, ids: [] }],
    ['&limit=100', { limit: 100, skip: 0, ids: EVERYONE }],
    ['&limit=101', { limit: 100, skip: 0, ids: EVERYONE }], // doc: the maximum
    ['&limit=99999999999999999999', { limit: 100, skip: 0, ids: EVERYONE }],
    ['&limit=&offset=', { limit: 100, skip: 0, ids: EVERYONE }],
    ['&limit=2&sort_desc=id', { limit: 2, skip: 0, ids: [107, 106] }],
    ['&limit=2&sort_desc=id&offset=5', { limit: 2, skip: 5, ids: [102, 101] }],
  ])('%s', async (query, { limit, skip, ids }) => {
    const { body } = await list(ALL + query);
    expect({ ...body, items: body.items.map(({ id }: { id: number }) => id) }).toEqual({
      limit,
      skip,
      total_entries: 7,
      items: ids,
    });
  });

  test('start_with returns at most five, whatever the limit', async () => {
    const letters = 'abcdefg';
    const sandbox = emulator.sandbox('many');
    const users = [...letters].map((letter, index) => ({ id: index + 1, login: `same-${letter}` }));
    await sandbox.import({ applications: [{ id: 230, auth_key: 'k', users }] });
    const { token } = await sandbox.sessions.create({ user: null });
    for (const query of ['', '&limit=100', '&limit=2']) {
      const path = `/users/v2?login[start_with]=same${query}`;
      const { text } = await rawRequest(sandbox.url, { method: 'GET', path, headers: { 'CB-Token': token } });
      const { limit, total_entries, items } = JSON.parse(text);
      expect({ limit, total_entries, found: items.length }).toEqual({ limit: 5, total_entries: 7, found: 5 });
    }
  });

  test.each([
    'limit=0',
    'limit=-1',
    'limit=ten',
    'limit=1.5',
    'limit=1e3',
    'limit[]=ten',
    'limit[gt]=1',
    'offset=-1',
    'offset=x',
  ])('%s is an error', async (query) => {
    const { status, body } = await list(`${ALL}&${query}`);
    expect(status).toBe(422);
    const [, name, least] = query.startsWith('limit') ? ['', 'limit', 1] : ['', 'offset', 0];
    expect(body).toEqual({ errors: { base: [`${name} must be a number from ${least}`] } });
  });
});

describe("the parameters' places", () => {
  const FOUND = [101, 103];
  test.each<[string, string, string | undefined, string | undefined]>([
    ['the query string', '?id[in][]=101&id[in][]=103', undefined, undefined],
    ['a form in the body', '', 'application/x-www-form-urlencoded', 'id[in][]=101&id[in][]=103'],
    ['a body without type', '', undefined, 'id[in][]=101&id[in][]=103'],
    ['JSON', '', 'application/json', '{"id":{"in":[101,103]}}'],
    ['JSON, values as texts', '', 'application/json; charset=utf-8', '{"id":{"in":["101","103"]}}'],
    ['JSON, a bare list', '', 'application/json', '{"id":[101,103]}'],
    ['both', '?id[in][]=101&id[in][]=103&id[in][]=102', 'application/json', '{"full_name":{"nin":["hunter Birch"]}}'],
  ])('%s', async (_name, search, type, body) => {
    const headers = { 'CB-Token': token, ...(type && { 'Content-Type': type }) };
    const answer = await rawRequest(emulator.url, { method: 'GET', path: `/users/v2${search}`, headers, body });
    expect(JSON.parse(answer.text).items?.map(({ id }: { id: number }) => id) ?? answer.text).toEqual(FOUND);
  });
});
