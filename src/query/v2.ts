import { fail } from '../model/errors.ts';
import { isUserField, USER_FIELDS } from '../model/fields.ts';
import type { UserField } from '../model/records.ts';
import { asList, countCharacters, isObject, lastOf, parseInteger } from '../support/values.ts';
import {
  type Condition,
  checkCount,
  type Operator,
  type Order,
  type Query,
  readValue,
  splitList,
  typeName,
  type Value,
} from './condition.ts';

interface OperatorFacts {
  readonly kind: 'primary' | 'exclude' | 'compare';
  readonly op: Operator;
  /** Its value is a list. */
  readonly list?: true;
}

/** doc: the table "Operators" of Retrieve Users V2. */
const OPERATORS: ReadonlyMap<string, OperatorFacts> = new Map<string, OperatorFacts>([
  ['eq', { kind: 'primary', op: 'in' }],
  ['in', { kind: 'primary', op: 'in', list: true }],
  ['start_with', { kind: 'primary', op: 'start_with' }],
  ['nin', { kind: 'exclude', op: 'nin', list: true }],
  ['gt', { kind: 'compare', op: 'gt' }],
  ['lt', { kind: 'compare', op: 'lt' }],
  ['gte', { kind: 'compare', op: 'gte' }],
  ['lte', { kind: 'compare', op: 'lte' }],
]);

/** doc: the table "Pagination", and the sentence about `start_with`. */
const PAGE = { limit: { min: 1, default: 100 }, offset: { min: 0, default: 0 } } as const;
const MAX_LIMIT = 100;
export const START_WITH_MIN_LENGTH = 4;
const START_WITH_LIMIT = 5;
/**
 * Parameters that are not fields: paging, sorting, the token, and what clients add to get past caches (guess). Any other
 * unknown name is an error (guess).
 */
const NOT_FIELDS = new Set(['limit', 'offset', 'sort_asc', 'sort_desc', 'token', '_']);

/**
 * Reads the language of Retrieve Users V2 (doc). A bare value means `eq`, a bare list `in` (sdk: `user_tags[]=a&user_tags[]=b`).
 * @param params the request's parameters, nested as `qs` nests them
 * @throws ApiError one `query_*` error per rule, or `too_many_conditions`
 */
export function parseV2(params: Readonly<Record<string, unknown>>): Query {
  const where: Condition[] = [];
  let standsAlone = false;
  let startsWith = false;
  for (const [name, given] of Object.entries(params)) {
    if (NOT_FIELDS.has(name)) continue;
    const field = fieldNamed(name) ?? fail('query_field', { field: name });
    const role = USER_FIELDS[field].v2;
    for (const [operator, value] of operations(given)) {
      const facts = OPERATORS.get(operator) ?? fail('query_operator', { field, operator });
      if (facts.kind === 'compare' && role !== 'additional') fail('query_compare', { field });
      for (const condition of conditions(field, operator, facts, value)) where.push(condition);
      checkCount(where);
      if (facts.kind === 'primary' && role !== 'additional') standsAlone = true;
      if (facts.op === 'start_with') startsWith = true;
    }
  }
  if (!standsAlone) fail('query_stand_alone');
  const { limit, skip } = parsePageV2(params);
  return {
    where,
    order: readOrder(params),
    skip,
    limit: startsWith ? START_WITH_LIMIT : limit,
  };
}

/** A field of the language; the others have no role in V2. */
function fieldNamed(name: string): UserField | undefined {
  return isUserField(name) && USER_FIELDS[name].v2 ? name : undefined;
}

/**
 * Pairs of operator and value: those of `{gt: a, lt: b}`, or one for a bare value or list. Both forms may come for one field
 * (`user_tags=guest&user_tags[nin][]=vip`): `qs` then puts the object into a list, or the bare values under numbers.
 */
