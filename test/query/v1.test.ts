import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/index.ts';
import { rawRequest } from '../support/http.ts';
import { BLOX, CUBE, SERVICES, type Service } from '../support/services.ts';
import { EVERYONE, populated } from './population.ts';

let emulator: Emulator;
let tokens: ReadonlyMap<Service, string>;
beforeAll(async () => {
  const made = await populated();
  emulator = made.emulator;
  tokens = made.tokens;
});
afterAll(() => emulator.close());

/** `query` is sent as written, except for blanks. */
async function list(service: Service, query: string, body?: { type: string; text: string }) {
  const headers = { [service.tokenHeader]: tokens.get(service)!, ...(body && { 'Content-Type': body.type }) };
  const path = `/users?${query.replaceAll(' ', '%20')}`;
  const answer = await rawRequest(emulator.url, { method: 'GET', path, headers, body: body?.text });
  return { status: answer.status, body: JSON.parse(answer.text) };
}

type Page = { readonly items: readonly { readonly user: { readonly id: number } }[] };
const idsIn = (body: Page) => body.items?.map(({ user }) => user.id) ?? body;

async function idsOf(service: Service, query: string): Promise<unknown> {
  return idsIn((await list(service, query)).body);
}

const but = (...ids: number[]) => EVERYONE.filter((id) => !ids.includes(id));

