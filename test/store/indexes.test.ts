import { expect, test } from 'vitest';
import { EMPTY_USER } from '../../src/model/fields.ts';
import type { User, UserField } from '../../src/model/records.ts';
import type { Condition } from '../../src/query/condition.ts';
import { select } from '../../src/query/select.ts';
import { State } from '../../src/store/state.ts';

const TIME = '2026-01-01T00:00:00Z';
const newUsers = () => new State().users(1);
type Users = ReturnType<typeof newUsers>;
const put = (users: Users, id: number, fields: Partial<User>) =>
  users.put({ ...EMPTY_USER, created_at: TIME, updated_at: TIME, ...fields, id });
const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

function found(users: Users, where: Condition, { skip = 0, limit = 5 } = {}) {
  const { total, records } = select(users, { where: [where], order: [], skip, limit });
  return { total, ids: records.map(({ id }) => id) };
}
const startsWith = (field: UserField, value: string): Condition => ({ field, op: 'start_with', value });

// the lowest ids of many matches are found in two ways: tests have matches everywhere, and only at the end
test.each([
  ['everywhere', (id: number) => id % 2 === 0, 3000, [2, 4, 6, 8, 10]],
  ['at the end', (id: number) => id > 4000, 2000, [4001, 4002, 4003, 4004, 4005]],
  ['nearly nowhere', (id: number) => id === 17 || id === 5999, 2, [17, 5999]],
  ['nowhere', () => false, 0, []],
])('a prefix with matches %s', (_where, meets, total, first) => {
  const users = newUsers();
  // logins sort in another order than ids
  for (const id of ids(1, 6000)) put(users, id, { login: `${meets(id) ? 'Anna' : 'berta'}${6001 - id}` });
  expect(found(users, startsWith('login', 'anna'))).toEqual({ total, ids: first });
  expect(found(users, startsWith('login', 'anna'), { skip: 2, limit: 2 })).toEqual({ total, ids: first.slice(2, 4) });
});

test('an index that changed a lot between look-ups is right', () => {
  const users = newUsers();
  for (const id of ids(1, 2500)) put(users, id, { login: `anna${id}` });
  expect(found(users, startsWith('login', 'anna')).total).toBe(2500);
  for (const id of ids(1, 1200)) put(users, id, { login: `berta${id}` });
  for (const id of ids(1201, 1300)) users.delete(id);
  expect(found(users, startsWith('login', 'anna'))).toEqual({ total: 1200, ids: ids(1301, 1305) });
  expect(found(users, startsWith('login', 'bert'))).toEqual({ total: 1200, ids: ids(1, 5) });
});

test('values that many users share are found in any order, through changes, and combined', () => {
  const users = newUsers();
  // in descending order, so that no list is sorted by accident
  for (const id of ids(1, 900).reverse()) {
    const tags = [...(id % 2 ? [] : ['even']), ...(id % 3 ? [] : ['third']), ...(id % 5 ? [] : ['fifth'])];
    put(users, id, { user_tags: tags.length > 0 ? tags : null });
  }
  const tagged = (...values: string[]): Condition => ({ field: 'user_tags', op: 'in', values });
  expect(found(users, tagged('even'))).toEqual({ total: 450, ids: [2, 4, 6, 8, 10] });
  expect(found(users, tagged('even', 'third'))).toEqual({ total: 600, ids: [2, 3, 4, 6, 8] });
  expect(found(users, tagged('even', 'third', 'fifth', 'none'), { limit: 7 })).toEqual({
    total: 660,
    ids: [2, 3, 4, 5, 6, 8, 9],
  });
  expect(found(users, tagged('third', 'even'), { skip: 597, limit: 10 })).toEqual({ total: 600, ids: [897, 898, 900] });
  expect(found(users, startsWith('user_tags', 'FIFT')).total).toBe(180);
  for (const id of [2, 4, 900]) users.delete(id);
  put(users, 6, { user_tags: ['third'] });
  put(users, 901, { user_tags: ['even'] });
  expect(found(users, tagged('even'))).toEqual({ total: 447, ids: [8, 10, 12, 14, 16] });
  expect(found(users, tagged('even'), { skip: 445 })).toEqual({ total: 447, ids: [898, 901] });
  expect(found(users, tagged('even', 'third'), { limit: 3 })).toEqual({ total: 598, ids: [3, 6, 8] });
});
