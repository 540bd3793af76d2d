/**
 * A function that remembers its results for up to `size` arguments, then starts again. Its callers share the results, so nobody may
 * change them. Errors aren't remembered.
 */
export function remember<K, V>(size: number, compute: (argument: K) => V): (argument: K) => V {
  const results = new Map<K, V>();
  return (argument) => {
    const known = results.get(argument);
    if (known !== undefined) return known;
    const result = compute(argument);
    if (results.size === size) results.clear();
    results.set(argument, result);
    return result;
  };
}
