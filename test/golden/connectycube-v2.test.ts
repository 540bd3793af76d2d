import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rawRequest } from '../support/http.ts';
import { needsControlPlane, openTarget, type TestedEmulator } from '../support/target.ts';
import { openSession, TOKEN } from './session.ts';

/** Users for the document's queries: for each query one that matches, and others that fail one condition. */
const PEOPLE = [
  { id: 51943, login: 'ppavalli', user_tags: 'accountant', last_request_at: '2018-12-06T09:21:42Z' },
  { id: 51946, login: 'gabby', user_tags: 'vip,accountant', last_request_at: '2018-12-06T09:21:41Z' },
  { id: 68647, login: 'admin19', full_name: 'hunter gatherer' },
  { id: 68648, login: 'vip', full_name: 'hunterian museum' },
  {
    id: 68649,
    login: 'smith1',
    phone: '6754987345566',
    user_tags: 'guest',
    created_at: '2018-12-06T09:21:41Z',
    updated_at: '2018-12-06T09:21:41Z',
    last_request_at: '2020-11-09T08:21:41Z',
  },
  // a phone number may be shared; a second later than the user above
  { id: 68650, login: 'smith2', phone: '6754987345566', last_request_at: '2020-11-09T08:21:42Z' },
  { id: 68651, login: 'diver', full_name: 'diver dan', user_tags: 'guests' },
  // created at 1690886495
  { id: 68652, login: 'late', user_tags: 'vip,guest', created_at: '2023-08-01T10:41:35Z' },
];

type Rows = readonly (readonly [query: string, ids: readonly number[]])[];

/** The seven valid queries of "Examples of valid/invalid query". */
const VALID: Rows = [
  ['id=51946', [51946]],
  ['id[in][]=51946&id[in][]=51943&last_request_at[gt]=2018-12-06T09:21:41Z', [51943]],
  ['user_tags=guest', [68649, 68652]],
  ['user_tags=guest&created_at[lt]=1690886495', [68649]],
  ['login=smith1&phone=6754987345566&user_tags[nin][]=vip&updated_at[lte]=2018-12-06T09:21:41Z', [68649]],
  ['phone=6754987345566&last_request_at=2020-11-09T08:21:41Z', [68649]],
  ['full_name[start_with]=hunter&id[nin][]=68647', [68648]],
];

const STAND_ALONE = 'Query need to contain at least one stand-alone field with primary operator';

/** The five invalid ones, with the sentence of the document that each breaks. guess: the wording of the last. */
const INVALID: readonly (readonly [query: string, error: string])[] = [
  ['login[nin][]=admin19', STAND_ALONE],
  ['user_tags[nin][]=guest', STAND_ALONE],
  ['last_request_at=2017-07-06T11:21:41Z', STAND_ALONE],
  ['created_at[gte]=2019-11-06T09:21:41Z', STAND_ALONE],
  ['login[start_with]=vip', 'minimum argument length is 4'],
  ['id=51946&login[gt]=a', "stand-alone field can't be used with compare operators"],
];

/** The stand-alone operators of the table. */
const OPERATORS: Rows = [
  ['id=51946', [51946]],
  ['id[eq]=51946', [51946]],
  ['id[in][]=51946&id[in][]=51943', [51943, 51946]],
  ['full_name[start_with]=diver', [68651]],
  ['user_tags=accountant&user_tags[nin][]=vip', [51943]],
  ['user_tags[nin][]=vip&user_tags=accountant', [51943]],
  ['user_tags[]=guest&user_tags[]=accountant&user_tags[nin][]=vip', [51943, 68649]],
  ['user_tags=guest&id[in][]=51943&id[in][]=68649', [68649]],
];

/** The comparing operators, on users created a second before, at, and a second after the example's time. */
const COMPARE: readonly (readonly [query: string, ids: readonly number[]])[] = [
  ['updated_at[gt]=2019-11-06T09:21:41Z', [3]],
  ['created_at[lt]=2019-11-06T09:21:41Z', [1]],
  ['last_request_at[gte]=2017-12-06T09:21:41Z', [2, 3]],
  ['last_request_at[lte]=2018-11-06T09:21:41Z', [1, 2]],
];

let emulator: TestedEmulator;
beforeAll(async () => {
  emulator = await openTarget();
});
afterAll(() => emulator.close());
needsControlPlane();
beforeEach(async () => {
  await emulator.reset();
  await openSession(emulator);
});

