import { describe, expect, test } from 'vitest';
import { EMPTY_USER, USER_FIELD_NAMES, USER_FIELDS } from '../../src/model/fields.ts';
import type { User, UserField } from '../../src/model/records.ts';
import type { Condition, Operator, Order, Query, Value } from '../../src/query/condition.ts';
import type { Key } from '../../src/query/keys.ts';
import { select } from '../../src/query/select.ts';
import type { Collection } from '../../src/store/collection.ts';
import { State } from '../../src/store/state.ts';
import type { DateSpan } from '../../src/support/dates.ts';
import { createRandom } from '../../src/support/random.ts';

/** Random choices, the same ones in every run. */
function createChooser(seed: number) {
  const { fraction } = createRandom(String(seed));
  const below = (limit: number) => Math.floor(fraction() * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return { below, pick, some: (probability: number) => fraction() < probability };
}
type Chooser = ReturnType<typeof createChooser>;

/** Few values, so that users share them, with differences in case and characters that sort unexpectedly. */
const TEXTS = ['anna', 'Anna', 'annabel', 'ANNAB', 'ann', 'b, c', 'Żółw', 'żółwie', '', '10', '9', '+49 30', '\uffff'];
const NUMBERS = [-300, 0, 1, 5, 40, 300, 9007199254740991];
const TAGS = ['vip', 'VIP', 'vipers', 'guest', 'gu', 'x y'];
const DATES = [
  '2018-12-05T23:59:59Z',
  '2018-12-06T00:00:00Z',
  '2018-12-06T12:00:00Z',
  '2018-12-06T23:59:59Z',
  '2019-01-01T00:00:00Z',
];
const SPANS: DateSpan[] = [
  ...DATES.map((time) => ({ from: time, to: time })),
  { from: '2018-12-06T00:00:00Z', to: '2018-12-06T23:59:59Z' },
  { from: '1970-01-01T00:00:00Z', to: '1970-01-01T00:00:00Z' },
  { from: '2018-12-06T12:00:00Z', to: '2018-12-06T11:59:59Z' },
  { from: '2018-12-06T12:00:01Z', to: '2018-12-06T12:00:00Z' },
];
const IDS = Array.from({ length: 80 }, (_, index) => index + 1);

function randomUser(by: Chooser, id: number): User {
  const fields: Record<string, unknown> = {};
  for (const field of USER_FIELD_NAMES) {
    if (field === 'id' || by.some(0.3)) continue;
    const { type } = USER_FIELDS[field];
    if (type === 'tags') fields[field] = [...new Set([by.pick(TAGS), by.pick(TAGS)])];
    else fields[field] = by.pick<unknown>(type === 'integer' ? NUMBERS : type === 'date' ? DATES : TEXTS);
  }
  return { ...EMPTY_USER, created_at: DATES[0]!, updated_at: DATES[0]!, ...fields, id };
}

function randomQuery(by: Chooser): Query {
  const where = Array.from({ length: by.below(4) }, () => randomCondition(by));
  const order = Array.from(
    { length: by.below(3) },
    (): Order => ({ field: by.pick(USER_FIELD_NAMES), descending: by.some(0.5) }),
  );
  return { where, order, skip: by.pick([0, 0, 1, 7, 200]), limit: by.pick([1, 3, 10, 100]) };
}

/** Conditions as the two parsers make them: lists for `in` and `nin`, one value elsewhere, prefixes only of strings and tags. */
function randomCondition(by: Chooser): Condition {
  const field = by.pick(USER_FIELD_NAMES);
  const { type, v2 } = USER_FIELDS[field];
  const prefixes = v2 !== undefined && v2 !== 'additional' && type !== 'integer';
  const ops: Operator[] = [
    'in',
    'in',
    'nin',
    'gt',
    'gte',
    'lt',
    'lte',
    ...(prefixes ? (['start_with'] as const) : []),
    ...(type === 'string' ? (['contains'] as const) : []),
  ];
  const op = by.pick(ops);
  const values: readonly Value[] =
    field === 'id' ? IDS : type === 'integer' ? NUMBERS : type === 'date' ? SPANS : type === 'tags' ? TAGS : TEXTS;
  if (op !== 'in' && op !== 'nin') return { field, op, value: by.pick(values) };
  return { field, op, values: Array.from({ length: by.below(4) }, () => by.pick(values)) };
}

/** The meaning of a query without any index: check every record, sort the matches, take the page. */
function scan(users: Iterable<User>, { where, order, skip, limit }: Query) {
  const found = [...users].filter((user) => where.every((condition) => matches(user, condition)));
  found.sort((a, b) => {
    for (const { field, descending } of order) {
      const x = sortable(a[field]);
      const y = sortable(b[field]);
      const before = x === Number.NEGATIVE_INFINITY || (y !== Number.NEGATIVE_INFINITY && x < y);
      if (x !== y) return before === descending ? 1 : -1;
    }
    return a.id - b.id;
  });
  return { total: found.length, ids: found.slice(skip, skip + limit).map(({ id }) => id) };
}

/** A missing value sorts before all numbers and strings. */
function sortable(value: User[UserField]): string | number {
  if (value === null) return Number.NEGATIVE_INFINITY;
  if (typeof value === 'number') return value;
  return `+${typeof value === 'string' ? value : value.join(',')}`;
}

function matches(user: User, condition: Condition): boolean {
  const given = user[condition.field];
  const alike = (value: Key) => (condition.field === 'email' ? String(value).toLowerCase() : value);
  const bounds = (value: Value) => (typeof value === 'object' ? value : { from: alike(value), to: alike(value) });
  const has = (given === null ? [] : typeof given === 'object' ? given : [given]).map(alike);
  if ('values' in condition) {
    const spans = condition.values.map(bounds);
    return (condition.op === 'in') === has.some((own) => spans.some(({ from, to }) => own >= from && own <= to));
  }
  const { op, value } = condition;
  const { from, to } = bounds(value);
  return has.some((own) => {
    if (op === 'start_with') return String(own).toLowerCase().startsWith(String(value).toLowerCase());
    if (op === 'contains') return String(own).toLowerCase().includes(String(value).toLowerCase());
    return op === 'gt' ? own > to : op === 'gte' ? own >= from : op === 'lt' ? own < from : own <= to;
  });
}

/** A collection, and the same users in a plain map. */
interface Pair {
  readonly state: State;
  readonly users: Collection<number, User>;
  readonly model: Map<number, User>;
}

const APP = 1;
const pairOf = (state: State, model: ReadonlyMap<number, User>): Pair => ({
  state,
  users: state.users(APP),
  model: new Map(model),
});

function change({ users, model }: Pair, by: Chooser): void {
  const id = by.pick(IDS);
  if (by.some(0.3)) {
    expect(users.delete(id)).toBe(model.delete(id));
    return;
  }
  // an update replaces some fields of an existing or empty user
  const next = randomUser(by, id);
  const before = model.get(id);
  const user = before && by.some(0.7) ? { ...before, [by.pick(USER_FIELD_NAMES)]: null, id, email: next.email } : next;
  users.put(user as User);
  model.set(id, user as User);
}

function compare({ users, model }: Pair, query: Query): void {
  const { total, records } = select(users, query);
  const found = { total, ids: records.map(({ id }) => id) };
  expect(found, JSON.stringify(query)).toEqual(scan(model.values(), query));
}

describe.each([1, 2, 3, 4])('index and scan agree (seed %i)', (seed) => {
  test('for random users and queries, through updates, deletes and forks', () => {
    const by = createChooser(seed);
    const state = new State();
    let pairs = [pairOf(state, new Map())];
    for (const id of [...IDS].sort(() => by.below(3) - 1)) {
      const user = randomUser(by, id);
      pairs[0]!.users.put(user);
      pairs[0]!.model.set(id, user);
    }
    let matches = 0;
    for (let round = 0; round < 400; round++) {
      const pair = by.pick(pairs);
      if (by.some(0.5)) change(pair, by);
      if (by.some(0.02)) pairs = [...pairs.slice(-3), pairOf(pair.state.fork(), pair.model)];
      const query = randomQuery(by);
      matches += scan(pair.model.values(), query).total > 0 ? 1 : 0;
      // a change of one must be invisible in the others
      for (const each of pairs) compare(each, query);
    }
    // the queries prove something only if many of them find something
    expect(matches).toBeGreaterThan(100);
    for (const { users, model } of pairs) {
      expect([...users.values()].map(({ id }) => id)).toEqual([...model.keys()].sort((a, b) => a - b));
      expect(users.size).toBe(model.size);
    }
  });
});

test('each kind of condition uses an index where there is one', () => {
  const state = new State();
  const users = state.users(APP);
  for (const id of IDS) users.put({ ...randomUser(createChooser(id), id), login: `user${id}` });
  // a collection that supports look-ups, but no scan
  const queried = {
    size: users.size,
    get: (id: number) => users.get(id),
    values: () => expect.unreachable('scanned'),
    lookup: (index: string, value: number | string) => users.lookup(index, value),
    lookupPrefix: (index: string, prefix: string) => users.lookupPrefix(index, prefix),
  };
  for (const condition of [
    { field: 'id', op: 'in', values: [3] },
    { field: 'login', op: 'in', values: ['user3'] },
    { field: 'login', op: 'start_with', value: 'USER3' },
    { field: 'user_tags', op: 'in', values: ['vip', 'guest'] },
    { field: 'email', op: 'in', values: ['Anna'] },
    { field: 'external_user_id', op: 'in', values: [5] },
  ] as const) {
    const query: Query = { where: [condition], order: [{ field: 'id', descending: true }], skip: 0, limit: 100 };
    const { total, records } = select(queried, query);
    const expected = scan(users.values(), query);
    expect({ total, ids: (records as User[]).map(({ id }) => id) }).toEqual(expected);
    expect(total).toBeGreaterThan(0);
  }
});
