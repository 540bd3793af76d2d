import { foldPrefix } from '../query/condition.ts';
import { ascending, type Key, type Keys } from '../query/keys.ts';
import { lowerBound } from './lower-bound.ts';

/** The values of a field in sorted order, with the keys of their records: finds the values that start with a prefix. */
export class PrefixIndex<K extends Key, T> {
  readonly #read: (record: T) => Key | null;
  /** Two arrays side by side take a third of the memory of as many pairs. */
  readonly #values: string[];
  readonly #keys: K[];
  #unreadChanges = 0;

  constructor(read: (record: T) => Key | null, records: Iterable<T>, keyOf: (record: T) => K) {
    this.#read = read;
    const pairs: { readonly value: string; readonly key: K }[] = [];
    for (const record of records) {
      const value = this.#valueOf(record);
      if (value !== null) pairs.push({ value, key: keyOf(record) });
    }
    pairs.sort((a, b) => ascending(a.value, b.value) || ascending(a.key, b.key));
    this.#values = pairs.map(({ value }) => value);
    this.#keys = pairs.map(({ key }) => key);
  }

  /** The keys of the records whose value starts with a folded prefix, in the order of the values. */
  get(prefix: string): Omit<Keys<K>, 'first'> {
    this.#unreadChanges = 0;
    const from = lowerBound(this.#values, (value) => value < prefix);
    const to = lowerBound(this.#values, (value) => value < prefix || value.startsWith(prefix));
    return { size: to - from, keys: () => this.#keys.slice(from, to) };
  }

  /** The number of changes since the last `get`. Each takes time in proportion to the size of the index. */
  get unreadChanges(): number {
    return this.#unreadChanges;
  }

  /** Replaces what the index holds of a record (undefined: there is none). */
  update(key: K, before: T | undefined, after: T | undefined): void {
    const old = before === undefined ? null : this.#valueOf(before);
    const next = after === undefined ? null : this.#valueOf(after);
    if (old === next) return;
    this.#unreadChanges++;
    if (old !== null) this.#remove(old, key);
    if (next !== null) this.#add(next, key);
  }

  #valueOf(record: T): string | null {
    const value = this.#read(record);
    return value === null ? null : foldPrefix(String(value));
  }

  #add(value: string, key: K): void {
    const index = this.#indexOf(value, key);
    this.#values.splice(index, 0, value);
    this.#keys.splice(index, 0, key);
  }

  #remove(value: string, key: K): void {
    const index = this.#indexOf(value, key);
    if (this.#keys[index] !== key) return;
    this.#values.splice(index, 1);
    this.#keys.splice(index, 1);
  }

  /** The index of an entry, or the one at which to insert it. */
  #indexOf(value: string, key: K): number {
    return lowerBound(this.#values, (other, at) => other < value || (other === value && this.#keys[at]! < key));
  }
}
