import { type Key, OrderedMap } from './ordered.ts';

/** Keys in ascending order, as an index gives them. */
export interface Keys<K extends Key> {
  readonly size: number;
  has(key: K): boolean;
  keys(): Iterable<K>;
}

export const NO_KEYS: Keys<never> = { size: 0, has: () => false, keys: () => [] };

export function oneKey<K extends Key>(key: K): Keys<K> {
  return { size: 1, has: (other) => other === key, keys: () => [key] };
}

/** Value → keys of the records that have it. Most values have one record, which is kept without a container of its own. */
export class ValueIndex<K extends Key> {
  readonly #keys = new Map<Key, K | OrderedMap<K, true>>();

  get(value: Key): Keys<K> {
    const found = this.#keys.get(value);
    if (found === undefined) return NO_KEYS;
    return typeof found === 'object' ? found : oneKey(found);
  }

  add(value: Key | readonly Key[] | null, key: K): void {
    if (value === null) return;
    if (typeof value === 'object') {
      for (const each of value) this.#add(each, key);
    } else this.#add(value, key);
  }

  remove(value: Key | readonly Key[] | null, key: K): void {
    if (value === null) return;
    if (typeof value === 'object') {
      for (const each of value) this.#remove(each, key);
    } else this.#remove(value, key);
  }

  #add(value: Key, key: K): void {
    const found = this.#keys.get(value);
    if (found === undefined) this.#keys.set(value, key);
    else if (typeof found === 'object') found.set(key, true);
    else if (found !== key) {
      const several = new OrderedMap<K, true>();
      several.set(found, true);
      several.set(key, true);
      this.#keys.set(value, several);
    }
  }

  #remove(value: Key, key: K): void {
    const found = this.#keys.get(value);
    if (typeof found === 'object') {
      found.delete(key);
      if (found.size === 0) this.#keys.delete(value);
    } else if (found === key) this.#keys.delete(value);
  }
}
