import type { Key } from './ordered.ts';

interface Entry<K extends Key> {
  readonly value: string;
  readonly key: K;
}

/** Values in sorted order, to find those that start with a text. */
export class PrefixIndex<K extends Key> {
  readonly #fold: (value: string) => string;
  #entries: Entry<K>[] = [];

  constructor(fold: (value: string) => string) {
    this.#fold = fold;
  }

  build<T>(records: Iterable<T>, read: (record: T) => Key | readonly Key[] | null, keyOf: (record: T) => K): void {
    for (const record of records) {
      for (const value of this.#folded(read(record))) this.#entries.push({ value, key: keyOf(record) });
    }
    this.#entries.sort((a, b) => (a.value < b.value ? -1 : a.value > b.value ? 1 : a.key < b.key ? -1 : 1));
  }

  /** The keys of all records with a value that starts so, each once, ascending. */
  get(prefix: string): K[] {
    const start = this.#fold(prefix);
    const keys = new Set<K>();
    for (let at = this.#place(start); at < this.#entries.length; at++) {
      const entry = this.#entries[at]!;
      if (!entry.value.startsWith(start)) break;
      keys.add(entry.key);
    }
    return [...keys].sort((a, b) => (a < b ? -1 : 1));
  }

  add(value: Key | readonly Key[] | null, key: K): void {
    for (const folded of this.#folded(value)) this.#entries.splice(this.#place(folded, key), 0, { value: folded, key });
  }

  remove(value: Key | readonly Key[] | null, key: K): void {
    for (const folded of this.#folded(value)) {
      const at = this.#place(folded, key);
      if (this.#entries[at]?.key === key) this.#entries.splice(at, 1);
    }
  }

  #folded(value: Key | readonly Key[] | null): string[] {
    if (value === null) return [];
    return (typeof value === 'object' ? value : [value]).map((each) => this.#fold(String(each)));
  }

  /** Where the first entry stands that is not before a value (and key). */
  #place(value: string, key?: K): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle]!;
      const before = entry.value < value || (entry.value === value && key !== undefined && entry.key < key);
      if (before) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
