import { ascending, type Key, type Keys, keysFrom, union } from '../query/keys.ts';
import type { Index } from './indexes.ts';
import { lowerBound } from './lower-bound.ts';

const NO_KEYS: Keys<never> = keysFrom([]);

/** Finds the keys of the records with a value. Most values belong to one record, whose key is stored without a list. */
export class ValueIndex<K extends Key, T> {
  readonly #index: Index<T>;
  readonly #keys = new Map<Key, K | KeyList<K>>();

  constructor(index: Index<T>) {
    this.#index = index;
  }

  get(value: Key): Keys<K> {
    const found = this.#keys.get(this.#fold(value));
    if (found === undefined) return NO_KEYS;
    return typeof found === 'object' ? found : keysFrom([found]);
  }

  /** The keys of the records with a value that passes a test. Tests every value in the index. */
  matching(test: (value: Key) => boolean): Keys<K> {
    const values = [...this.#keys.keys()].filter(test);
    return union(values.map((value) => this.get(value)));
  }

  /** Replaces what the index holds of a record (undefined: there is none). */
  update(key: K, before: T | undefined, after: T | undefined): void {
    const old = before === undefined ? null : this.#index.read(before);
    const next = after === undefined ? null : this.#index.read(after);
    if (old === next) return;
    if (typeof old !== 'object') this.#remove(old, key);
    else for (const value of old ?? []) this.#remove(value, key);
    if (typeof next !== 'object') this.#add(next, key);
    else for (const value of next ?? []) this.#add(value, key);
  }

  #fold(value: Key): Key {
    return typeof value === 'string' && this.#index.kind === 'scalar' ? (this.#index.fold?.(value) ?? value) : value;
  }

  #add(given: Key, key: K): void {
    const value = this.#fold(given);
    const found = this.#keys.get(value);
    if (found === undefined) this.#keys.set(value, key);
    else if (typeof found === 'object') found.add(key);
    else if (found !== key) this.#keys.set(value, new KeyList([found, key]));
  }

  #remove(given: Key, key: K): void {
    const value = this.#fold(given);
    const found = this.#keys.get(value);
    if (typeof found === 'object') {
      found.remove(key);
      if (found.size === 0) this.#keys.delete(value);
    } else if (found === key) this.#keys.delete(value);
  }
}

/** Many keys in ascending order. Most arrive in that order; after one that doesn't, the next reading sorts. */
class KeyList<K extends Key> implements Keys<K> {
  readonly #keys: K[] = [];
  #sorted = true;

  constructor(keys: readonly K[]) {
    for (const key of keys) this.add(key);
  }

  get size(): number {
    return this.#keys.length;
  }

  add(key: K): void {
    const last = this.#keys.at(-1);
    if (last === key) return; // a record with the same value twice
    if (last !== undefined && key < last) this.#sorted = false;
    this.#keys.push(key);
  }

  remove(key: K): void {
    const keys = this.keys();
    const index = lowerBound(keys, (other) => other < key);
    if (keys[index] === key) this.#keys.splice(index, 1);
  }

  keys(): readonly K[] {
    if (!this.#sorted) {
      this.#keys.sort(ascending);
      this.#sorted = true;
    }
    return this.#keys;
  }

  first(count: number): readonly K[] {
    return keysFrom(this.keys()).first(count);
  }
}
