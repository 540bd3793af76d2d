import { fail } from '../model/errors.ts';
import { parseDate } from '../support/dates.ts';
import { normalizePhone, parseInteger, scalarText } from '../support/values.ts';
import { type Condition, checkCount, type Operator, type Order, type Query, type Value } from './condition.ts';
import type { QueryFields } from './select.ts';

/** What differs between the services that speak V1. */
export interface V1Rules {
  /** The fields that filters may use. */
  readonly fields: ReadonlySet<string>;
  /** The fields to sort by. */
  readonly orderFields: ReadonlySet<string>;
  /** log: a number field filtered as `string` finds nothing. Else the type a filter names is ignored. */
  readonly numberAsStringFindsNothing: boolean;
}

export interface Page {
  readonly page: number;
  readonly per_page: number;
  /** How many records come before the page. */
  readonly skip: number;
}

/** doc: the operators' table of Retrieve Users V1; `eg` is its own misprint, `gte` and `lte` are the ancestor's iOS pages'. */
const OPERATORS: Readonly<Record<string, readonly Operator[]>> = {
  gt: ['gt'],
  lt: ['lt'],
  ge: ['gte'],
  le: ['lte'],
  gte: ['gte'],
  lte: ['lte'],
  eq: ['in'],
  eg: ['in'],
  ne: ['nin'],
  in: ['in'],
  between: ['gte', 'lte'],
};
const LISTS = new Set(['in', 'between']);
const COMPARING: ReadonlySet<Operator> = new Set(['gt', 'gte', 'lt', 'lte']);
const NUMERIC = new Set(['number', 'integer', 'float']);

/** doc: "Default number of results per page - 10, maximum number of results per page - 100". */
const PER_PAGE = { default: 10, max: 100 };

const TYPE = 'number|integer|string|date|float|boolean';
/** type, field, operator and value, separated by a blank or by a `+` that was encoded. */
const FILTER = new RegExp(`^(${TYPE})[ +]+([a-z_]+)[ +]+([a-z]+)(?:[ +](.*))?$`, 's');
/** Where one value holds several filters (sdk: the older JS SDKs join them by a comma). */
const NEXT_FILTER = new RegExp(`,\\s*(?=(?:${TYPE})[ +][a-z_]+[ +][a-z]+[ +])`);
/** guess: an order without a type is taken, too. */
const ORDER = new RegExp(`^(asc|desc)[ +]+(?:(${TYPE})[ +]+)?([a-z_]+)$`);

/**
 * Reads the language of Retrieve Users V1 (doc): `filter[]` under any key, `order`, `page`, `per_page`. Unknown parameters
 * are ignored (sdk: an old SDK asks for a phone number this way).
 * @throws ApiError `filter_*` or `order_malformed`
 */
export function parseV1(params: Readonly<Record<string, unknown>>, fields: QueryFields, rules: V1Rules): Query & Page {
  const page = parsePage(params);
  const where = checkCount(filterTexts(params.filter).flatMap((text) => parseFilter(text, fields, rules)));
  const order = strings(params.order).map((text) => parseOrder(text.trim(), fields, rules));
  return { ...page, where, order, limit: page.per_page };
}

/** How the filters in a parameter are written; those that can't be read are left out. */
export function readFilters(given: unknown): { type: string; field: string; operator: string; value: string }[] {
  return filterTexts(given).flatMap((text) => {
    const parts = FILTER.exec(text);
    return parts ? [{ type: parts[1]!, field: parts[2]!, operator: parts[3]!, value: parts[4] ?? '' }] : [];
  });
}

function filterTexts(given: unknown): string[] {
  return strings(given)
    .flatMap((text) => text.split(NEXT_FILTER))
    .map((text) => text.trim());
}

/** `page` and `per_page`. guess: what is no such number counts as not given (sdk: Android sends `per_page=0`). */
export function parsePage(params: Readonly<Record<string, unknown>>): Page {
  const page = positive(params.page) ?? 1;
  const per_page = Math.min(positive(params.per_page) ?? PER_PAGE.default, PER_PAGE.max);
  return { page, per_page, skip: (page - 1) * per_page };
}

function positive(given: unknown): number | undefined {
  const number = parseInteger(scalarText(given) ?? '');
  return number !== undefined && number >= 1 ? number : undefined;
}

function parseFilter(text: string, fields: QueryFields, rules: V1Rules): Condition[] {
  const parts = FILTER.exec(text);
  if (!parts) fail('filter_malformed', { value: text });
  const [, type, field, name, given = ''] = parts as unknown as [string, string, string, string, string?];
  if (!rules.fields.has(field)) fail('filter_field', { value: text, field });
  const ops = Object.hasOwn(OPERATORS, name)
    ? OPERATORS[name]!
    : fail('filter_operator', { value: text, operator: name });
  const fieldType = fields[field]!.type;
  if (rules.numberAsStringFindsNothing && type === 'string' && fieldType === 'integer')
    return [{ field, op: 'in', values: [] }];

  const listed = LISTS.has(name) ? given.split(',').map((each) => each.trim()) : [given];
  // log: Android asks so for a list without ids
  const texts = name === 'in' && fieldType !== 'string' ? listed.filter((each) => each !== 'null') : listed;
  const values = texts.map(
    (each) =>
      readValue(field === 'phone' ? normalizePhone(each) : each, fieldType) ??
      fail('filter_value', { value: text, part: each, type: fieldType === 'integer' ? 'number' : fieldType }),
  );
  if (name !== 'between') return [comparison(field, ops[0]!, values, type, fieldType)];
  if (values.length !== 2) fail('filter_value', { value: text, part: given, type: 'range' });
  return ops.map((op, end) => comparison(field, op, [values[end]!], type, fieldType));
}

/** doc: a text may hold a number, and be filtered as one (`number+facebook_id+gt+5`): `10` is more than `9` then. */
function comparison(field: string, op: Operator, values: Value[], type: string, fieldType: string): Condition {
  if (fieldType !== 'string' || !NUMERIC.has(type) || !COMPARING.has(op)) return { field, op, values };
  const numbers = values.map((value) => parseInteger(value as string));
  return numbers.includes(undefined)
    ? { field, op, values }
    : { field, op, values: numbers as number[], numeric: true };
}

function readValue(text: string, type: string): Value | undefined {
  if (type === 'integer') return parseInteger(text);
  return type === 'date' ? parseDate(text) : text;
}

/**
 * A text is sorted as a number where that is asked for (doc: `order=desc+integer+facebook_id`). Otherwise the type is ignored:
 * the JS SDKs always say `string` (sdk).
 */
function parseOrder(text: string, fields: QueryFields, rules: V1Rules): Order {
  const [, direction, type = '', field = ''] = ORDER.exec(text) ?? [];
  if (!rules.orderFields.has(field)) fail('order_malformed', { value: text });
  return {
    field,
    descending: direction === 'desc',
    numeric: fields[field]!.type === 'string' && NUMERIC.has(type),
  };
}

/** The texts in a parameter that may be one value, a list or keyed: `filter[]=`, `filter[gt]=`, `filter=`. */
function strings(given: unknown): string[] {
  if (given === undefined || given === null || given === '') return [];
  if (typeof given === 'object') return Object.values(given).flatMap(strings);
  return [String(given)];
}
