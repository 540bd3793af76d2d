import { compileOrder, compileTest, type Test } from './compile.ts';
import type { Condition, Query, QueryField, Value } from './condition.ts';

type Key = number | string;

/** Keys in ascending order. */
interface Keys {
  readonly size: number;
  keys(): Iterable<Key>;
}

/** What a query runs over: records by key, and the look-ups that spare a scan. */
export interface Table<T> {
  readonly size: number;
  get(key: never): T | undefined;
  values(): Iterable<T>;
  lookup(index: string, value: Key): Keys;
  lookupPrefix(index: string, prefix: string): Key[];
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
  const { candidates, rest } = narrowest(table, query.where, fields);
  const tests = rest.map((condition) => compileTest(condition, fields));
  const byId = query.order.length === 0;
  if (tests.length === 0 && byId)
    return { total: candidates?.size ?? table.size, records: slice(table, candidates, query) };

  const matches = filtered(candidates ? recordsOf(table, candidates) : table.values(), tests);
  return byId ? firstInOrder(matches, query) : best(matches, query);
}

/** The condition whose index leaves the fewest records, taken out of the list; all records when none has one. */
function narrowest<T>(table: Table<T>, where: readonly Condition[], fields: QueryFields) {
  let candidates: Keys | undefined;
  let chosen: Condition | undefined;
  for (const condition of where) {
    const found = fields[condition.field]!.indexed ? INDEXED[condition.op]?.(table, condition, fields) : undefined;
    if (found && (!candidates || found.size < candidates.size)) {
      candidates = found;
      chosen = condition;
    }
  }
  return { candidates, rest: where.filter((condition) => condition !== chosen) };
}

/** The operators that an index can answer. */
const INDEXED: Partial<
  Record<Condition['op'], (table: Table<unknown>, condition: Condition, fields: QueryFields) => Keys>
> = {
  in(table, { field, values }, fields) {
    const { fold } = fields[field]!;
    const value = (each: Value) => (typeof each === 'string' && fold ? fold(each) : each) as Key;
    if (values.length === 1) return table.lookup(field, value(values[0]!));
    const found = values.map((each) => table.lookup(field, value(each))).filter((keys) => keys.size > 0);
    return found.length === 1 ? found[0]! : union(found);
  },
  start_with(table, { field, values }) {
    return listed(table.lookupPrefix(field, values[0] as string));
  },
};

function union(found: readonly Keys[]): Keys {
  const all = new Set<Key>();
  for (const keys of found) for (const key of keys.keys()) all.add(key);
  return listed([...all].sort((a, b) => (a < b ? -1 : 1)));
}

function listed(keys: Key[]): Keys {
  return { size: keys.length, keys: () => keys };
}

function* recordsOf<T>(table: Table<T>, keys: Keys): Iterable<T> {
  for (const key of keys.keys()) yield table.get(key as never)!;
}

function* filtered<T>(records: Iterable<T>, tests: readonly Test[]): Iterable<T> {
  next: for (const record of records) {
    for (const test of tests) if (!test(record)) continue next;
    yield record;
  }
}

function slice<T>(table: Table<T>, candidates: Keys | undefined, { skip, limit }: Query): T[] {
  const records: T[] = [];
  let at = 0;
  for (const record of candidates ? recordsOf(table, candidates) : table.values()) {
    if (at++ < skip) continue;
    if (records.length === limit) break;
    records.push(record);
  }
  return records;
}

function firstInOrder<T>(matches: Iterable<T>, { skip, limit }: Query): Selection<T> {
  const records: T[] = [];
  let total = 0;
  for (const record of matches) {
    if (total >= skip && records.length < limit) records.push(record);
    total++;
  }
  return { total, records };
}

/** Keeps only as many of the best as the page needs: sorting 100,000 to show 100 would take fifty times as long. */
function best<T>(matches: Iterable<T>, { order, skip, limit }: Query): Selection<T> {
  const compare = compileOrder(order);
  const wanted = skip + limit;
  const room = Math.max(wanted * 2, 256);
  let kept: T[] = [];
  let worst: T | undefined;
  let total = 0;
  for (const record of matches) {
    total++;
    if (worst !== undefined && compare(record, worst) >= 0) continue;
    kept.push(record);
    if (kept.length >= room) {
      kept = kept.sort(compare).slice(0, wanted);
      worst = kept.length === wanted ? kept[wanted - 1] : undefined;
    }
  }
  return { total, records: kept.sort(compare).slice(skip, wanted) };
}
