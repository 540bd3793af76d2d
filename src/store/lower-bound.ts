/**
 * Binary search.
 * @param length of a sorted list
 * @param isBefore whether the entry at an index comes before the one sought; true for a first part of the list only
 * @returns the index of the first entry that doesn't come before it
 */
export function lowerBound(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
