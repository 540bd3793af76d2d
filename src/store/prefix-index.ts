import type { Key } from '../query/keys.ts';

/** Texts in sorted order, with the keys of their records, to find those that start in some way. */
export class PrefixIndex<K extends Key> {
  readonly #fold: (value: string) => string;
  /** Two lists side by side: a million records take a third of what as many pairs would. */
  #values: string[] = [];
  #keys: K[] = [];
  #changes = 0;

  constructor(fold: (value: string) => string) {
    this.#fold = fold;
  }

  build<T>(records: Iterable<T>, read: (record: T) => Key | null, keyOf: (record: T) => K): void {
    const pairs: { readonly value: string; readonly key: K }[] = [];
    for (const record of records) {
      const value = read(record);
      if (value !== null) pairs.push({ value: this.#fold(String(value)), key: keyOf(record) });
    }
    pairs.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.key < b.key ? -1 : 1));
    this.#values = pairs.map(({ value }) => value);
    this.#keys = pairs.map(({ key }) => key);
  }

  /** The keys of the records whose value starts so, in the order of the values; and how many. */
  get(prefix: string): { readonly size: number; keys(): K[] } {
    this.#changes = 0;
    const start = this.#fold(prefix);
    const from = this.#place((value) => value < start);
    const to = this.#place((value) => value < start || value.startsWith(start));
    return { size: to - from, keys: () => this.#keys.slice(from, to) };
  }

  /** How many changes there were since it was last asked. Each takes time in proportion to its size. */
  get changes(): number {
    return this.#changes;
  }

  add(value: Key | null, key: K): void {
    if (value === null) return;
    this.#changes++;
    const at = this.#placeOf(value, key);
    this.#values.splice(at, 0, this.#fold(String(value)));
    this.#keys.splice(at, 0, key);
  }

  remove(value: Key | null, key: K): void {
    if (value === null) return;
    this.#changes++;
    const at = this.#placeOf(value, key);
    if (this.#keys[at] !== key) return;
    this.#values.splice(at, 1);
    this.#keys.splice(at, 1);
  }

  #placeOf(value: Key, key: K): number {
    const folded = this.#fold(String(value));
    return this.#place((other, at) => other < folded || (other === folded && this.#keys[at]! < key));
  }

  /** Where the first entry stands that is not before something. */
  #place(before: (value: string, at: number) => boolean): number {
    let low = 0;
    let high = this.#values.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (before(this.#values[middle]!, middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
