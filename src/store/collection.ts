import { foldPrefix } from '../query/condition.ts';
import { ascending, type Key, type Keys, keysFrom } from '../query/keys.ts';
import type { Index, ScalarIndex } from './indexes.ts';
import { OrderedMap } from './ordered-map.ts';
import { PrefixIndex } from './prefix-index.ts';
import { ValueIndex } from './value-index.ts';

/** Hears of every change, in order: the key, and the record before and after (undefined: there is none). */
export type ChangeListener<K extends Key, T> = (key: K, before: T | undefined, after: T | undefined) => void;

export interface CollectionOptions<K extends Key, T> {
  /** The field that is the key; `lookup` accepts it like an index. */
  readonly key: string;
  readonly keyOf: (record: T) => K;
  readonly indexes: Readonly<Record<string, Index<T>>>;
}

/**
 * After this many changes without a lookup a prefix index is dropped and rebuilt on demand: maintaining it would slow
 * imports.
 */
const MAX_UNREAD_CHANGES = 1000;

/** The indexes built so far, by name. */
interface BuiltIndexes<K extends Key, T> {
  readonly values: Map<string, ValueIndex<K, T>>;
  readonly prefixes: Map<string, PrefixIndex<K, T>>;
}

/** The records and indexes that a collection and its forks share until one of them changes. */
interface Data<K extends Key, T> {
  readonly records: OrderedMap<T>;
  indexes: BuiltIndexes<K, T>;
  shared: boolean;
}

/**
 * Records by key, with secondary indexes. Records are immutable and replaced as a whole, so a fork costs nothing: it shares
 * everything until one side changes and copies the map of keys. An index is built by the first query that needs it;
 * `put` and `delete` keep it up to date.
 */
export class Collection<K extends Key, T extends object> {
  readonly #options: CollectionOptions<K, T>;
  #data: Data<K, T> = dataOf(new OrderedMap<T>());
  onChange: ChangeListener<K, T> | undefined;

  constructor(options: CollectionOptions<K, T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#data.records.size;
  }

  get(key: K): T | undefined {
    return this.#data.records.get(key);
  }

  /** All records, by ascending key. */
  values(): IterableIterator<T> {
    return this.#data.records.values();
  }

  /** Adds a record, or replaces the one with its key. */
  put(record: T): void {
    const key = this.#options.keyOf(record);
    const data = this.#writable();
    const before = data.records.get(key);
    data.records.set(key, record);
    updateIndexes(data.indexes, key, before, record);
    this.onChange?.(key, before, record);
  }

  /** Removes a record. @returns false when there is none */
  delete(key: K): boolean {
    const before = this.#data.records.get(key);
    if (!before) return false;
    const data = this.#writable();
    data.records.delete(key);
    updateIndexes(data.indexes, key, before, undefined);
    this.onChange?.(key, before, undefined);
    return true;
  }

  /** The keys of the records with this value in an index, or as their key. */
  lookup(name: string, value: Key): Keys<K> {
    if (name !== this.#options.key) return this.#valueIndex(name).get(value);
    const record = this.#data.records.get(value);
    return keysFrom(record ? [this.#options.keyOf(record)] : []);
  }

  /** The record with this value in an index; of several, the one with the lowest key. */
  find(name: string, value: Key): T | undefined {
    const [key] = this.lookup(name, value).first(1);
    return key === undefined ? undefined : this.get(key);
  }

  /** The keys of the records with a value in an index that starts with a prefix, in any case. */
  lookupPrefix(name: string, prefix: string): Keys<K> {
    const folded = foldPrefix(prefix);
    const matches = (value: Key | null) => value !== null && foldPrefix(String(value)).startsWith(folded);
    const index = this.#index(name);
    if (index.kind === 'list') return this.#valueIndex(name).matching(matches);
    const found = this.#prefixIndex(name, index).get(folded);
    return { ...found, first: (count) => this.#lowest(count, found, (record) => matches(index.read(record))) };
  }

  /** A collection with the same records that changes independently. Costs nothing until one of the two changes. */
  fork(): Collection<K, T> {
    const fork = new Collection(this.#options);
    this.#data.shared = true;
    fork.#data = this.#data;
    return fork;
  }

  /**
   * The lowest keys that a prefix finds. Walking through all records meets them soon if there are many; after as many
   * steps as there are keys, sorting them is quicker.
   */
  #lowest(count: number, found: Omit<Keys<K>, 'first'>, matches: (record: T) => boolean): readonly K[] {
    const wanted = Math.min(count, found.size);
    const lowest: K[] = [];
    let steps = found.size;
    for (const record of this.values()) {
      if (lowest.length === wanted || steps-- === 0) break;
      if (matches(record)) lowest.push(this.#options.keyOf(record));
    }
    return lowest.length === wanted ? lowest : [...found.keys()].sort(ascending).slice(0, wanted);
  }

  #index(name: string): Index<T> {
    const index = this.#options.indexes[name];
    if (!index) throw new Error(`there is no index ${name}`);
    return index;
  }

  #valueIndex(name: string): ValueIndex<K, T> {
    const { values } = this.#data.indexes;
    let built = values.get(name);
    if (!built) {
      built = new ValueIndex<K, T>(this.#index(name));
      for (const record of this.values()) built.update(this.#options.keyOf(record), undefined, record);
      values.set(name, built);
    }
    return built;
  }

  #prefixIndex(name: string, index: ScalarIndex<T>): PrefixIndex<K, T> {
    const { prefixes } = this.#data.indexes;
    let built = prefixes.get(name);
    if (!built) {
      built = new PrefixIndex<K, T>(index.read, this.values(), this.#options.keyOf);
      prefixes.set(name, built);
    }
    return built;
  }

  /** The data to change: a copy if it is shared. */
  #writable(): Data<K, T> {
    const data = this.#data;
    if (!data.shared) return data;
    this.#data = dataOf(data.records.copy());
    // the side that changes keeps the built indexes; the other rebuilds its own when it is queried
    [this.#data.indexes, data.indexes] = [data.indexes, this.#data.indexes];
    return this.#data;
  }
}

function dataOf<K extends Key, T>(records: OrderedMap<T>): Data<K, T> {
  return { records, indexes: { values: new Map(), prefixes: new Map() }, shared: false };
}

function updateIndexes<K extends Key, T>(
  { values, prefixes }: BuiltIndexes<K, T>,
  key: K,
  before: T | undefined,
  after: T | undefined,
): void {
  for (const index of values.values()) index.update(key, before, after);
  for (const [name, index] of prefixes) {
    if (index.unreadChanges < MAX_UNREAD_CHANGES) index.update(key, before, after);
    else prefixes.delete(name);
  }
}
