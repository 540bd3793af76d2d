import { ascending, type Key } from '../query/keys.ts';

/** A map that iterates by ascending key. Most keys arrive in that order; after one that doesn't, the next iteration sorts. */
export class OrderedMap<V> {
  #map = new Map<Key, V>();
  #last: Key | undefined;
  #sorted = true;

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): V | undefined {
    return this.#map.get(key);
  }

  set(key: Key, value: V): void {
    if (!this.#map.has(key)) {
      if (this.#last !== undefined && key < this.#last) this.#sorted = false;
      else this.#last = key;
    }
    this.#map.set(key, value);
  }

  delete(key: Key): boolean {
    return this.#map.delete(key);
  }

  copy(): OrderedMap<V> {
    const copy = new OrderedMap<V>();
    copy.#map = new Map(this.#map);
    copy.#last = this.#last;
    copy.#sorted = this.#sorted;
    return copy;
  }

  values(): IterableIterator<V> {
    this.#sort();
    return this.#map.values();
  }

  #sort(): void {
    if (this.#sorted) return;
    this.#map = new Map([...this.#map].sort(([a], [b]) => ascending(a, b)));
    this.#last = undefined;
    for (const key of this.#map.keys()) this.#last = key;
    this.#sorted = true;
  }
}
