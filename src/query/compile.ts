import { USER_FIELDS } from '../model/fields.ts';
import type { User } from '../model/records.ts';
import { type Comparison, type Condition, foldPrefix, type Order, type Value } from './condition.ts';
import type { Key } from './keys.ts';

/** Tells whether a user meets a condition. */
export type Predicate = (user: User) => boolean;

/** Compiles a condition. A user without a value meets only `nin` (guess: as in document stores). */
export function compilePredicate(condition: Condition): Predicate {
  const { field, op } = condition;
  const test = compileTest(condition);
  const matches: Predicate =
    field === 'user_tags'
      ? ({ user_tags }) => user_tags?.some(test) ?? false
      : (user) => {
          const value = user[field];
          return value !== null && test(value);
        };
  return op === 'nin' ? (user) => !matches(user) : matches;
}

/** Tests a value: that of a field, or one tag. */
type Test = (value: Key) => boolean;
/** Makes texts equal that count as equal. */
type Fold = (text: string) => Key;

function compileTest(condition: Condition): Test {
  const { fold } = USER_FIELDS[condition.field];
  if ('values' in condition) return folding(fold, inSpans(condition.values.map((value) => spanOf(value, fold))));
  const foldOrNumber = condition.numeric ? numberOf : fold;
  return folding(foldOrNumber, COMPARISONS[condition.op](spanOf(condition.value, foldOrNumber)));
}

function folding(fold: Fold | undefined, test: Test): Test {
  return fold ? (value) => test(fold(String(value))) : test;
}

/** The values that a condition's value stands for, both ends included. Only a date stands for more than itself, or for none. */
interface Span {
  readonly from: Key;
  readonly to: Key;
}

function spanOf(value: Value, fold: Fold | undefined): Span {
  if (typeof value === 'object') return value;
  const folded = fold && typeof value === 'string' ? fold(value) : value;
  return { from: folded, to: folded };
}

/** Two set look-ups at most, however many spans there are: each is a single value, a whole day, or a time between two seconds. */
function inSpans(spans: readonly Span[]): Test {
  const [first, ...others] = spans;
  if (first && others.length === 0) return inSpan(first);
  const values = new Set<Key>();
  const days = new Set<string>();
  for (const { from, to } of spans) {
    if (from === to) values.add(from);
    else if (from < to) days.add(dayOf(from));
  }
  return days.size === 0 ? (value) => values.has(value) : (value) => values.has(value) || days.has(dayOf(value));
}

/** One span alone: without a set, a filter by a number or a day takes half of the time. */
function inSpan({ from, to }: Span): Test {
  return from === to ? (value) => value === from : (value) => value >= from && value <= to;
}

function dayOf(time: Key): string {
  return String(time).slice(0, 10);
}

const COMPARISONS: Readonly<Record<Comparison['op'], (span: Span) => Test>> = {
  gt({ to }) {
    return (value) => value > to;
  },
  gte({ from }) {
    return (value) => value >= from;
  },
  lt({ from }) {
    return (value) => value < from;
  },
  lte({ to }) {
    return (value) => value <= to;
  },
  start_with({ from }) {
    const prefix = foldPrefix(String(from));
    return (value) => foldPrefix(String(value)).startsWith(prefix);
  },
  contains({ from }) {
    const part = foldPrefix(String(from));
    return (value) => foldPrefix(String(value)).includes(part);
  },
};

/** The number that a text is; NaN, which fails every comparison, if it is none. */
function numberOf(text: string): number {
  return /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** Compares users by the fields that a query sorts by, then by id. Absent values come first. */
export interface Ordering {
  /** The value that is compared first. Store it for repeated comparisons: reading it takes half of their time. */
  readonly sortKey: (user: User) => Key | null;
  readonly compare: (keyOfA: Key | null, a: User, keyOfB: Key | null, b: User) => number;
}

export function compileOrder(order: readonly Order[]): Ordering {
  // users that differ in a field were sorted by its first mention; a second one decides nothing
  const fields = order.map(({ field }) => field);
  const [first = BY_ID, ...others] = order.filter(({ field }, index) => fields.indexOf(field) === index);
  const sign = first.descending ? -1 : 1;
  const compareOthers = others.reduceRight<(a: User, b: User) => number>(
    (next, { descending, ...by }) =>
      (a, b) =>
        (descending ? -1 : 1) * compareSortKeys(sortKeyOf(a, by), sortKeyOf(b, by)) || next(a, b),
    (a, b) => a.id - b.id,
  );
  return {
    sortKey: (user) => sortKeyOf(user, first),
    compare: (keyOfA, a, keyOfB, b) => sign * compareSortKeys(keyOfA, keyOfB) || compareOthers(a, b),
  };
}

const BY_ID: Order = { field: 'id', descending: false };

/** Tags are compared as one text. */
function sortKeyOf(user: User, { field, numeric }: Omit<Order, 'descending'>): Key | null {
  const value = user[field];
  if (typeof value === 'object') return value === null ? null : value.join();
  if (!numeric) return value;
  const number = numberOf(String(value));
  return Number.isNaN(number) ? value : number;
}

function compareSortKeys(a: Key | null, b: Key | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  // texts among numbers come after them
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return a < b ? -1 : 1;
}
