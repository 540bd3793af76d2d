import quickselect from 'quickselect';
import { INDEXED_FIELDS } from '../model/fields.ts';
import type { User, UserField } from '../model/records.ts';
import { compileOrder, compilePredicate, type Ordering, type Predicate } from './compile.ts';
import type { Condition, Query } from './condition.ts';
import { type Key, type Keys, union } from './keys.ts';

/** The users that a query runs over, and the look-ups that spare it a scan. */
export interface UserTable {
  readonly size: number;
  get(id: number): User | undefined;
  /** All users, by ascending id. */
  values(): Iterable<User>;
  /** The ids of the users with a value. */
  lookup(field: UserField, value: Key): Keys<number>;
  /** The ids of the users with a value that starts with a prefix. */
  lookupPrefix(field: UserField, prefix: string): Keys<number>;
}

export interface Selection {
  /** The number of users that meet the conditions, on all pages. */
  readonly total: number;
  /** The users of the page. */
  readonly records: User[];
}

/** Runs a query: looks up the most selective index, tests the other conditions, sorts no more than the page needs. */
export function select(table: UserTable, { where, order, skip, limit }: Query): Selection {
  const { candidates, rest } = chooseIndex(table, where);
  if (rest.length === 0 && order.length === 0) {
    const records = candidates ? pageOf(table, candidates, skip, limit) : slice(table.values(), skip, limit);
    return { total: candidates?.size ?? table.size, records };
  }
  const matches = all(rest.map(compilePredicate));
  const top = new TopK(compileOrder(order), skip, limit);
  // two loops on purpose: a single polymorphic loop is markedly slower in V8
  if (candidates) {
    for (const id of candidates.keys()) {
      const user = table.get(id);
      if (user && matches(user)) top.add(user);
    }
  } else {
    for (const user of table.values()) if (matches(user)) top.add(user);
  }
  return top.selection();
}

/** The ids that the most selective index finds (undefined: no index helps), and the conditions that are left to test. */
function chooseIndex(table: UserTable, where: readonly Condition[]) {
  let candidates: Keys<number> | undefined;
  let chosen: Condition | undefined;
  for (const condition of where) {
    const found = lookUp(table, condition);
    if (found && (!candidates || found.size < candidates.size)) {
      candidates = found;
      chosen = condition;
    }
  }
  return { candidates, rest: where.filter((condition) => condition !== chosen) };
}

const INDEXED: ReadonlySet<UserField> = new Set(['id', ...INDEXED_FIELDS]);

/** The ids of the users that meet a condition; undefined if no index can tell. */
function lookUp(table: UserTable, condition: Condition): Keys<number> | undefined {
  const { field, op } = condition;
  if (!INDEXED.has(field)) return undefined;
  if (op === 'start_with') return table.lookupPrefix(field, String(condition.value));
  if (op !== 'in') return undefined;
  const values = condition.values.filter((value) => typeof value !== 'object');
  return union(values.map((value) => table.lookup(field, value)).filter(({ size }) => size > 0));
}

function pageOf(table: UserTable, ids: Keys<number>, skip: number, limit: number): User[] {
  const page = ids.first(skip + limit).slice(skip);
  return page.map((id) => table.get(id)).filter((user) => user !== undefined);
}

function slice<T>(values: Iterable<T>, skip: number, limit: number): T[] {
  const page: T[] = [];
  let index = 0;
  for (const value of values) {
    if (index++ < skip) continue;
    if (page.length === limit) break;
    page.push(value);
  }
  return page;
}

function all(predicates: readonly Predicate[]): Predicate {
  const [first = () => true, ...others] = predicates;
  return others.length === 0 ? first : (user) => first(user) && others.every((matches) => matches(user));
}

/** The first users in an order: holds only as many as the page needs. Sorting 100,000 to show 100 takes fifty times as long. */
class TopK {
  readonly #order: Ordering;
  readonly #skip: number;
  readonly #wanted: number;
  readonly #capacity: number;
  readonly #entries: Entry[] = [];
  /** The first entry that isn't wanted any more: users behind it needn't be added. */
  #bound: Entry | undefined;
  #total = 0;

  constructor(order: Ordering, skip: number, limit: number) {
    this.#order = order;
    this.#skip = skip;
    this.#wanted = skip + limit;
    this.#capacity = Math.max(this.#wanted * 2, 256);
  }

  add(user: User): void {
    this.#total++;
    const sortKey = this.#order.sortKey(user);
    const bound = this.#bound;
    if (bound !== undefined && this.#order.compare(sortKey, user, bound.sortKey, bound.user) >= 0) return;
    this.#entries.push({ sortKey, user });
    if (this.#entries.length === this.#capacity) this.#dropUnwanted();
  }

  selection(): Selection {
    this.#dropUnwanted();
    this.#partition(this.#skip);
    const page = this.#entries.slice(this.#skip).sort(this.#compare);
    return { total: this.#total, records: page.map(({ user }) => user) };
  }

  #dropUnwanted(): void {
    this.#bound = this.#partition(this.#wanted) ?? this.#bound;
    this.#entries.length = Math.min(this.#entries.length, this.#wanted);
  }

  /** Moves the first `count` entries before all others, unsorted. @returns the first of the others */
  #partition(count: number): Entry | undefined {
    if (count < this.#entries.length) quickselect(this.#entries, count, 0, this.#entries.length - 1, this.#compare);
    return this.#entries[count];
  }

  readonly #compare = (a: Entry, b: Entry) => this.#order.compare(a.sortKey, a.user, b.sortKey, b.user);
}

/** A user with the value that decides its order first. */
interface Entry {
  readonly sortKey: Key | null;
  readonly user: User;
}
