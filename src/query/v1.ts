import { fail } from '../model/errors.ts';
import { isUserField, USER_FIELDS } from '../model/fields.ts';
import type { UserField } from '../model/records.ts';
import { lastOf, parseInteger, scalarText } from '../support/values.ts';
import {
  type Comparison,
  type Condition,
  checkCount,
  type Order,
  type Query,
  readValue,
  splitList,
  typeName,
  type Value,
} from './condition.ts';

/** The differences between the services that speak V1. */
export interface V1Rules {
  /** The fields that filters may use. */
  readonly fields: ReadonlySet<string>;
  /** The fields to sort by. */
  readonly orderFields: ReadonlySet<string>;
  /** log: a number field filtered as `string` finds nothing, with `per_page: 0`. If false, the type in a filter is ignored. */
  readonly numberAsStringFindsNothing: boolean;
  /** The fields in which `in` with one text finds a part of the value, in any case. In all others it compares whole values. */
  readonly partlyMatched: ReadonlySet<string>;
}

export interface Page {
  readonly page: number;
  readonly per_page: number;
  /** How many records come before the page. */
  readonly skip: number;
}

/** doc: the table of operators of Retrieve Users V1, with its misprint `eg`; `gte` and `lte` are of the ancestor's iOS pages. */
const OPERATORS: ReadonlyMap<string, Condition['op'] | 'between'> = new Map([
  ['gt', 'gt'],
  ['lt', 'lt'],
  ['ge', 'gte'],
  ['le', 'lte'],
  ['gte', 'gte'],
  ['lte', 'lte'],
  ['eq', 'in'],
  ['eg', 'in'],
  ['ne', 'nin'],
  ['in', 'in'],
  ['between', 'between'],
]);
const LISTS = new Set(['in', 'between']);
const ABSENT = new Set(['', 'null']);
const NUMERIC_TYPES = new Set(['number', 'integer', 'float']);

/** doc: "Default number of results per page - 10, maximum number of results per page - 100". */
const PER_PAGE = { default: 10, max: 100 };

const TYPE = 'number|integer|string|date|float|boolean';
/** Type, field, operator and value, separated by a blank or by a `+` that the client encoded. */
const FILTER = new RegExp(`^(${TYPE})[ +]+([a-z_]+)[ +]+([a-z]+)(?:[ +](.*))?$`, 's');
/** Where the next filter begins in a value that holds several (sdk: the older JS SDKs join them by a comma). */
const NEXT_FILTER = new RegExp(`,\\s*(?=(?:${TYPE})[ +][a-z_]+[ +][a-z]+[ +])`);
/** guess: an order without a type is accepted, too. */
const ORDER = new RegExp(`^(asc|desc)[ +]+(?:(${TYPE})[ +]+)?([a-z_]+)$`);

/** The condition of a number field that is filtered as a string: it matches nobody. */
const MISTYPED: Condition = { field: 'id', op: 'in', values: [] };

/**
 * Reads the language of Retrieve Users V1 (doc): `filter[]` under any key, `order`, `page`, `per_page`. Other parameters are
 * ignored (log: ios-sdk#362, 2016; sdk: an old SDK sends a phone number this way).
 * @throws ApiError `filter_*`, `order_malformed` or `too_many_conditions`
 */
export function parseV1(params: Readonly<Record<string, unknown>>, rules: V1Rules): Query & Page {
  const page = parsePage(params);
  const where = checkCount(filterTexts(params.filter).flatMap((text) => parseFilter(text, rules)));
  const order = strings(params.order).map((text) => parseOrder(text.trim(), rules));
  const per_page = where.includes(MISTYPED) ? 0 : page.per_page;
  return { ...page, per_page, where, order, limit: page.per_page };
}

/** `page` and `per_page`; of a repeated one, the last. guess: anything but a number from 1 counts as absent (sdk: Android sends `per_page=0`). */
export function parsePage(params: Readonly<Record<string, unknown>>): Page {
  const page = positive(params.page) ?? 1;
  const per_page = Math.min(positive(params.per_page) ?? PER_PAGE.default, PER_PAGE.max);
  return { page, per_page, skip: (page - 1) * per_page };
}

