/**
 * Binary search.
 * @param isBefore whether an entry comes before the position sought: true for the first part of the list, false for the rest
 * @returns the index of the first entry that doesn't come before it
 */
export function lowerBound<T>(sorted: readonly T[], isBefore: (entry: T, index: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(sorted[middle]!, middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
