import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rawRequest } from '../support/http.ts';
import { needsControlPlane, openTarget, type TestedEmulator } from '../support/target.ts';
import { openSession, TOKEN } from './session.ts';

/** In addition to the built-in fixture: the document's other two ids, one at the end of its range, one beyond. */
const MORE = [
  { id: 51959, login: 'leaver', created_at: '2018-12-08T00:00:00Z' },
  { id: 52671, login: 'smithguest18', created_at: '2018-12-06T09:16:26Z' },
];

/** The table of operators as printed, with its own keys, its error in the first number and its misprint `eg`. */
const OPERATORS: readonly (readonly [example: string, ids: readonly number[]])[] = [
  ['filter[gt]=number+id+gt+51496', [51941, 51943, 51946, 51959, 52671]],
  ['filter[lt]=number+id+lt+51946', [51941, 51943]],
  ['filter[ge]=number+id+ge+51946', [51946, 51959, 52671]],
  ['filter[le]=number+id+le+51946', [51941, 51943, 51946]],
  ['filter[eq]=number+id+eg+51946', [51946]],
  ['filter[ne]=number+id+ne+51946', [51941, 51943, 51959, 52671]],
  // "List of users with IDs between the specified range"; guess: both ends are included
  ['filter[between]=number+id+between+51941,51959', [51941, 51943, 51946, 51959]],
  ['filter[in]=number+id+in+51943,51946', [51943, 51946]],
];

/** From the text around the table: the other types, both date formats, and the examples of order. */
const OTHERS: typeof OPERATORS = [
  ['filter[]=string+login+eq+gabby', [51946]],
  ['filter[]=string+user_tags+eq+accountant', [51943, 51946]],
  ['filter[]=number+external_user_id+eq+52691165', [51941]],
  ['filter[]=date+created_at+gt+2018-12-07', [51959]],
  ['filter[]=date+created_at+lt+2018.12.07', [51941, 51943, 51946, 52671]],
  ['order=asc+string+login', [51941, 51946, 51959, 51943, 52671]],
  ['order=desc+string+login', [52671, 51943, 51959, 51946, 51941]],
  // guess: users without a value come last in descending order
  ['order=desc+integer+facebook_id', [51946, 51941, 51943, 51959, 52671]],
];

let emulator: TestedEmulator;
beforeAll(async () => {
  emulator = await openTarget({ seed: true, settings: { disable_list_users_v1: false } });
});
afterAll(() => emulator.close());
needsControlPlane();
beforeEach(async () => {
  await emulator.reset();
  await openSession(emulator);
});

const FORM = 'application/x-www-form-urlencoded';
const FORMS = {
  'in the body': (query: string) => ({ path: '/users', headers: { 'Content-Type': FORM }, body: query }),
  'in the address': (query: string) => ({ path: `/users?${query}`, headers: {} }),
  // sdk: as the JavaScript SDKs encode it
  'with %20': (query: string) => ({ path: `/users?${query.replaceAll('+', '%20')}`, headers: {} }),
};

async function list(query: string, form: keyof typeof FORMS = 'in the address') {
  const { headers, ...request } = FORMS[form](query);
  const answer = await rawRequest(emulator.url, {
    method: 'GET',
    ...request,
    headers: { ...headers, 'CB-Token': TOKEN },
  });
  const body = JSON.parse(answer.text);
  return { ...answer, body, ids: body.items?.map((item: { user: { id: number } }) => item.user.id) };
}

const withAnyKey = OPERATORS.map(([example, ids]) => [example.replace(/\[\w+\]/, '[]'), ids] as const);
const cases = [...OPERATORS, ...withAnyKey, ...OTHERS].flatMap(([query, ids]) =>
  Object.keys(FORMS).map((form) => ({ query, form: form as keyof typeof FORMS, ids })),
);

test.each(cases)('$query $form', async ({ query, form, ids }) => {
  await emulator.import(MORE, 'merge');
  const answer = await list(query, form);
  expect(answer.status).toBe(200);
  expect(answer.ids).toEqual(ids);
  expect(answer.body).toMatchObject({ current_page: 1, per_page: 10, total_entries: ids.length });
});

test('filters on custom_data or an unknown field are refused', async () => {
  const statuses = await Promise.all(
    ['custom_data', 'password', 'shoe_size'].map((field) => list(`filter[]=string+${field}+eq+1`)),
  );
  expect(statuses.map(({ status }) => status)).toEqual([422, 422, 422]);
});

/** doc: "Default number of results per page - 10, maximum number of results per page - 100"; 123 users. */
const PAGES = [
  { query: '', page: 1, per_page: 10, items: 10 },
  { query: 'page=3&per_page=50', page: 3, per_page: 50, items: 23 },
  { query: 'per_page=100', page: 1, per_page: 100, items: 100 },
  { query: 'per_page=101', page: 1, per_page: 100, items: 100 },
  { query: 'page=2&per_page=100', page: 2, per_page: 100, items: 23 },
  { query: 'page=14', page: 14, per_page: 10, items: 0 },
];

test.each(PAGES)('page: $query', async ({ query, page, per_page, items }) => {
  await emulator.users.generate(120);
  const { body, ids } = await list(query);
  expect(body).toMatchObject({ current_page: page, per_page, total_entries: 123 });
  expect(ids).toHaveLength(items);
});