const FORM = 'application/x-www-form-urlencoded';
const FORMS = {
  'in the body': (query: string) => ({ path: '/users/v2', headers: { 'Content-Type': FORM }, body: query }),
  'in the address': (query: string) => ({ path: `/users/v2?${query}`, headers: {} }),
};
const forms = Object.keys(FORMS) as (keyof typeof FORMS)[];

async function list(query: string, form: keyof typeof FORMS = 'in the address') {
  const { headers, ...request } = FORMS[form](query);
  const answer = await rawRequest(emulator.url, {
    method: 'GET',
    ...request,
    headers: { ...headers, 'CB-Token': TOKEN },
  });
  const body = JSON.parse(answer.text);
  return { ...answer, body, ids: body.items?.map(({ id }: { id: number }) => id) };
}

test.each([...VALID, ...OPERATORS].flatMap(([query, ids]) => forms.map((form) => ({ query, form, ids }))))(
  'valid: $query $form',
  async ({ query, form, ids }) => {
    await emulator.import(PEOPLE, 'merge');
    const answer = await list(query, form);
    expect(answer.status).toBe(200);
    expect(answer.ids).toEqual(ids);
    // doc: start_with sets the limit
    const limit = query.includes('start_with') ? 5 : 100;
    expect(answer.body).toMatchObject({ limit, skip: 0, total_entries: ids.length });
  },
);

test.each(INVALID.flatMap(([query, error]) => forms.map((form) => ({ query, form, error }))))(
  'invalid: $query $form',
  async ({ query, form, error }) => {
    await emulator.import(PEOPLE, 'merge');
    const { status, body } = await list(query, form);
    // guess: the status
    expect(status).toBe(422);
    expect(body.errors.base.join()).toContain(error);
  },
);

test.each(COMPARE)('%s', async (query, ids) => {
  const [, field, time] = /^(\w+)\[\w+\]=(.*)$/.exec(query)!;
  const users = [-1, 0, 1].map((seconds, at) => ({
    id: at + 1,
    login: `user${at}`,
    user_tags: 'all',
    [field!]: new Date(Date.parse(time!) + seconds * 1000).toISOString(),
  }));
  await emulator.import(users, 'merge');
  expect((await list(`user_tags=all&${query}`)).ids).toEqual(ids);
});

/** Sorting and paging: the parameters' own examples, on 120 users from id 1, created in reverse order. */
const SLICES = [
  { query: '', limit: 100, skip: 0, ids: [1, 100] },
  { query: 'limit=20', limit: 20, skip: 0, ids: [1, 20] },
  { query: 'limit=100', limit: 100, skip: 0, ids: [1, 100] },
  { query: 'limit=101', limit: 100, skip: 0, ids: [1, 100] },
  { query: 'offset=50', limit: 100, skip: 50, ids: [51, 120] },
  { query: 'offset=50&limit=20', limit: 20, skip: 50, ids: [51, 70] },
  { query: 'sort_asc=id&limit=2', limit: 2, skip: 0, ids: [1, 2] },
  { query: 'sort_desc=id&limit=2', limit: 2, skip: 0, ids: [120, 119] },
  { query: 'sort_desc=created_at&limit=2', limit: 2, skip: 0, ids: [1, 2] },
  { query: 'sort_asc=created_at&limit=2', limit: 2, skip: 0, ids: [120, 119] },
];

test.each(SLICES)('slice: $query', async ({ query, limit, skip, ids: [first, last] }) => {
  const users = Array.from({ length: 120 }, (_, at) => ({
    id: at + 1,
    login: `user${at}`,
    user_tags: 'all',
    created_at: new Date(Date.UTC(2020, 0, 1) - at * 1000).toISOString(),
  }));
  await emulator.import(users, 'merge');
  const { body, ids } = await list(`user_tags=all&${query}`);
  expect(body).toMatchObject({ limit, skip, total_entries: 120 });
  expect([ids[0], ids.at(-1)]).toEqual([first, last]);
  expect(ids).toHaveLength(Math.min(limit, 120 - skip));
});

test('start_with shows five, whatever the limit', async () => {
  const users = Array.from({ length: 7 }, (_, at) => ({ id: at + 1, login: `user${at}`, full_name: `hunter ${at}` }));
  await emulator.import(users, 'merge');
  const { body, ids } = await list('full_name[start_with]=hunt&limit=20');
  expect(body).toMatchObject({ limit: 5, total_entries: 7 });
  expect(ids).toEqual([1, 2, 3, 4, 5]);
});