describe.each(SERVICES)('filters of $name', (service) => {
  test.each<[string, number[]]>([
    // doc: every operator, on numbers
    ['number id gt 105', [106, 107]],
    ['number id lt 103', [101, 102]],
    ['number id ge 106', [106, 107]],
    ['number id le 102', [101, 102]],
    ['number id eq 103', [103]],
    ['number id ne 103', but(103)],
    ['number id between 102,104', [102, 103, 104]], // both ends
    ['number id between 102, 104', [102, 103, 104]],
    ['number id between 104,102', []],
    ['number id in 101,103', [101, 103]],
    ['number id in 101, 103', [101, 103]],
    ['number id in 103', [103]],
    ['number id in 9', []],
    ['number id in null', []],
    ['string login in null', []],
    ['number external_user_id gt 40', [103]], // as numbers: as texts, 5 would be more
    ['number external_user_id le 40', [101, 102]],
    ['number external_user_id ne 40', but(102)],
    // doc: strings that hold numbers can be compared as numbers; other strings match none of these
    ['number facebook_id gt 503', [104]],
    ['integer facebook_id le 502', [101, 102]],
    ['number facebook_id between 503,1000', [103, 104]],
    ['number facebook_id in 501,1000', [101, 104]],
    ['string facebook_id gt 5', [101, 102, 103]],
    ['number login ge 0', []],
    ['number login gt smith1', [102, 105, 107]], // not a number: compared as strings
    ['string phone eq  6754987345567', [102]], // an unencoded plus
    // on texts
    ['string login eq smith1', [101]],
    ['string login ne smith1', but(101)],
    ['string login in smith1,Smithy', [101, 103]],
    ['string login gt smith1', [102, 105, 107]],
    ['string login ge smith1', [101, 102, 105, 107]],
    ['string login lt admin2', [103, 106]],
    ['string login le admin19', [103, 106]],
    ['string login between admin,smith1', [101, 106]],
    ['string login eq x y', [105]],
    ['string full_name eq Hunter Alder', [101]],
    ['string full_name eq Huntsman, Dogwood', [104]],
    ['string full_name eq Elm 100%25 [old] %26 more', [105]],
    ['string full_name eq %C5%BB%C3%B3%C5%82w', [107]],
    ['string email eq birch@example.com', [102]],
    ['string email in birch@example.com,cedar@example.com', [102, 103]],
    ['string phone eq %2B6754987345567', [102]],
    ['string website eq http://birch.example', [102]],
    ['string facebook_id in 501,1000', [101, 104]],
    ['string twitter_id eq 602', [102]],
    ['string facebook_id gt 502', [103]], // ids of other services are texts
    // on dates, in both of the documented formats and as times
    ['date created_at gt 2018-12-06', [104, 105, 106, 107]],
    ['date created_at ge 2018-12-06', [102, 103, 104, 105, 106, 107]],
    ['date created_at lt 2018-12-06', [101]],
    ['date created_at le 2018-12-06', [101, 102, 103]],
    ['date created_at eq 2018-12-06', [102, 103]],
    ['date created_at ne 2018-12-06', but(102, 103)],
    ['date created_at between 2018-12-06,2018-12-07', [102, 103, 104]],
    ['date created_at between 2018-12-06, 2018-12-07', [102, 103, 104]],
    ['date created_at in 2018-12-07,2017-07-06', [101, 104]],
    ['date created_at gt 2018.12.06', [104, 105, 106, 107]],
    ['date created_at between 2018.12.06,2018.12.07', [102, 103, 104]],
    ['date created_at gt 2018-12-06T23:59:58Z', [103, 104, 105, 106, 107]],
    ['date created_at gt 1690886495', [107]],
    ['date updated_at lt 2019-01-02', [101, 102]],
    ['date last_request_at le 2018-12-06', [102, 103, 104]], // a user without a value matches no comparison
    ['date last_request_at ne 2018-12-06', [101, 105, 106, 107]],
    // sdk: the JS SDKs call every date a string
    ['string created_at lt 2018-12-06', [101]],
    ['string created_at between 2018-12-06, 2018-12-07', [102, 103, 104]],
    // other wrong types
    ['number login eq smith1', [101]],
    ['date login eq smith1', [101]],
    ['integer id gt 105', [106, 107]],
    // the document's misprint, and names that other pages of the vendors use
    ['number id eg 103', [103]],
    ['number id gte 106', [106, 107]],
    ['number id lte 102', [101, 102]],
  ])('%s', async (filter, ids) => {
    expect(await idsOf(service, `filter[]=${filter}`)).toEqual(ids);
  });

  test.each<[string, number[]]>([
    ['filter[]=number+id+gt+105', [106, 107]], // doc
    ['filter[]=number%2Bid%2Bgt%2B105', [106, 107]],
    ['filter%5B%5D=number%20id%20gt%20105', [106, 107]],
    ['filter[gt]=number+id+gt+105', [106, 107]], // doc: any key
    ['filter[lt]=number+id+lt+103', [101, 102]],
    ['filter[eq]=number+id+eg+103', [103]],
    ['filter[between]=number+id+between+102,104', [102, 103, 104]],
    ['filter[in]=number+id+in+101,103', [101, 103]],
    ['filter[0]=number+id+gt+105', [106, 107]],
    ['filter=number+id+gt+105', [106, 107]],
    ['filter[]=', EVERYONE],
    ['filter=', EVERYONE],
    ['', EVERYONE],
    // several filters: all must match
    ['filter[]=number+id+gt+102&filter[]=number+id+lt+105', [103, 104]],
    ['filter[gt]=number+id+gt+102&filter[lt]=number+id+lt+105', [103, 104]],
    ['filter[]=number+id+gt+102&filter[]=string+login+eq+smith1', []],
    ['filter[]=date+created_at+ge+2018-12-06&filter[]=date+created_at+lt+2018-12-07', [102, 103]],
    // sdk: older JS SDKs join them by a comma
    ['filter[]=number%20id%20gt%20102%2Cstring%20login%20ne%20x%20y', [103, 104, 106, 107]],
    ['filter[]=number id in 101,103,104,number id gt 101,string login ne smith1', [103, 104]],
    ['filter[]=string full_name eq Huntsman, Dogwood,number id gt 1', [104]],
    // sdk: other parameters are ignored
    ['phone=%2B1&nonsense=1', EVERYONE],
  ])('forms: %s', async (query, ids) => {
    expect(await idsOf(service, query)).toEqual(ids);
  });

  test.each<[string, string, string, number[]]>([
    ['a form', 'application/x-www-form-urlencoded', 'filter[]=number+id+gt+105', [106, 107]],
    ['JSON', 'application/json', '{"filter":["number id gt 102","number id lt 105"]}', [103, 104]],
    ['JSON, one text', 'application/json', '{"filter":"number id gt 105"}', [106, 107]],
    ['JSON, by key', 'application/json', '{"filter":{"gt":"number id gt 105"}}', [106, 107]],
    ['JSON, empty', 'application/json', '{}', EVERYONE],
    ['JSON, a blank', 'application/json', '" "', EVERYONE], // sdk
    ['JSON, order and page', 'application/json', '{"order":"desc number id","page":2,"per_page":2}', [105, 104]],
  ])('in the body of a GET: %s', async (_name, type, text, ids) => {
    expect(idsIn((await list(service, '', { type, text })).body)).toEqual(ids);
  });

  test.each<[string, RegExp]>([
    ['nonsense', /Wrong filter 'nonsense': expected data_type\+field\+operator\+value/],
    ['number', /expected data_type/],
    ['number id', /expected data_type/],
    ['thing id eq 1', /expected data_type/],
    ['number nonsense eq 1', /field 'nonsense' can't be used/],
    ['string custom_data eq none', /field 'custom_data' can't be used/], // doc
    ['string password eq x', /field 'password' can't be used/],
    ['string __proto__ eq x', /field '__proto__' can't be used/],
    ['string constructor eq x', /field 'constructor' can't be used/],
    ['number id constructor 1', /unknown operator 'constructor'/],
    ['number id like 1', /unknown operator 'like'/],
    ['number id gt abc', /'abc' is not a number/],
    ['number id gt', /'' is not a number/],
    ['number id in 101,x', /'x' is not a number/],
    ['number id between 101', /'101' is not a range/],
    ['number id between 101,102,103', /'101,102,103' is not a range/],
    ['date created_at gt yesterday', /'yesterday' is not a date/],
    ['date created_at gt 2018-12-06,x', /is not a date/],
  ])('error: %s', async (filter, text) => {
    const { status, body } = await list(service, `filter[]=${filter}`);
    expect(status).toBe(422);
    expect(body.errors.base[0]).toMatch(text);
  });

  test.each<[string, number[]]>([
    ['', EVERYONE], // guess: by id
    ['order=desc number id', [...EVERYONE].reverse()],
    ['order=asc number id', EVERYONE],
    ['order=desc+string+id', [...EVERYONE].reverse()], // sdk: the type is always string
    ['order=desc string external_user_id&filter[]=number external_user_id ge 5', [103, 102, 101]],
    ['order=asc string login', [104, 103, 106, 101, 102, 107, 105]], // users without a value come first
    ['order=desc string login', [105, 107, 102, 101, 106, 103, 104]],
    ['order=desc integer facebook_id&filter[]=string facebook_id gt 0', [104, 103, 102, 101]], // doc: as numbers
    ['order=desc string facebook_id&filter[]=string facebook_id gt 0', [103, 102, 101, 104]],
    ['order=asc number login', [104, 103, 106, 101, 102, 107, 105]], // guess: none of them is a number, so by the texts
    ['order=desc number login', [105, 107, 102, 101, 106, 103, 104]],
    ['order=asc date last_request_at', EVERYONE],
    ['order=desc string created_at', [...EVERYONE].reverse()],
    ['order=desc created_at', [...EVERYONE].reverse()],
    ['order=', EVERYONE],
    ['order=desc string full_name&page=1&per_page=3', [107, 102, 104]],
  ])('%s', async (query, ids) => {
    expect(await idsOf(service, query)).toEqual(ids);
  });

  test.each(['up string id', 'asc', 'asc string', 'desc string nonsense', 'asc string password', 'id'])(
    'order=%s is an error',
    async (order) => {
      const { status, body } = await list(service, `order=${order}`);
      expect(status).toBe(422);
      expect(body.errors.base[0]).toBe(`Wrong order '${order}': expected asc or desc, data type and field`);
    },
  );

  test.each<[string, { page: number; per_page: number; ids: number[] }]>([
    ['', { page: 1, per_page: 10, ids: EVERYONE }], // doc: the defaults
    ['per_page=3', { page: 1, per_page: 3, ids: [101, 102, 103] }],
    ['page=2&per_page=3', { page: 2, per_page: 3, ids: [104, 105, 106] }],
    ['page=3&per_page=3', { page: 3, per_page: 3, ids: [107] }],
    ['page=4&per_page=3', { page: 4, per_page: 3, ids: [] }],
    ['per_page=1', { page: 1, per_page: 1, ids: [101] }],
    ['per_page=100', { page: 1, per_page: 100, ids: EVERYONE }],
    ['per_page=101', { page: 1, per_page: 100, ids: EVERYONE }], // doc: the maximum
    ['per_page=99999999999999999999', { page: 1, per_page: 100, ids: EVERYONE }],
    ['per_page=0', { page: 1, per_page: 10, ids: EVERYONE }], // log: Android sends it
    ['per_page=-5&page=-5', { page: 1, per_page: 10, ids: EVERYONE }],
    ['per_page=ten&page=one', { page: 1, per_page: 10, ids: EVERYONE }],
    ['per_page=&page=0', { page: 1, per_page: 10, ids: EVERYONE }],
    ['page=2&per_page=3&order=desc number id', { page: 2, per_page: 3, ids: [104, 103, 102] }],
  ])('page: %s', async (query, { page, per_page, ids }) => {
    const { body } = await list(service, query);
    const paging = { current_page: page, per_page, total_entries: 7 };
    expect({ ...body, items: idsIn(body) }).toEqual({ ...paging, items: ids });
  });
});

describe('differences between the services', () => {
  test('a number filtered as a string gives an empty page with per_page 0, as logged of one service', async () => {
    const { status, body } = await list(CUBE, 'filter[]=string id in 101&per_page=10');
    expect([status, body]).toEqual([200, { current_page: 1, per_page: 0, total_entries: 0, items: [] }]);
    expect(await idsOf(BLOX, 'filter[]=string id in 101')).toEqual([101]);
  });

  // log: of one service, with `per_page=1`. sdk: Android 1 of the other divides by it
  test.each([CUBE, BLOX])('any other empty list of $name repeats the requested page', async (service) => {
    for (const filter of ['number id gt 999', 'number id in null', 'string login in nobody']) {
      const { status, body } = await list(service, `filter[]=${filter}&per_page=5`);
      expect([status, body]).toEqual([200, { current_page: 1, per_page: 5, total_entries: 0, items: [] }]);
    }
  });

  test.each<[string, number[]]>([
    ['number timezone lt 0', [103]],
    ['number timezone in 120,0', [101, 102]],
    ['number blob_id eq 9', [101]],
    ['string avatar eq alder.png', [101]],
    ['string external_id eq ext-102', [102]],
    ['string user_tags eq vip', [101, 103]],
    ['string user_tags in vip,VIP', [101, 103, 107]],
    ['string user_tags ne vip', but(101, 103)],
  ])("only one service's document allows all fields: %s", async (filter, ids) => {
    expect(await idsOf(CUBE, `filter[]=${filter}`)).toEqual(ids);
    const { status, body } = await list(BLOX, `filter[]=${filter}`);
    expect([status, body.errors.base[0]]).toEqual([422, expect.stringContaining("can't be used")]);
  });

  test.each<[string, number[]]>([
    ['asc string custom_data', [...but(101), 101]], // excluded from filters alone
    ['desc string avatar', EVERYONE],
    ['asc integer timezone', [104, 105, 106, 107, 103, 102, 101]],
    ['asc integer blob_id', [...but(101), 101]],
    ['desc string external_id', [103, 102, 101, 105, 104, 106, 107]],
    ['desc string user_tags', [103, 101, 102, 107, 104, 105, 106]],
  ])('one service sorts by any field, the other by those of its table: %s', async (order, ids) => {
    expect(await idsOf(CUBE, `order=${order}`)).toEqual(ids);
    const { status, body } = await list(BLOX, `order=${order}`);
    const text = `Wrong order '${order}': expected asc or desc, data type and field`;
    expect([status, body]).toEqual([422, { errors: { base: [text] } }]);
  });
});
