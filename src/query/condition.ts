import { fail } from '../model/errors.ts';

/** How a field's values are stored and compared. Dates are `YYYY-MM-DDThh:mm:ssZ`; tags are lists of strings. */
export type FieldType = 'integer' | 'string' | 'date' | 'tags';

/** A value to compare with; a date is a span, since `2018-12-06` means that whole day and a full time one second. */
export type Value = number | string | DateSpan;
export interface DateSpan {
  readonly from: string;
  readonly to: string;
}

/**
 * The operators that both languages come down to: `eq` is `in` with one value, `ne` is `nin`, `between` is `gte` and `lte`.
 * A value that can never match is left out of `in`.
 */
export type Operator = 'in' | 'nin' | 'start_with' | 'gt' | 'gte' | 'lt' | 'lte';

export interface Condition {
  readonly field: string;
  readonly op: Operator;
  readonly values: readonly Value[];
  /** Texts are compared as the numbers they are; other texts never meet it. */
  readonly numeric?: boolean;
}

export interface Order {
  readonly field: string;
  readonly descending: boolean;
  /** Texts are sorted as the numbers they are; other texts as if they were absent. */
  readonly numeric?: boolean;
}

/** More conditions than this at once are a mistake: each one is asked of every user. */
const MAX_CONDITIONS = 100;

/** @throws ApiError `too_many_conditions` */
export function checkCount(where: readonly Condition[]): readonly Condition[] {
  return where.length > MAX_CONDITIONS ? fail('too_many_conditions', { limit: MAX_CONDITIONS }) : where;
}

/** What both languages are read into: all conditions must hold; `id` ascending decides among equals. */
export interface Query {
  readonly where: readonly Condition[];
  readonly order: readonly Order[];
  readonly skip: number;
  readonly limit: number;
}

/** What a query needs to know of a field. */
export interface QueryField {
  readonly type: FieldType;
  readonly fold?: (value: string) => string;
}

const DAY = /^(\d{4})[-.](\d{2})[-.](\d{2})$/;
/** A `+` that was not encoded arrives as a blank. */
const ISO_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) *(?:Z|UTC|([+-]?)(\d{2}):?(\d{2}))?$/;
const JAVASCRIPT_TIME =
  /^\w{3},? (\w{3} \d{2}|\d{2} \w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT(?:([+ -])(\d{4}))?(?: \(.*\))?$/;

/**
 * Reads a date of either language: `2018-12-06` or `2018.12.06` (the whole day, UTC), an ISO time (UTC where it names no
 * zone), a unix time in seconds or milliseconds, or what JavaScript prints for a Date (sdk: sent so by the JS SDKs).
 * @returns undefined when it is none of these
 */
export function parseDate(text: string): DateSpan | undefined {
  const day = DAY.exec(text);
  if (day) {
    const date = `${day[1]}-${day[2]}-${day[3]}`;
    return isDay(date) ? { from: `${date}T00:00:00Z`, to: `${date}T23:59:59Z` } : undefined;
  }
  const ms = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : /^\d{11,15}$/.test(text) ? Number(text) : parseTime(text);
  if (!isTime(ms)) return undefined;
  const second = `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return { from: second, to: second };
}

/** Date.parse takes the 31st of February for a day in March. */
function isDay(date: string): boolean {
  const ms = Date.parse(date);
  return isTime(ms) && new Date(ms).toISOString().startsWith(date);
}

/** Date.parse of these forms alone: it would take nearly any text, and times without zone for the machine's own. */
function parseTime(text: string): number {
  const iso = ISO_TIME.exec(text);
  if (iso) {
    const [, date, time, sign, hours, minutes] = iso as unknown as [string, string, ...string[]];
    if (!isDay(date)) return Number.NaN;
    return Date.parse(`${date}T${time}${hours ? `${sign || '+'}${hours}:${minutes}` : 'Z'}`);
  }
  const printed = JAVASCRIPT_TIME.exec(text);
  if (!printed) return Number.NaN;
  const [, day, year, time, sign, zone] = printed;
  return Date.parse(`${day} ${year} ${time} GMT${zone ? (sign === '-' ? '-' : '+') + zone : ''}`);
}

/** Years 0 to 9999: outside them, comparing texts would no longer compare times. */
function isTime(ms: number): boolean {
  return ms >= -62167219200000 && ms < 253402300800000;
}

/** A parameter that is one value, as text: numbers and booleans as they are written. undefined: a list, an object or nothing. */
export function scalarText(given: unknown): string | undefined {
  return given === undefined || given === null || typeof given === 'object' ? undefined : String(given);
}

/** A list, also one that was too long to come as such: an object with numbers for names. undefined: neither. */
export function asList(given: unknown): readonly unknown[] | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  if (Array.isArray(given)) return given;
  return Object.keys(given).every((name) => /^\d+$/.test(name)) ? Object.values(given) : undefined;
}

/** A phone number as it was meant: a `+` that was not encoded arrives as a blank. */
export function normalizePhone(text: string): string {
  return text.replace(/^ /, '+');
}

/** A whole number as both languages take it, no larger than can be exact; undefined for anything else. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number(text), Number.MAX_SAFE_INTEGER));
}

/** Two units of the encoding that are one character, such as an emoji's. */
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** How many characters a text has: what the documents count. */
export function countCharacters(text: string): number {
  return text.length - (text.match(PAIR)?.length ?? 0);
}
