import { fail } from '../model/errors.ts';
import { type FieldType, USER_FIELDS } from '../model/fields.ts';
import type { UserField } from '../model/records.ts';
import { type DateSpan, parseDate } from '../support/dates.ts';
import { normalizePhone, parseInteger } from '../support/values.ts';

/** A value to compare with. A date is a span: `2018-12-06` means that whole day. */
export type Value = number | string | DateSpan;

/**
 * The operators of both languages come down to these eight: `eq` is `in` with one value, `ne` is `nin`, `between` is `gte`
 * and `lte`.
 */
export type Operator = Condition['op'];

/** The conditions into which both languages are translated. Case, types and dates are settled: an index and a scan find the same users. */
export type Condition = Membership | Comparison;

export interface Membership {
  readonly field: UserField;
  readonly op: 'in' | 'nin';
  readonly values: readonly Value[];
}

export interface Comparison {
  readonly field: UserField;
  readonly op: 'start_with' | 'contains' | 'gt' | 'gte' | 'lt' | 'lte';
  readonly value: Value;
  /** The field's texts are compared as numbers; a text that is not a number doesn't match. */
  readonly numeric?: boolean;
}

export interface Order {
  readonly field: UserField;
  readonly descending: boolean;
  /** The field's texts are sorted as numbers; a text that is not a number counts as absent. */
  readonly numeric?: boolean;
}

/** A user has to meet all conditions. Users that `order` leaves equal are sorted by id, ascending. */
export interface Query {
  readonly where: readonly Condition[];
  readonly order: readonly Order[];
  readonly skip: number;
  readonly limit: number;
}

/** Each condition is tested on every user, and no client needs more of them in one query. */
export const MAX_CONDITIONS = 100;

/** @throws ApiError `too_many_conditions` */
export function checkCount(where: readonly Condition[]): readonly Condition[] {
  return where.length > MAX_CONDITIONS ? fail('too_many_conditions', { limit: MAX_CONDITIONS }) : where;
}

/** A value in the form in which a field's are stored; undefined: the field can't have it. */
export function readValue(field: UserField, text: string): Value | undefined {
  const { type } = USER_FIELDS[field];
  if (type === 'integer') return parseInteger(text);
  if (type === 'date') return parseDate(text);
  return field === 'phone' ? normalizePhone(text) : text;
}

/** The name of a field's type in errors. */
export function typeName(field: UserField): Exclude<FieldType, 'integer'> | 'number' {
  const { type } = USER_FIELDS[field];
  return type === 'integer' ? 'number' : type;
}

/** The values of a list that comes as one text: `1,2`, or `1, 2`; of phone numbers, also one whose pluses arrived as blanks. */
export function splitList(field: UserField, text: string): string[] {
  const blanksArePluses = field === 'phone' && text.startsWith(' ');
  return text.split(',').map((part) => (blanksArePluses ? normalizePhone(part) : part).trim());
}

/** guess: a search while typing (doc: `full_name[start_with]=hunter`) is expected to find `Hunter`. */
export function foldPrefix(text: string): string {
  return text.toLowerCase();
}
