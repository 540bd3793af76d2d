import { fail } from '../model/errors.ts';
import { parseDate } from '../support/dates.ts';
import { asList, countCharacters, isObject, normalizePhone, parseInteger } from '../support/values.ts';
import { type Condition, checkCount, type Operator, type Order, type Query, type Value } from './condition.ts';
import type { QueryFields } from './select.ts';

/** A field's role in V2, beside what every query knows of it. Fields without one are not part of the language. */
export type V2Fields = QueryFields & Readonly<Record<string, { readonly v2?: 'stand-alone' | 'additional' | 'both' }>>;

type Kind = 'primary' | 'exclude' | 'compare';

/** doc: the table "Operators" of Retrieve Users V2. */
const OPERATORS: Readonly<Record<string, { readonly kind: Kind; readonly op: Operator }>> = {
  eq: { kind: 'primary', op: 'in' },
  in: { kind: 'primary', op: 'in' },
  start_with: { kind: 'primary', op: 'start_with' },
  nin: { kind: 'exclude', op: 'nin' },
  gt: { kind: 'compare', op: 'gt' },
  lt: { kind: 'compare', op: 'lt' },
  gte: { kind: 'compare', op: 'gte' },
  lte: { kind: 'compare', op: 'lte' },
};

const LISTS = new Set(['in', 'nin']);

/** doc: the table "Pagination", and the sentence about `start_with`. */
const PAGE = { limit: { least: 1, default: 100 }, offset: { least: 0, default: 0 } } as const;
const MAX_LIMIT = 100;
const START_WITH_MIN_LENGTH = 4;
const START_WITH_LIMIT = 5;
/** Not fields: paging, sorting, the token as a parameter and (guess) what clients add to get past caches. Others are errors (guess). */
const NOT_FIELDS = new Set(['limit', 'offset', 'sort_asc', 'sort_desc', 'token', '_']);

/**
 * Reads the language of Retrieve Users V2 (doc). A bare value means `eq`, a bare list `in` (sdk: `user_tags[]=a&user_tags[]=b`).
 * @param params the request's parameters, nested as `qs` nests them
 * @throws ApiError one `query_*` error per rule
 */
export function parseV2(params: Readonly<Record<string, unknown>>, fields: V2Fields): Query {
  const where: Condition[] = [];
  let standsAlone = false;
  let startsWith = false;
  for (const [field, given] of Object.entries(params)) {
    if (NOT_FIELDS.has(field)) continue;
    const role = Object.hasOwn(fields, field) ? fields[field]!.v2 : undefined;
    if (!role) fail('query_field', { field });
    for (const [name, value] of operations(given)) {
      const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
      if (!operator) fail('query_operator', { field, operator: name });
      if (operator.kind === 'compare' && role !== 'additional') fail('query_compare', { field });
      where.push(...conditions(field, name, operator.op, value, fields));
      if (operator.kind === 'primary' && role !== 'additional') standsAlone = true;
      if (operator.op === 'start_with') startsWith = true;
    }
  }
  if (!standsAlone) fail('query_stand_alone');
  const limit = Math.min(pageNumber(params, 'limit'), MAX_LIMIT);
  return {
    where: checkCount(where),
    order: order(params, fields),
    skip: pageNumber(params, 'offset'),
    limit: startsWith ? START_WITH_LIMIT : limit,
  };
}

/**
 * `{gt: a, lt: b}` as pairs; anything else is a bare value, or several. Both may come for one field
 * (`user_tags=guest&user_tags[nin][]=vip`): `qs` then puts the object into a list, or the bare values under numbers.
 */
function operations(given: unknown): [string, unknown][] {
  if (typeof given !== 'object' || given === null) return [['eq', given]];
  const bare: unknown[] = [];
  const named: [string, unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (!/^\d+$/.test(name)) named.push([name, value]);
    else if (isObject(value)) named.push(...Object.entries(value));
    else bare.push(value);
  }
  return bare.length > 0 || named.length === 0 ? [['in', bare], ...named] : named;
}

/** What an operator asks for: `in` and `nin` of all their values at once, the others of each (an operator sent twice). */
function conditions(field: string, name: string, op: Operator, given: unknown, fields: V2Fields): Condition[] {
  const { type } = fields[field]!;
  const sent = texts(field, given);
  if (op === 'start_with') {
    if (type === 'integer' || type === 'date') fail('query_operator', { field, operator: name });
    if (sent.length === 0 || sent.some((prefix) => countCharacters(prefix) < START_WITH_MIN_LENGTH))
      fail('query_start_with', { field, limit: START_WITH_MIN_LENGTH });
    return sent.map((prefix) => ({ field, op, values: [plainText(field, prefix)] }));
  }
  const isList = LISTS.has(name) || (name === 'eq' && type === 'tags');
  const each = isList ? sent.flatMap((text) => list(text, type)) : sent;
  const values = each.map((text) => value(field, text, type));
  return op === 'in' || op === 'nin' ? [{ field, op, values }] : values.map((one) => ({ field, op, values: [one] }));
}

/** Lists come as repeated parameters (with `[]` or without), or as one value: `[vip,guest]`, and `1,2` where no value has a comma. */
function list(text: string, type: string): string[] {
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  if (inner === undefined && type === 'string') return [text];
  return (inner ?? text).split(',').map((each) => each.trim());
}

function texts(field: string, given: unknown): string[] {
  const list = asList(given);
  if (list) return list.flatMap((each) => texts(field, each));
  if (isObject(given)) fail('query_operator', { field, operator: Object.keys(given)[0] ?? '' });
  return [String(given ?? '')];
}

function value(field: string, text: string, type: string): Value {
  const read = type === 'integer' ? parseInteger(text) : type === 'date' ? parseDate(text) : plainText(field, text);
  if (read === undefined) fail('query_value', { field, value: text, type: type === 'integer' ? 'number' : type });
  return read;
}

function plainText(field: string, text: string): string {
  return field === 'phone' ? normalizePhone(text) : text;
}

function order(params: Readonly<Record<string, unknown>>, fields: V2Fields): Order[] {
  const orders: Order[] = [];
  for (const [name, given] of Object.entries(params)) {
    if (name !== 'sort_asc' && name !== 'sort_desc') continue;
    for (const field of texts(name, given).filter((text) => text !== '')) {
      if (!Object.hasOwn(fields, field) || !fields[field]!.v2) fail('query_sort', { field });
      orders.push({ field, descending: name === 'sort_desc' });
    }
  }
  return orders;
}

/** guess: a limit or offset that is no such number is an error; beyond the maximum it is the maximum. */
function pageNumber(params: Readonly<Record<string, unknown>>, name: keyof typeof PAGE): number {
  const given = params[name];
  if (given === undefined || given === '') return PAGE[name].default;
  const number = typeof given === 'string' || typeof given === 'number' ? parseInteger(String(given)) : undefined;
  if (number === undefined || number < PAGE[name].least) fail('query_page', { field: name, limit: PAGE[name].least });
  return number;
}
