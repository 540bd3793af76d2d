import type { DateSpan } from '../support/dates.ts';
import type { Condition, Operator, Order, QueryField, Value } from './condition.ts';
import type { Key } from './keys.ts';

type Fields = Readonly<Record<string, QueryField>>;
// biome-ignore lint/suspicious/noExplicitAny: records are read by field name; the field table says what is there
type Row = any;
export type Predicate = (row: Row) => boolean;

/** A function that tells whether a record meets a condition. Absent values meet only `nin` (guess: as a document store has it). */
export function compilePredicate(condition: Condition, fields: Fields): Predicate {
  const { field, op, values, numeric } = condition;
  const { type, fold = same } = fields[field]!;
  if (numeric) return OPERATORS[op].plain(field, values, numberOf);
  if (type === 'date') return OPERATORS[op].date(field, values as DateSpan[]);
  if (type === 'tags') return OPERATORS[op].tags(field, new Set(values as string[]));
  return OPERATORS[op].plain(field, type === 'string' ? values.map((value) => fold(value as string)) : values, fold);
}

interface OperatorTests {
  plain(field: string, values: readonly Value[], fold: (value: string) => Value): Predicate;
  date(field: string, spans: readonly DateSpan[]): Predicate;
  tags(field: string, values: ReadonlySet<string>): Predicate;
}

/** One row per operator: how it tests plain values, dates and tags. The parsers let no other combination through. */
const OPERATORS: Readonly<Record<Operator, OperatorTests>> = {
  in: {
    plain: (field, values, fold) => {
      const wanted = new Set(values);
      return (row) => wanted.has(folded(row[field], fold));
    },
    date: (field, spans) => {
      const within = inSpans(spans);
      return (row) => within(row[field]);
    },
    tags: (field, values) => (row) => row[field]?.some((tag: string) => values.has(tag)) ?? false,
  },
  nin: {
    plain: (field, values, fold) => {
      const unwanted = new Set(values);
      return (row) => !unwanted.has(folded(row[field], fold));
    },
    date: (field, spans) => {
      const within = inSpans(spans);
      return (row) => !within(row[field]);
    },
    tags: (field, values) => (row) => !row[field]?.some((tag: string) => values.has(tag)),
  },
  start_with: {
    plain: (field, [prefix]) => {
      const start = foldPrefix(prefix as string);
      return (row) => row[field] !== null && foldPrefix(row[field]).startsWith(start);
    },
    date: never,
    tags: (field, values) => {
      const [prefix = ''] = values;
      const start = foldPrefix(prefix);
      return (row) => row[field]?.some((tag: string) => foldPrefix(tag).startsWith(start)) ?? false;
    },
  },
  gt: compare((value, { to }) => value > to, 'to'),
  gte: compare((value, { from }) => value >= from, 'from'),
  lt: compare((value, { from }) => value < from, 'from'),
  lte: compare((value, { to }) => value <= to, 'to'),
};

/** The comparing operators: absent values never meet them. `end` is the end of a date's span that counts. */
function compare(test: (value: string, span: DateSpan) => boolean, end: keyof DateSpan): OperatorTests {
  const meets = test as (value: unknown, span: { from: unknown; to: unknown }) => boolean;
  return {
    plain: (field, [value], fold) => {
      const span = { from: value, to: value };
      return (row) => row[field] !== null && meets(folded(row[field], fold), span);
    },
    date: (field, [span]) => {
      const bound = { from: span![end], to: span![end] };
      return (row) => row[field] !== null && meets(row[field], bound);
    },
    tags: (field, values) => {
      const [value] = values;
      const span = { from: value, to: value };
      return (row) => row[field]?.some((tag: string) => meets(tag, span)) ?? false;
    },
  };
}

/** guess: a search while typing (doc: `full_name[start_with]=hunter`) is expected to find `Hunter`. */
export function foldPrefix(value: string): string {
  return value.toLowerCase();
}

/** How records are compared: by the fields asked for, then by id. Absent values come first. */
export interface Ordering {
  /** The value that decides first. Whoever compares a record more than once keeps it: reading it takes half of the time. */
  readonly key: (record: Row) => Key | null;
  readonly compare: (keyOfA: Key | null, a: Row, keyOfB: Key | null, b: Row) => number;
}

export function compileOrder(order: readonly Order[]): Ordering {
  // a field that was sorted by already decides nothing any more
  const fields = order.map(({ field }) => field);
  const deciding = order.filter(({ field }, at) => fields.indexOf(field) === at);
  const [first = { field: 'id', descending: false } as Order, ...others] = deciding;
  const sign = first.descending ? -1 : 1;
  const further = others.reduceRight<(a: Row, b: Row) => number>(
    (next, { descending, ...by }) =>
      (a, b) =>
        (descending ? -1 : 1) * compareValues(sortValue(a, by), sortValue(b, by)) || next(a, b),
    (a, b) => a.id - b.id,
  );
  return {
    key: (record) => sortValue(record, first),
    compare: (keyOfA, a, keyOfB, b) => sign * compareValues(keyOfA, keyOfB) || further(a, b),
  };
}

/** Tags are compared as one text. */
function sortValue(record: Row, { field, numeric }: Omit<Order, 'descending'>): Key | null {
  const value = record[field];
  if (numeric) return value === null || Number.isNaN(numberOf(value)) ? null : numberOf(value);
  return typeof value === 'object' && value !== null ? value.join() : value;
}

function compareValues(a: Key | null, b: Key | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}

function folded(value: unknown, fold: (value: string) => Value): Value {
  return typeof value === 'string' ? fold(value) : (value as Value);
}

/** Whether a time is in one of many spans, each of which is a second or a day: two look-ups, however many there are. */
function inSpans(spans: readonly DateSpan[]): (value: string | null) => boolean {
  const seconds = new Set<string>();
  const days = new Set<string>();
  for (const { from, to } of spans) {
    if (from === to) seconds.add(from);
    else days.add(dayOf(from));
  }
  return (value) => value !== null && (seconds.has(value) || days.has(dayOf(value)));
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}

/** The number that a text is; NaN, of which no comparison is true, where it is none. */
function numberOf(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
}

function same(value: string): string {
  return value;
}

function never(): Predicate {
  return () => false;
}
