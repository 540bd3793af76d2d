import type { Key } from '../query/keys.ts';

/**
 * A map whose iteration is in ascending order of its keys. Keys mostly arrive in that order; when one doesn't, the next
 * iteration sorts once.
 */
export class OrderedMap<K extends Key, V> {
  #map: Map<K, V>;
  #last: K | undefined;
  #sorted: boolean;

  constructor(from?: OrderedMap<K, V>) {
    this.#map = new Map(from ? from.#map : []);
    this.#last = from ? from.#last : undefined;
    this.#sorted = from ? from.#sorted : true;
  }

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  set(key: K, value: V): void {
    if (!this.#map.has(key)) {
      if (this.#last !== undefined && key < this.#last) this.#sorted = false;
      else this.#last = key;
    }
    this.#map.set(key, value);
  }

  delete(key: K): boolean {
    return this.#map.delete(key);
  }

  values(): IterableIterator<V> {
    this.#sort();
    return this.#map.values();
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#map = new Map([...this.#map].sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#last = undefined;
    for (const key of this.#map.keys()) this.#last = key;
    this.#sorted = true;
  }
}
