import { type Key, type Keys, keysFrom, union } from '../query/keys.ts';

const NO_KEYS: Keys<never> = keysFrom([]);

/** Value → keys of the records that have it. Most values have one record, which is kept without a container of its own. */
export class ValueIndex<K extends Key> {
  readonly #keys = new Map<Key, K | KeyList<K>>();
  readonly #fold: ((text: string) => string) | undefined;

  /** @param fold makes texts alike that mean the same */
  constructor(fold?: (text: string) => string) {
    this.#fold = fold;
  }

  get(value: Key): Keys<K> {
    const found = this.#keys.get(this.#folded(value));
    if (found === undefined) return NO_KEYS;
    return typeof found === 'object' ? found : keysFrom([found]);
  }

  /** The keys of the records with a value that meets a test: looks at every value there is. */
  matching(meets: (value: string) => boolean): Keys<K> {
    const values = [...this.#keys.keys()].filter((value) => meets(String(value)));
    return union(values.map((value) => this.get(value)));
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

  #folded(value: Key): Key {
    return this.#fold && typeof value === 'string' ? this.#fold(value) : value;
  }

  #add(given: Key, key: K): void {
    const value = this.#folded(given);
    const found = this.#keys.get(value);
    if (found === undefined) this.#keys.set(value, key);
    else if (typeof found === 'object') found.add(key);
    else if (found !== key) this.#keys.set(value, new KeyList([found, key]));
  }

  #remove(given: Key, key: K): void {
    const value = this.#folded(given);
    const found = this.#keys.get(value);
    if (typeof found === 'object') {
      found.remove(key);
      if (found.size === 0) this.#keys.delete(value);
    } else if (found === key) this.#keys.delete(value);
  }
}

/** Many keys, ascending. Mostly they arrive in that order; when one doesn't, the next reading sorts once. */
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
    this.#sort();
    const at = placeIn(this.#keys, key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  keys(): readonly K[] {
    this.#sort();
    return this.#keys;
  }

  first(count: number): readonly K[] {
    return keysFrom(this.keys()).first(count);
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#keys.sort((a, b) => (a < b ? -1 : 1));
    this.#sorted = true;
  }
}

/** Where a key stands among ascending ones, or would. */
function placeIn<K extends Key>(keys: readonly K[], key: K): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
