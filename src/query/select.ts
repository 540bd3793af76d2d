import quickselect from 'quickselect';
import { compileOrder, compilePredicate, type Ordering, type Predicate } from './compile.ts';
import type { Condition, Query, QueryField } from './condition.ts';
import { type Key, type Keys, union } from './keys.ts';

/** What a query runs over: records by key, and the look-ups that spare a scan. */
export interface Table<T> {
  readonly size: number;
  get(key: never): T | undefined;
  /** By ascending key. */
  values(): Iterable<T>;
  lookup(index: string, value: Key): Keys;
  lookupPrefix(index: string, prefix: string): Keys;
}

/** `indexed`: equality and prefixes of this field may be answered by an index. */
export type QueryFields = Readonly<Record<string, QueryField & { readonly indexed?: boolean }>>;

export interface Selection<T> {
  /** How many records meet the conditions, whatever the page. */
  readonly total: number;
  readonly records: T[];
}

/** Runs a query: the narrowest index first, the other conditions as tests, and no more sorting than the page needs. */
export function select<T extends object>(table: Table<T>, query: Query, fields: QueryFields): Selection<T> {
  const { candidates, rest } = chooseIndex(table, query.where, fields);
  if (rest.length === 0 && query.order.length === 0) {
    const records = candidates ? page(table, candidates, query) : slice(table.values(), query);
    return { total: candidates?.size ?? table.size, records };
  }
  const meets = all(rest.map((condition) => compilePredicate(condition, fields)));
  const best = new TopK<T>(query);
  // two loops, since V8 is slow where one runs over this and that
  if (candidates) {
    for (const key of candidates.keys()) {
      const record = table.get(key as never)!;
      if (meets(record)) best.add(record);
    }
  } else {
    for (const record of table.values()) if (meets(record)) best.add(record);
  }
  return best.selection();
}

/** The condition whose index leaves the fewest records, taken out of the list; all records when none has one. */
function chooseIndex<T>(table: Table<T>, where: readonly Condition[], fields: QueryFields) {
  let candidates: Keys | undefined;
  let chosen: Condition | undefined;
  for (const condition of where) {
    const found = fields[condition.field]!.indexed ? INDEXED[condition.op]?.(table, condition) : undefined;
    if (found && (!candidates || found.size < candidates.size)) {
      candidates = found;
      chosen = condition;
    }
  }
  return { candidates, rest: where.filter((condition) => condition !== chosen) };
}

/** The operators that an index can answer. */
const INDEXED: Partial<Record<Condition['op'], (table: Table<unknown>, condition: Condition) => Keys>> = {
  in(table, { field, values }) {
    const found = values.map((value) => table.lookup(field, value as Key)).filter((keys) => keys.size > 0);
    return found.length === 1 ? found[0]! : union(found);
  },
  start_with(table, { field, values }) {
    return table.lookupPrefix(field, values[0] as string);
  },
};

function page<T>(table: Table<T>, candidates: Keys, { skip, limit }: Query): T[] {
  const keys = candidates.first(skip + limit).slice(skip);
  return keys.map((key) => table.get(key as never)!);
}

function slice<T>(records: Iterable<T>, { skip, limit }: Query): T[] {
  const found: T[] = [];
  let at = 0;
  for (const record of records) {
    if (at++ < skip) continue;
    if (found.length === limit) break;
    found.push(record);
  }
  return found;
}

function all(tests: readonly Predicate[]): Predicate {
  const [first = () => true, ...others] = tests;
  return others.length === 0 ? first : (record) => first(record) && others.every((meets) => meets(record));
}

/** Keeps only as many of the best as the page needs: sorting 100,000 to show 100 would take fifty times as long. */
class TopK<T> {
  readonly #order: Ordering;
  readonly #skip: number;
  readonly #wanted: number;
  readonly #capacity: number;
  readonly #kept: RankedRecord<T>[] = [];
  /** The best of those that are not wanted any more. */
  #bound: RankedRecord<T> | undefined;
  #total = 0;

  constructor({ order, skip, limit }: Query) {
    this.#order = compileOrder(order);
    this.#skip = skip;
    this.#wanted = skip + limit;
    this.#capacity = Math.max(this.#wanted * 2, 256);
  }

  add(record: T): void {
    this.#total++;
    const key = this.#order.key(record);
    const bound = this.#bound;
    if (bound !== undefined && this.#order.compare(key, record, bound.key, bound.record) >= 0) return;
    this.#kept.push({ key, record });
    if (this.#kept.length === this.#capacity) this.#keepWanted();
  }

  selection(): Selection<T> {
    this.#keepWanted();
    this.#partition(this.#skip);
    const records = this.#kept.slice(this.#skip).sort(this.#compare);
    return { total: this.#total, records: records.map(({ record }) => record) };
  }

  #keepWanted(): void {
    this.#bound = this.#partition(this.#wanted) ?? this.#bound;
    this.#kept.length = Math.min(this.#kept.length, this.#wanted);
  }

  /** Puts so many of the best before all others. @returns the best of the others */
  #partition(count: number): RankedRecord<T> | undefined {
    if (count < this.#kept.length) quickselect(this.#kept, count, 0, this.#kept.length - 1, this.#compare);
    return this.#kept[count];
  }

  readonly #compare = (a: RankedRecord<T>, b: RankedRecord<T>) => this.#order.compare(a.key, a.record, b.key, b.record);
}

interface RankedRecord<T> {
  readonly key: Key | null;
  readonly record: T;
}
