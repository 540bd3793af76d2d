export type Key = number | string;

/** The keys of the records that an index finds. */
export interface Keys<K extends Key = Key> {
  readonly size: number;
  /** All of them, in no particular order. */
  keys(): Iterable<K>;
  /** The lowest, ascending. */
  first(count: number): readonly K[];
}

/** Keys that are there already, ascending. */
export function listed<K extends Key>(keys: readonly K[]): Keys<K> {
  return { size: keys.length, keys: () => keys, first: (count) => (count < keys.length ? keys.slice(0, count) : keys) };
}

/** The keys that are in any of several, each once. */
export function union<K extends Key>(several: readonly Keys<K>[]): Keys<K> {
  let lists = several.map((keys) => keys.first(keys.size));
  while (lists.length > 1) {
    const merged: (readonly K[])[] = [];
    for (let at = 0; at < lists.length; at += 2) merged.push(merge(lists[at]!, lists[at + 1] ?? []));
    lists = merged;
  }
  return listed(lists[0] ?? []);
}

function merge<K extends Key>(a: readonly K[], b: readonly K[]): readonly K[] {
  if (b.length === 0) return a;
  const merged: K[] = [];
  let inA = 0;
  let inB = 0;
  while (inA < a.length && inB < b.length) {
    const fromA = a[inA]!;
    const fromB = b[inB]!;
    const lower: K = fromB < fromA ? fromB : fromA;
    merged.push(lower);
    if (lower === fromA) inA++;
    if (lower === fromB) inB++;
  }
  while (inA < a.length) merged.push(a[inA++]!);
  while (inB < b.length) merged.push(b[inB++]!);
  return merged;
}