function operations(given: unknown): [operator: string, value: unknown][] {
  if (typeof given !== 'object' || given === null) return [['eq', given]];
  const bare: unknown[] = [];
  const named: [string, unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (!/^\d+$/.test(name)) named.push([name, value]);
    else if (isObject(value)) for (const entry of Object.entries(value)) named.push(entry);
    else bare.push(value);
  }
  if (bare.length === 1 && named.length > 0 && Array.isArray(given)) return [['eq', bare[0]], ...named];
  return bare.length > 0 || named.length === 0 ? [['in', bare], ...named] : named;
}

/** One condition for all values of `in` and `nin`; one for each value of another operator, which a client may send twice. */
function conditions(field: UserField, operator: string, { op, list }: OperatorFacts, given: unknown): Condition[] {
  const { type } = USER_FIELDS[field];
  const sent = texts(field, given);
  if (op === 'start_with') {
    if (type === 'integer' || type === 'date') fail('query_operator', { field, operator });
    if (sent.length === 0 || sent.some((prefix) => countCharacters(prefix) < START_WITH_MIN_LENGTH))
      fail('query_start_with', { field, limit: START_WITH_MIN_LENGTH });
    return sent.map((prefix) => ({ field, op, value: checkedValue(field, prefix) }));
  }
  const isList = list || (operator === 'eq' && type === 'tags');
  const each = isList ? sent.flatMap((text) => listed(field, text, typeof given !== 'object')) : sent;
  const values = each.map((text) => checkedValue(field, text));
  return op === 'in' || op === 'nin' ? [{ field, op, values }] : values.map((value) => ({ field, op, value }));
}

/** The texts that a client sent, in a list or alone. */
function texts(field: string, given: unknown): string[] {
  const list = asList(given);
  if (list) return list.flatMap((each) => texts(field, each));
  if (isObject(given)) fail('query_operator', { field, operator: Object.keys(given)[0] ?? '' });
  return [String(given ?? '')];
}

/**
 * The values in a list's text: `1,2`, where a single value can't have a comma. sdk: a text that comes alone may be a whole list in
 * brackets, `[vip,guest]`; one of several texts is a value, whatever it looks like.
 */
function listed(field: UserField, text: string, alone: boolean): string[] {
  const inner = alone ? /^\[(.*)\]$/s.exec(text)?.[1] : undefined;
  if (inner === undefined && USER_FIELDS[field].type === 'string') return [text];
  const list = inner ?? text;
  return alone && list === '' ? [] : splitList(field, list);
}

function checkedValue(field: UserField, text: string): Value {
  return readValue(field, text) ?? fail('query_value', { field, value: text, type: typeName(field) });
}

function readOrder(params: Readonly<Record<string, unknown>>): Order[] {
  const order: Order[] = [];
  for (const [name, given] of Object.entries(params)) {
    if (name !== 'sort_asc' && name !== 'sort_desc') continue;
    for (const text of texts(name, given).filter((text) => text !== '')) {
      const field = fieldNamed(text) ?? fail('query_sort', { field: text });
      order.push({ field, descending: name === 'sort_desc' });
    }
  }
  return order;
}

/** The part of a list that `limit` and `offset` ask for. @throws ApiError `query_page` */
export function parsePageV2(params: Readonly<Record<string, unknown>>): {
  readonly limit: number;
  readonly skip: number;
} {
  return { limit: Math.min(pageNumber(params, 'limit'), MAX_LIMIT), skip: pageNumber(params, 'offset') };
}

/**
 * guess: a limit or offset that is not a number or too low is an error; one above the maximum means the maximum. Of a repeated one, the last
 * counts.
 */
function pageNumber(params: Readonly<Record<string, unknown>>, name: keyof typeof PAGE): number {
  const given = lastOf(params[name]);
  if (given === undefined || given === '') return PAGE[name].default;
  const number = typeof given === 'string' || typeof given === 'number' ? parseInteger(String(given)) : undefined;
  if (number === undefined || number < PAGE[name].min) fail('query_page', { field: name, limit: PAGE[name].min });
  return number;
}
