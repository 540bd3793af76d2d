import { fail } from '../model/errors.ts';
import type { FieldType } from '../model/fields.ts';
import type { DateSpan } from '../support/dates.ts';

/** A value to compare with; a date is a span, since `2018-12-06` means that whole day and a full time one second. */
export type Value = number | string | DateSpan;

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
