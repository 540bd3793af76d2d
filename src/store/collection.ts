import { type Key, type Keys, keysFrom } from '../query/keys.ts';
import { OrderedMap } from './ordered.ts';
import { PrefixIndex } from './prefix-index.ts';
import { ValueIndex } from './value-index.ts';

/** What a record can be found by, besides its key. */
export type Indexes<T> = Readonly<Record<string, Index<T>>>;
export interface Index<T> {
  /** The values that a record has there: none, one or several. */
  readonly read: (record: T) => Key | readonly Key[] | null;
  /** Makes texts alike that mean the same. */
  readonly fold?: ((text: string) => string) | undefined;
}

/** Told of every change, in order: the record before it and after it (undefined: not there). */
export type ChangeListener<T> = (key: Key, before: T | undefined, after: T | undefined) => void;

export interface CollectionOptions<K extends Key, T> {
  /** The field that is the key; it can be looked up like an index. */
  readonly key: string;
  readonly keyOf: (record: T) => K;
  readonly indexes: Indexes<T>;
  /** Of these, those whose values are lists. */
  readonly lists?: ReadonlySet<string>;
  /** How values are made alike in prefix indexes. */
  readonly foldPrefix: (value: string) => string;
}

/** A prefix index that changed so often without being asked is in the way of an import: it is built anew when it is asked again. */
const MANY_CHANGES = 1000;

/** What a collection and its forks share until one of them changes. */
interface Data<K extends Key, T> {
  readonly records: OrderedMap<K, T>;
  indexes: {
    readonly values: Map<string, ValueIndex<K>>;
    readonly prefixes: Map<string, PrefixIndex<K>>;
  };
  shared: boolean;
}

/**
 * Records by key, with secondary indexes. The records are immutable and replaced as a whole, so that a fork costs nothing:
 * it shares everything until one side changes, which copies the map of keys first. An index is built when it is first asked
 * for and kept true by `put` and `delete` alone.
 */
export class Collection<K extends Key, T extends object> {
  readonly #options: CollectionOptions<K, T>;
  #data: Data<K, T> = dataOf(new OrderedMap<K, T>());
  onChange: ChangeListener<T> | undefined;

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
    this.#reindex(data, key, before, record);
    this.onChange?.(key, before, record);
  }

  /** Removes a record. @returns false when there is none */
  delete(key: K): boolean {
    const before = this.#data.records.get(key);
    if (!before) return false;
    const data = this.#writable();
    data.records.delete(key);
    this.#reindex(data, key, before, undefined);
    this.onChange?.(key, before, undefined);
    return true;
  }

  /** The keys of the records that have a value in an index. */
  lookup(index: string, value: Key): Keys<K> {
    if (index !== this.#options.key) return this.#valueIndex(index).get(value);
    return keysFrom(this.#data.records.has(value as K) ? [value as K] : []);
  }

  /** One record that has a value in an index. */
  find(index: string, value: Key): T | undefined {
    for (const key of this.lookup(index, value).keys()) return this.get(key);
    return undefined;
  }

  /** The keys of the records with a value in an index that starts with a text. */
  lookupPrefix(index: string, prefix: string): Keys<K> {
    const { foldPrefix, indexes, lists } = this.#options;
    const start = foldPrefix(prefix);
    const meets = (value: string) => foldPrefix(value).startsWith(start);
    if (lists?.has(index)) return this.#valueIndex(index).matching(meets);
    const read = indexes[index]!.read as (record: T) => Key | null;
    const found = this.#prefixIndex(index).get(prefix);
    return {
      ...found,
      first: (count) => this.#first(count, found, (record) => read(record) !== null && meets(String(read(record)))),
    };
  }

  /** A collection with the same records, to be changed apart. Costs nothing until one of the two changes. */
  fork(): Collection<K, T> {
    const fork = new Collection(this.#options);
    this.#data.shared = true;
    fork.#data = this.#data;
    return fork;
  }

  /**
   * The lowest of the keys that a prefix finds. Where it finds many, they are soon met by going through all records; after as
   * many steps as it finds, sorting them is quicker.
   */
  #first(count: number, found: { readonly size: number; keys(): K[] }, meets: (record: T) => boolean): readonly K[] {
    const wanted = Math.min(count, found.size);
    const lowest: K[] = [];
    let steps = found.size;
    for (const record of this.values()) {
      if (lowest.length === wanted || steps-- === 0) break;
      if (meets(record)) lowest.push(this.#options.keyOf(record));
    }
    if (lowest.length === wanted) return lowest;
    return found
      .keys()
      .sort((a, b) => (a < b ? -1 : 1))
      .slice(0, wanted);
  }

  #prefixIndex(index: string): PrefixIndex<K> {
    let built = this.#data.indexes.prefixes.get(index);
    if (!built) {
      const { foldPrefix, keyOf, indexes } = this.#options;
      built = new PrefixIndex<K>(foldPrefix);
      built.build(this.values(), indexes[index]!.read as (record: T) => Key | null, keyOf);
      this.#data.indexes.prefixes.set(index, built);
    }
    return built;
  }

  #valueIndex(index: string): ValueIndex<K> {
    let built = this.#data.indexes.values.get(index);
    if (!built) {
      const { keyOf, indexes } = this.#options;
      const { read, fold } = indexes[index]!;
      built = new ValueIndex<K>(fold);
      for (const record of this.#data.records.values()) built.add(read(record), keyOf(record));
      this.#data.indexes.values.set(index, built);
    }
    return built;
  }

  #writable(): Data<K, T> {
    const data = this.#data;
    if (!data.shared) return data;
    this.#data = dataOf(new OrderedMap(data.records));
    // whoever changes things needs the indexes soon; what stays as it was builds them again if it is ever asked
    [this.#data.indexes, data.indexes] = [data.indexes, this.#data.indexes];
    return this.#data;
  }

  #reindex({ indexes }: Data<K, T>, key: K, before: T | undefined, after: T | undefined): void {
    const change = (name: string, index: ValueIndex<K> | PrefixIndex<K>) => {
      const read = this.#options.indexes[name]!.read as (record: T) => Key | null;
      const old = before ? read(before) : null;
      const next = after ? read(after) : null;
      if (old === next) return;
      index.remove(old, key);
      index.add(next, key);
    };
    for (const [name, index] of indexes.values) change(name, index);
    for (const [name, index] of indexes.prefixes) {
      if (index.changes < MANY_CHANGES) change(name, index);
      else indexes.prefixes.delete(name);
    }
  }
}

function dataOf<K extends Key, T>(records: OrderedMap<K, T>): Data<K, T> {
  return { records, indexes: { values: new Map(), prefixes: new Map() }, shared: false };
}