function positive(given: unknown): number | undefined {
  const number = parseInteger(scalarText(lastOf(given)) ?? '');
  return number !== undefined && number >= 1 ? number : undefined;
}

/** A filter as it was written. */
export interface Filter {
  readonly type: string;
  readonly field: string;
  readonly operator: string;
  readonly value: string;
}

/** The well-formed filters in a parameter, unchecked. */
export function readFilters(given: unknown): Filter[] {
  return filterTexts(given)
    .map(splitFilter)
    .filter((filter) => filter !== undefined);
}

function filterTexts(given: unknown): string[] {
  return strings(given)
    .flatMap((text) => text.split(NEXT_FILTER))
    .map((text) => text.trim());
}

/** The texts in a parameter that may be one value, a list or keyed: `filter=`, `filter[]=`, `filter[gt]=`. */
function strings(given: unknown): string[] {
  if (given === undefined || given === null || given === '') return [];
  if (typeof given === 'object') return Object.values(given).flatMap(strings);
  return [String(given)];
}

function splitFilter(text: string): Filter | undefined {
  const parts = FILTER.exec(text);
  if (!parts) return undefined;
  const [, type = '', field = '', operator = '', value = ''] = parts;
  return { type, field, operator, value };
}

function parseFilter(text: string, rules: V1Rules): Condition[] {
  const { type, field, operator, value: given } = splitFilter(text) ?? fail('filter_malformed', { value: text });
  if (!isUserField(field) || !rules.fields.has(field)) fail('filter_field', { value: text, field });
  const op = OPERATORS.get(operator) ?? fail('filter_operator', { value: text, operator });
  const fieldType = USER_FIELDS[field].type;
  if (rules.numberAsStringFindsNothing && type === 'string' && fieldType === 'integer') return [MISTYPED];

  if (operator === 'in' && type === 'string' && rules.partlyMatched.has(field) && !given.includes(','))
    return containing(field, given);

  const parts = LISTS.has(operator) ? splitList(field, given) : [given];
  // log: Android writes a list without ids as `null`. guess: an empty text is one, too
  const texts = operator === 'in' && fieldType !== 'string' ? parts.filter((part) => !ABSENT.has(part)) : parts;
  const values = texts.map(
    (part) => readValue(field, part) ?? fail('filter_value', { value: text, part, type: typeName(field) }),
  );
  if (op === 'in' || op === 'nin') return [{ field, op, values }];
  if (op !== 'between') return values.map((value) => comparison(field, op, value, type));
  const [from, to, ...others] = values;
  if (from === undefined || to === undefined || others.length > 0)
    fail('filter_value', { value: text, part: given, type: 'range' });
  return [comparison(field, 'gte', from, type), comparison(field, 'lte', to, type)];
}

/** sdk: the search of six samples. Without a text it finds everybody: two of them list all users this way. */
function containing(field: UserField, text: string): Condition[] {
  return text === '' ? [] : [{ field, op: 'contains', value: readValue(field, text) ?? text }];
}

/** doc: the ancestor's table allows the type `number` for every field, also for `facebook_id`. Then `10` is greater than `9`. */
function comparison(field: UserField, op: Comparison['op'], value: Value, type: string): Comparison {
  const number = sortsAsNumber(field, type) ? parseInteger(String(value)) : undefined;
  return number === undefined ? { field, op, value } : { field, op, value: number, numeric: true };
}

/**
 * doc: a text field can be sorted as a number (`order=desc+integer+facebook_id`). guess: texts that are none come last, in their own
 * order. sdk: any other type is ignored, because the JS SDKs send `string` for every field.
 */
function parseOrder(text: string, rules: V1Rules): Order {
  const [, direction, type = '', field = ''] = ORDER.exec(text) ?? [];
  if (!isUserField(field) || !rules.orderFields.has(field)) fail('order_malformed', { value: text });
  return { field, descending: direction === 'desc', numeric: sortsAsNumber(field, type) };
}

function sortsAsNumber(field: UserField, type: string): boolean {
  return USER_FIELDS[field].type === 'string' && NUMERIC_TYPES.has(type);
}
